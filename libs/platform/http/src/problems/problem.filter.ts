import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '#libs/platform/kernel';
import type { Logger } from '#libs/platform/observability';
import { HttpError } from './http-error.js';
import { problemOf } from './problem.js';

/**
 * Answers every error as problem+json. One that nobody expected is logged, once, with its stack; a store that is
 * away, with its cause.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    /** The methods that answer at a path: tells 405 from 404. */
    private readonly methodsAt: (path: string) => readonly string[],
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const isNoRoute = request.is404 && error instanceof HttpException && error.getStatus() === 404;
    this.answer(isNoRoute ? this.noRoute(request) : error, request, http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { problem, headers, isFault } = problemOf(error, request);
    if (isFault)
      this.logger.error(
        { err: error, requestId: request.id, method: request.method, path: problem.instance },
        'request failed',
      );
    else if (error instanceof DomainError && error.kind === 'unavailable')
      this.logger.warn({ requestId: request.id, code: error.code, err: error.cause }, error.message);
    if (reply.sent || reply.raw.headersSent) return;
    void reply
      .status(problem.status)
      .headers({ ...headers, 'content-type': PROBLEM_TYPE })
      .send(JSON.stringify(problem));
  }

  private noRoute(request: FastifyRequest): HttpError {
    const allow = this.methodsAt(request.url.split('?', 1)[0] ?? '/');
    if (allow.length === 0) return new HttpError('ROUTE_NOT_FOUND');
    const detail = `This address answers ${allow.join(', ')}, not ${request.method}.`;
    return new HttpError('METHOD_NOT_ALLOWED', { allow, detail });
  }
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
