import { checkedContent, checkPlaceable } from './content-rules.js';
import type { DraftOrderCommand, PlaceDraftCommand, PlaceOrderCommand } from './order-commands.js';
import { refuseOrder } from './order-errors.js';
import type { OrderEvent } from './order-events.js';
import type { KnownOrder, OrderState } from './order-state.js';
import { sameData } from './same-data.js';

export function draftOrder(state: OrderState, command: DraftOrderCommand): readonly OrderEvent[] {
  const { orderId, origin, at } = command;
  const { content, totals } = checkedContent(command);
  if (state.status === 'absent')
    return [{ type: 'OrderDrafted', data: { orderId, ...content, totals, draftedAt: at, origin } }];
  return repeated(state, command, content);
}

export function placeOrder(state: OrderState, command: PlaceOrderCommand): readonly OrderEvent[] {
  const { orderId, origin, at } = command;
  const { content, totals } = checkedContent(command);
  checkPlaceable(content, totals);
  if (state.status === 'absent')
    return [{ type: 'OrderPlaced', data: { orderId, ...content, totals, placedAt: at, origin } }];
  return repeated(state, command, content);
}

/** An id belongs to the content it was first used with, whatever became of that order since. */
function repeated(
  { opened, origin }: KnownOrder,
  command: DraftOrderCommand | PlaceOrderCommand,
  content: KnownOrder['content'],
): readonly OrderEvent[] {
  if (opened.by === command.type && origin === command.origin && sameData(opened.content, content)) return [];
  throw refuseOrder('ORDER_ALREADY_EXISTS', { field: 'orderId' });
}

export function placeDraft(order: KnownOrder, { orderId, at }: PlaceDraftCommand): readonly OrderEvent[] {
  const { status, content, totals, origin } = order;
  if (status === 'cancelled') throw refuseOrder('ORDER_CANCELLED');
  if (status !== 'draft') return [];
  checkPlaceable(content, totals);
  return [{ type: 'OrderPlaced', data: { orderId, ...content, totals, placedAt: at, origin } }];
}
