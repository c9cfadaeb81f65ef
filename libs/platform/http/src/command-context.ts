import { hash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader, type ApiHeaderOptions } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '#libs/platform/event-store';
import { type Clock, derivedId, newId, SystemClock } from '#libs/platform/kernel';
import { canonicalJson } from './canonical-json.js';
import { ifMatch, nameHeader, tokenHeader } from './headers.js';

const SYSTEM_CLOCK = new SystemClock();

/** What the app puts on every request (see `createHttpApp`); a bare Nest app has none of it. */
export interface RequestSeams {
  /** Who asks, as the actor guard found. */
  actor?: string;
  clock?: Clock;
  /** Aborted once the app is told to stop. */
  draining?: AbortSignal;
}

/**
 * Who asks, when, under which id: from `Idempotency-Key` (else a new UUIDv7), the actor, `X-Correlation-Id` (else
 * the request id), `If-Match` and the clock. The command's hash covers its type, the route's parameters and the body
 * as the client sent it.
 * @throws HttpError BAD_HEADER naming the header that is not valid.
 */
export function commandContextOf(commandType: string, request: FastifyRequest): CommandContext {
  const { actor, clock = SYSTEM_CLOCK } = request as FastifyRequest & RequestSeams;
  const key = idempotencyKey(request);
  const commandId = key ?? newId();
  const expectedRevision = ifMatch(request);
  return {
    commandId,
    ...(key === undefined ? { commandIdIsNew: true } : {}),
    commandType,
    commandHash: hash('sha256', canonicalJson([commandType, request.params, request.body]), 'hex'),
    actor: actor ?? nameHeader(request, 'X-Actor') ?? 'anonymous',
    correlationId: tokenHeader(request, 'X-Correlation-Id') ?? request.id,
    causationId: commandId,
    at: clock.now(),
    ...(expectedRevision === undefined ? {} : { expectedRevision }),
  };
}

/** The key in quotes, as the IETF draft writes it, and without them are the same key. */
function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = tokenHeader(request, 'Idempotency-Key');
  return key?.replace(/^"(.+)"$/, '$1');
}

/**
 * Gives a command route its `CommandContext`, and documents its headers:
 * `@CommandContextOf('PlaceOrder') context: CommandContext`.
 */
export const CommandContextOf =
  (commandType: string): ParameterDecorator =>
  (target, method, index) => {
    CommandContextParam(commandType)(target, method, index);
    const descriptor = method && Object.getOwnPropertyDescriptor(target, method);
    if (descriptor)
      for (const documented of COMMAND_HEADERS) ApiHeader(documented)(target, method, descriptor);
  };

const TEXT = { type: 'string' } as const;
const COMMAND_HEADERS: readonly ApiHeaderOptions[] = [
  {
    name: 'Idempotency-Key',
    description:
      'Names the command: sent again, it is the same command, and its first answer is given again.',
    schema: { ...TEXT, maxLength: 200, example: 'till-7/4711' },
  },
  {
    name: 'If-Match',
    description: 'The revision the caller saw, as an `ETag` gave it; at another one the command is refused.',
    schema: { ...TEXT, example: '"3"' },
  },
  {
    name: 'X-Actor',
    description: 'Who asks, until there is authentication.',
    schema: { ...TEXT, maxLength: 200 },
  },
  {
    name: 'X-Correlation-Id',
    description: 'Of the conversation this command belongs to; the request id unless given.',
    schema: { ...TEXT, maxLength: 200 },
  },
];

const CommandContextParam = createParamDecorator((commandType: string, context: ExecutionContext) =>
  commandContextOf(commandType, context.switchToHttp().getRequest<FastifyRequest>()),
);

const MADE_IDS = 'b3b1f1f6-6f3c-5d0e-9d55-0f1f8f5f2f1c';
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * The id of a thing that a command makes: the client's, else one that follows from the command's id, so that a retry
 * under the same `Idempotency-Key` addresses the same thing. A command id that is a UUIDv7 is taken as it is.
 * @param part tells the things of one command apart: `line-3`.
 */
export function idFor(context: Pick<CommandContext, 'commandId'>, clientId?: string, part?: string): string {
  if (clientId !== undefined) return clientId;
  const { commandId } = context;
  if (part !== undefined) return derivedId(`${commandId}/${part}`, MADE_IDS);
  return UUID_V7.test(commandId) ? commandId : derivedId(commandId, MADE_IDS);
}
