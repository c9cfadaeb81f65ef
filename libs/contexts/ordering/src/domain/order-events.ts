import type { EventTypes } from '#libs/platform/kernel';
import type { Address, Charge, OrderContent, Origin, ProductLine } from './order-content.js';
import { orderPlacedUpcasters } from './order-placed-upcasters.js';
import type { Totals } from './totals.js';

/** Units of a product line on their way. */
export interface ShippedLine {
  readonly lineId: string;
  readonly quantity: number;
}

/** What an order holds of one product, over all its lines. */
export interface ProductShare {
  readonly productCode: string;
  readonly lines: number;
  readonly units: number;
  readonly goodsThousandths: number;
}

export interface OrderDraftedData extends OrderContent {
  readonly orderId: string;
  readonly totals: Totals;
  readonly draftedAt: string;
  readonly origin: Origin;
}

/** The whole order as placed, also after a draft: readers need no other event. */
export interface OrderPlacedData extends OrderContent {
  readonly orderId: string;
  readonly totals: Totals;
  readonly placedAt: string;
  readonly origin: Origin;
}

/** Of a draft. `totals` are those after the change. */
export interface OrderLineData {
  readonly orderId: string;
  readonly line: ProductLine | Charge;
  readonly totals: Totals;
}

/** Repeats what is taken off the day the order was placed on. */
export interface OrderCancelledData {
  readonly orderId: string;
  readonly reason: string;
  readonly cancelledAt: string;
  readonly placedAt: string;
  readonly customerId: string;
  readonly country: string;
  readonly currency: string;
  readonly totals: Totals;
  /** Each product once. */
  readonly products: readonly ProductShare[];
  readonly origin: Origin;
}

/** Stored shapes: change one only with an upcaster and a golden fixture of the old one. */
export type OrderEvent =
  | { readonly type: 'OrderDrafted'; readonly data: OrderDraftedData }
  | { readonly type: 'OrderLineAdded'; readonly data: OrderLineData & { readonly addedAt: string } }
  | { readonly type: 'OrderLineChanged'; readonly data: OrderLineData & { readonly changedAt: string } }
  | {
      readonly type: 'OrderLineRemoved';
      readonly data: {
        readonly orderId: string;
        readonly lineId: string;
        readonly totals: Totals;
        readonly removedAt: string;
      };
    }
  | {
      readonly type: 'OrderAddressSet';
      readonly data: { readonly orderId: string; readonly address: Address; readonly setAt: string };
    }
  | { readonly type: 'OrderPlaced'; readonly data: OrderPlacedData }
  | {
      readonly type: 'OrderConfirmed';
      readonly data: { readonly orderId: string; readonly confirmedAt: string };
    }
  | {
      readonly type: 'OrderShipped';
      readonly data: {
        readonly orderId: string;
        readonly shipmentId: string;
        readonly lines: readonly ShippedLine[];
        /** Nothing is left to ship after this one. */
        readonly complete: boolean;
        readonly shippedAt: string;
      };
    }
  | {
      readonly type: 'OrderDelivered';
      readonly data: { readonly orderId: string; readonly deliveredAt: string };
    }
  | { readonly type: 'OrderCancelled'; readonly data: OrderCancelledData }
  | {
      /** A draft given up: it never counted anywhere. */
      readonly type: 'OrderDraftCancelled';
      readonly data: { readonly orderId: string; readonly reason: string; readonly cancelledAt: string };
    };

const ADDRESS = ['name', 'street', 'city', 'region', 'postalCode', 'country'].map(
  (field) => `address.${field}`,
);

export const orderEventTypes: EventTypes<OrderEvent> = {
  OrderDrafted: { version: 1, personal: ADDRESS },
  OrderLineAdded: { version: 1 },
  OrderLineChanged: { version: 1 },
  OrderLineRemoved: { version: 1 },
  OrderAddressSet: { version: 1, personal: ADDRESS },
  OrderPlaced: { version: 2, upcasters: orderPlacedUpcasters, personal: ADDRESS },
  OrderConfirmed: { version: 1 },
  OrderShipped: { version: 1 },
  OrderDelivered: { version: 1 },
  OrderCancelled: { version: 1 },
  OrderDraftCancelled: { version: 1 },
};
