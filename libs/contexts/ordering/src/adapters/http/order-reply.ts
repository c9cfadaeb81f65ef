import type { FastifyReply } from 'fastify';
import type { CommandAnswer } from '#libs/platform/event-store';
import { commandReply } from '#libs/platform/http';

/** What a command on an order that exists answers: 200 with the order's id and what the command made. */
export const orderReply = async <Made extends object = object>(
  reply: FastifyReply,
  orderId: string,
  answer: Promise<CommandAnswer>,
  made?: Made,
) =>
  commandReply(reply, 200, await answer, {
    location: `/orders/${orderId}`,
    body: { orderId, ...made },
  });
