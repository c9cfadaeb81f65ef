import type { EventTypes } from '#libs/platform/kernel';

/** What one unit costs: an exact amount and its currency (ISO 4217), replaced as one. */
export interface Price {
  /** Thousandths of the currency: 2.55 GBP is 2550. */
  readonly priceThousandths: number;
  readonly currency: string;
}

/** Stored shapes: change one only with an upcaster and a golden fixture of the old one. */
export type ProductEvent =
  | {
      readonly type: 'ProductRegistered';
      readonly data: Price & { readonly code: string; readonly name: string; readonly registeredAt: string };
    }
  | {
      readonly type: 'ProductRenamed';
      readonly data: {
        readonly code: string;
        readonly name: string;
        readonly previousName: string;
        readonly renamedAt: string;
      };
    }
  | {
      readonly type: 'ProductPriceChanged';
      readonly data: Price & {
        readonly code: string;
        readonly previous: Price;
        readonly changedAt: string;
      };
    }
  | {
      readonly type: 'ProductDiscontinued';
      readonly data: { readonly code: string; readonly reason: string; readonly discontinuedAt: string };
    };

/** Products hold no personal data. */
export const productEventTypes: EventTypes<ProductEvent> = {
  ProductRegistered: { version: 1 },
  ProductRenamed: { version: 1 },
  ProductPriceChanged: { version: 1 },
  ProductDiscontinued: { version: 1 },
};
