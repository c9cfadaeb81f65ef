import type { FastifyReply } from 'fastify';
import type { CommandAnswer } from '#libs/platform/event-store';

export interface CommandReplyOptions<Body extends object> {
  /** Where the thing can be read: a path such as `/orders/<id>`. */
  readonly location?: string;
  /** What stands before `revision` and `position` in the body, such as `{ orderId }`. */
  readonly body?: Body;
}

/** What every command answers besides its own fields. */
export interface CommandReply {
  readonly revision: number;
  /** Consistency token, opaque: send it as `Tidemark-Consistency` to read at least this new. */
  readonly position: string;
}

/** Sets status, `ETag` and `Location`, and gives the body to return: `return commandReply(reply, 201, answer, …)`. */
export function commandReply<Body extends object = object>(
  reply: FastifyReply,
  status: number,
  answer: CommandAnswer,
  options: CommandReplyOptions<Body> = {},
): Body & CommandReply {
  reply.status(status).header('etag', revisionTag(answer.revision));
  if (options.location !== undefined) reply.header('location', options.location);
  return {
    ...(options.body as Body),
    revision: Number(answer.revision),
    position: String(answer.position),
  };
}

/** The `ETag` of a stream at a revision. */
export const revisionTag = (revision: bigint | number): string => `"${revision}"`;
