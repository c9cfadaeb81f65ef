import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestSeams } from './command-context.js';
import { nameHeader } from './headers.js';

/**
 * The seam for authentication: the one place that says who asks. Until there is any, the actor is who `X-Actor`
 * says, or `anonymous`; the APIs listen on loopback unless told otherwise.
 */
export class ActorGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest & RequestSeams>();
    request.actor = nameHeader(request, 'X-Actor') ?? 'anonymous';
    return true;
  }
}
