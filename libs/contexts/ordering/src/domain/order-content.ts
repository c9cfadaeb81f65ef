/** Goods at a price. Two lines are never merged, not even for the same product at the same price. */
export interface ProductLine {
  readonly lineId: string;
  /** Case-sensitive; that such a product exists is the catalog's knowledge and not checked here. */
  readonly productCode: string;
  readonly description?: string;
  /** Whole units, 1 to 1,000,000. */
  readonly quantity: number;
  /** Thousandths of the order's currency, 0 or more. */
  readonly unitPriceThousandths: number;
}

export const CHARGE_KINDS = ['freight', 'discount', 'tax'] as const;
export type ChargeKind = (typeof CHARGE_KINDS)[number];

/** A line that is no product: it counts in the order's total, not among its lines and units. */
export interface Charge {
  readonly lineId: string;
  readonly kind: ChargeKind;
  readonly description?: string;
  /** Thousandths of the order's currency; a discount is negative. */
  readonly amountThousandths: number;
}

/** Where an order goes. All of it is personal data. */
export interface Address {
  readonly name: string;
  readonly street: string;
  readonly city: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly country: string;
}

/** `history`: brought in from elsewhere after the fact; processes leave such orders alone. */
export type Origin = 'live' | 'history';

/** What the customer wants. `country` is the one that reports count it under. */
export interface OrderContent {
  readonly customerId: string;
  readonly country: string;
  readonly currency: string;
  readonly lines: readonly ProductLine[];
  readonly charges: readonly Charge[];
  readonly address?: Address;
}

export const isCharge = (line: ProductLine | Charge): line is Charge => 'kind' in line;
