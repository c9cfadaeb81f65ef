import { withLine, withLineChanged, withoutLine } from './draft-content.js';
import type { OrderContent, Origin } from './order-content.js';
import type { OrderEvent, ShippedLine } from './order-events.js';
import type { Totals } from './totals.js';

export const ORDER_STATUSES = [
  'draft',
  'placed',
  'confirmed',
  'partly_shipped',
  'shipped',
  'delivered',
  'cancelled',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export interface KnownOrder {
  readonly status: OrderStatus;
  readonly origin: Origin;
  /** How the order began and with what: tells a repeat from another order under the same id. */
  readonly opened: { readonly by: 'DraftOrder' | 'PlaceOrder'; readonly content: OrderContent };
  readonly content: OrderContent;
  readonly totals: Totals;
  readonly removedLineIds: readonly string[];
  readonly placedAt?: string;
  readonly shipments: readonly { readonly shipmentId: string; readonly lines: readonly ShippedLine[] }[];
}

export type OrderState = { readonly status: 'absent' } | KnownOrder;

export const initialOrder: OrderState = { status: 'absent' };

export function evolveOrder(state: OrderState, event: OrderEvent): OrderState {
  switch (event.type) {
    case 'OrderDrafted':
      return opened('draft', 'DraftOrder', event.data);
    case 'OrderPlaced': {
      const { placedAt, totals, ...rest } = event.data;
      const content = contentOf(rest);
      return state.status === 'absent'
        ? { ...opened('placed', 'PlaceOrder', event.data), placedAt }
        : { ...state, status: 'placed', content, totals, placedAt };
    }
  }
  return state.status === 'absent' ? state : evolveKnown(state, event);
}

type Opening = OrderContent & { readonly totals: Totals; readonly origin: Origin };

function opened(status: OrderStatus, by: 'DraftOrder' | 'PlaceOrder', data: Opening): KnownOrder {
  const content = contentOf(data);
  const { totals, origin } = data;
  return { status, origin, opened: { by, content }, content, totals, removedLineIds: [], shipments: [] };
}

export function contentOf(data: OrderContent): OrderContent {
  const { customerId, country, currency, lines, charges, address } = data;
  return { customerId, country, currency, lines, charges, ...(address && { address }) };
}

function evolveKnown(
  order: KnownOrder,
  event: Exclude<OrderEvent, { type: 'OrderDrafted' | 'OrderPlaced' }>,
): KnownOrder {
  switch (event.type) {
    case 'OrderLineAdded':
      return { ...order, content: withLine(order.content, event.data.line), totals: event.data.totals };
    case 'OrderLineChanged':
      return {
        ...order,
        content: withLineChanged(order.content, event.data.line),
        totals: event.data.totals,
      };
    case 'OrderLineRemoved': {
      const { lineId, totals } = event.data;
      const removedLineIds = [...order.removedLineIds, lineId];
      return { ...order, content: withoutLine(order.content, lineId), totals, removedLineIds };
    }
    case 'OrderAddressSet':
      return { ...order, content: { ...order.content, address: event.data.address } };
    case 'OrderConfirmed':
      return { ...order, status: 'confirmed' };
    case 'OrderShipped': {
      const { shipmentId, lines, complete } = event.data;
      const shipments = [...order.shipments, { shipmentId, lines }];
      return { ...order, status: complete ? 'shipped' : 'partly_shipped', shipments };
    }
    case 'OrderDelivered':
      return { ...order, status: 'delivered' };
    case 'OrderCancelled':
    case 'OrderDraftCancelled':
      return { ...order, status: 'cancelled' };
  }
}
