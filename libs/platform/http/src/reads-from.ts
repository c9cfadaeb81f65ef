import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import type { Projection } from '#libs/platform/kernel';
import { ReadModels } from '#libs/platform/projections';
import type { RequestSeams } from './command-context.js';
import { consistencyToken, preferredWaitSeconds } from './headers.js';
import { HttpError } from './problems/http-error.js';

const PROJECTIONS = 'tidemark:reads-from';

/** Read your own writes: holds the answer back until the read models behind it have reached the caller's token. */
@Injectable()
export class ConsistencyInterceptor implements NestInterceptor {
  constructor(@Inject(ReadModels) private readonly readModels: ReadModels) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & RequestSeams>();
    const position = consistencyToken(request);
    const waitSeconds = preferredWaitSeconds(request);
    if (position !== undefined) {
      const projections = Reflect.getMetadata(PROJECTIONS, context.getHandler()) as readonly string[];
      const reached = this.readModels.waitFor(projections, position, (waitSeconds ?? 0) * 1000);
      await unlessStopping(reached, request.draining);
      if (waitSeconds !== undefined)
        http.getResponse<FastifyReply>().header('preference-applied', `wait=${waitSeconds}`);
    }
    return next.handle();
  }
}

/** A wait of up to a minute must not hold up the end of the app. */
async function unlessStopping(reached: Promise<void>, draining: AbortSignal | undefined): Promise<void> {
  if (draining === undefined) return reached;
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new HttpError('SHUTTING_DOWN'));
  });
  draining.addEventListener('abort', stop);
  try {
    await Promise.race([reached, stopped]);
  } finally {
    draining.removeEventListener('abort', stop);
  }
}

/**
 * On a GET handler: the read models it answers from. A request with `Tidemark-Consistency: <position>` is answered
 * at least that new, after at most the wait of `Prefer: wait=N` (0 unless told), or refused with 503 and the lag.
 */
export const ReadsFrom = (
  // biome-ignore lint/suspicious/noExplicitAny: readers don't care which events made the documents
  ...projections: readonly (string | Projection<any, any>)[]
): MethodDecorator =>
  applyDecorators(
    SetMetadata(
      PROJECTIONS,
      projections.map((projection) => (typeof projection === 'string' ? projection : projection.name)),
    ),
    UseInterceptors(ConsistencyInterceptor),
    ApiHeader({
      name: 'Tidemark-Consistency',
      required: false,
      description: 'The `position` that a command answered: the answer is at least that new.',
      schema: { type: 'string', pattern: '^\\d{1,20}$' },
    }),
    ApiHeader({
      name: 'Prefer',
      required: false,
      description: '`wait=N`: how many seconds (0 to 60) to wait for that at most.',
      schema: { type: 'string', example: 'wait=2' },
    }),
  );
