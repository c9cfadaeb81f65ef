import type { Fold, Projection } from '#libs/platform/kernel';
import { withLine, withLineChanged, withoutLine } from '../domain/draft-content.js';
import type { OrderContent, Origin } from '../domain/order-content.js';
import type { OrderEvent, ShippedLine } from '../domain/order-events.js';
import type { OrderStatus } from '../domain/order-state.js';
import type { Totals } from '../domain/totals.js';

export interface Shipment {
  readonly shipmentId: string;
  readonly lines: readonly ShippedLine[];
  readonly shippedAt: string;
}

/** One order with all that is known of it. */
export interface OrderDetails extends OrderContent {
  readonly status: OrderStatus;
  readonly origin: Origin;
  readonly totals: Totals;
  readonly draftedAt?: string;
  readonly placedAt?: string;
  readonly confirmedAt?: string;
  readonly shipments: readonly Shipment[];
  readonly deliveredAt?: string;
  readonly cancelledAt?: string;
  readonly cancelReason?: string;
  /** Revision of the last event in it: the `ETag`. */
  readonly revision: number;
}

type Of<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>;

/** Changes an order that is there; one that is not stays away. */
const changed =
  <Event extends OrderEvent>(
    change: (order: OrderDetails, data: Event['data']) => Partial<OrderDetails>,
  ): Fold<OrderDetails, Event> =>
  (order, { event, revision }) =>
    order && { ...order, ...change(order, event.data), revision: Number(revision) };

export const orderDetails: Projection<OrderDetails, OrderEvent> = {
  name: 'order-details',
  version: 1,
  key: ({ event }) => event.data.orderId,
  on: {
    OrderDrafted: (_none, { event: { data }, revision }) => {
      const { orderId: _key, ...content } = data;
      return { ...content, status: 'draft', shipments: [], revision: Number(revision) };
    },
    OrderPlaced: (draft, { event: { data }, revision }) => {
      const { orderId: _key, ...content } = data;
      return { ...draft, ...content, status: 'placed', shipments: [], revision: Number(revision) };
    },
    OrderLineAdded: changed<Of<'OrderLineAdded'>>((order, { line, totals }) => ({
      ...withLine(order, line),
      totals,
    })),
    OrderLineChanged: changed<Of<'OrderLineChanged'>>((order, { line, totals }) => ({
      ...withLineChanged(order, line),
      totals,
    })),
    OrderLineRemoved: changed<Of<'OrderLineRemoved'>>((order, { lineId, totals }) => ({
      ...withoutLine(order, lineId),
      totals,
    })),
    OrderAddressSet: changed<Of<'OrderAddressSet'>>((_order, { address }) => ({ address })),
    OrderConfirmed: changed<Of<'OrderConfirmed'>>((_order, { confirmedAt }) => ({
      status: 'confirmed',
      confirmedAt,
    })),
    OrderShipped: changed<Of<'OrderShipped'>>(({ shipments }, data) => {
      const { shipmentId, lines, shippedAt, complete } = data;
      return {
        status: complete ? 'shipped' : 'partly_shipped',
        shipments: [...shipments, { shipmentId, lines, shippedAt }],
      };
    }),
    OrderDelivered: changed<Of<'OrderDelivered'>>((_order, { deliveredAt }) => ({
      status: 'delivered',
      deliveredAt,
    })),
    OrderCancelled: changed<Of<'OrderCancelled'>>(cancelled),
    OrderDraftCancelled: changed<Of<'OrderDraftCancelled'>>(cancelled),
  },
};

function cancelled(
  _order: OrderDetails,
  { reason, cancelledAt }: Of<'OrderCancelled' | 'OrderDraftCancelled'>['data'],
): Partial<OrderDetails> {
  return { status: 'cancelled', cancelledAt, cancelReason: reason };
}
