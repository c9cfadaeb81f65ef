import type { Aggregate } from '#libs/platform/kernel';
import { order } from './order.js';
import type { OrderCommand } from './order-commands.js';
import { type OrderEvent, orderEventTypes } from './order-events.js';
import type { OrderState } from './order-state.js';

export const orderAggregate: Aggregate<OrderState, OrderCommand, OrderEvent> = {
  category: 'order',
  decider: order,
  eventTypes: orderEventTypes,
  conflicts: {
    // Whoever comes second finds the order there: a repeat, or ORDER_ALREADY_EXISTS.
    DraftOrder: 'decide_again',
    PlaceOrder: 'decide_again',
    // The customer placed the lines that they saw: one that came in meanwhile must not be bought unseen.
    PlaceDraft: 'reject',
    // Lines have ids of their own, so that changes to different lines both stand; on one line the later stands.
    // Who must not overwrite unseen sends If-Match.
    AddOrderLine: 'merge',
    ChangeOrderLine: 'decide_again',
    RemoveOrderLine: 'decide_again',
    // An address is one value: the later stands as a whole.
    SetOrderAddress: 'decide_again',
    // What is confirmed, delivered or cancelled is decided by where the order stands now, and by nothing else.
    ConfirmOrder: 'decide_again',
    DeliverOrder: 'decide_again',
    CancelOrder: 'decide_again',
    // Shipments of different units both stand; the one that would ship too much is refused.
    ShipOrder: 'merge',
  },
  creates: ['DraftOrder', 'PlaceOrder'],
  recordInput: true,
  keyedLists: {
    '/content/lines': 'lineId',
    '/content/charges': 'lineId',
    '/opened/content/lines': 'lineId',
    '/opened/content/charges': 'lineId',
    '/shipments': 'shipmentId',
  },
};
