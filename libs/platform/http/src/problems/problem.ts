import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError, type ErrorKind } from '#libs/platform/kernel';
import { queryError } from '#libs/platform/projections';
import { type FieldFault, HTTP_ERRORS, HttpError, type HttpErrorCode } from './http-error.js';

/** The body of every refusal: RFC 9457, with a stable `code` to act on. */
export interface Problem {
  readonly type: 'about:blank';
  /** The status in words. */
  readonly title: string;
  readonly status: number;
  /** What was wrong in this case: one sentence. */
  readonly detail: string;
  readonly code: string;
  /** The path that was asked for. */
  readonly instance: string;
  readonly requestId: string;
  /** The field or header at fault, as a path: `lines[3].quantity`. */
  readonly field?: string;
  readonly errors?: readonly FieldFault[];
}

/** A refusal, ready to be sent. */
export interface ProblemReply {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
  /** The server is at fault, and has something to log. */
  readonly isFault: boolean;
}

/** The statuses of what rules refuse. */
export const KIND_STATUS: Readonly<Record<ErrorKind, number>> = {
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  unprocessable: 422,
  unavailable: 503,
};

const RETRY_AFTER_SECONDS = 1;

export function problemOf(thrown: unknown, request: Pick<FastifyRequest, 'id' | 'url'>): ProblemReply {
  const error = queryError(thrown);
  if (error instanceof DomainError) {
    const { kind, code, message, field } = error;
    return replyWith(request, KIND_STATUS[kind], code, message, field === undefined ? {} : { field });
  }
  const refused = error instanceof HttpError ? error : edgeError(error);
  const { field, errors, allow, retryAfterSeconds } = refused.options;
  const more = { ...(field === undefined ? {} : { field }), ...(errors === undefined ? {} : { errors }) };
  return replyWith(request, refused.status, refused.code, refused.message, more, {
    ...(allow === undefined ? {} : { allow: allow.join(', ') }),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  });
}

function replyWith(
  { id, url }: Pick<FastifyRequest, 'id' | 'url'>,
  status: number,
  code: string,
  detail: string,
  more: Pick<Problem, 'field' | 'errors'>,
  headers: Readonly<Record<string, string>> = {},
): ProblemReply {
  const [instance = '/'] = url.split('?', 1);
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    problem: { type: 'about:blank', title, status, detail, code, instance, requestId: id, ...more },
    headers: status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS), ...headers } : headers,
    isFault: status === 500,
  };
}

/** Fastify's own refusals, by its codes. */
const FASTIFY_CODES: Readonly<Record<string, HttpErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_EMPTY_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'MALFORMED_JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'MALFORMED_JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'BAD_REQUEST',
  FST_ERR_BAD_URL: 'BAD_REQUEST',
  FST_ERR_MAX_PARAM_LENGTH: 'URL_TOO_LONG',
};

/** What Nest and Fastify throw by themselves; anything else is the server's fault. */
function edgeError(error: unknown): HttpError {
  const cause = error instanceof HttpException && error.cause ? error.cause : error;
  const code = FASTIFY_CODES[codeOf(cause)];
  if (code) return new HttpError(code, { cause });
  const status = error instanceof HttpException ? error.getStatus() : 500;
  return new HttpError(CODE_BY_STATUS.get(status) ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL'), { cause });
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** The most general code of each status. */
const CODE_BY_STATUS = new Map<number, HttpErrorCode>([
  [400, 'BAD_REQUEST'],
  ...(Object.keys(HTTP_ERRORS) as HttpErrorCode[])
    .filter((code) => ![400, 503].includes(HTTP_ERRORS[code].status))
    .map((code) => [HTTP_ERRORS[code].status, code] as const),
  [503, 'OVERLOADED'],
]);
