import type { Fold, Projection } from '#libs/platform/kernel';
import type { CreditNoteEvent } from '../domain/credit-note.js';
import type { OrderEvent } from '../domain/order-events.js';
import { NO_SALES, type SalesFigures, withCredit, withOrder } from './figures.js';

export type SalesEvent =
  | Extract<OrderEvent, { type: 'OrderPlaced' | 'OrderCancelled' }>
  | Extract<CreditNoteEvent, { type: 'CreditNoteIssued' }>;

/** Figures of one customer, country, day or month (the field `Field`) in one currency. */
export type SalesDocument<Field extends string> = { readonly [F in Field]: string } & SalesFigures & {
    readonly currency: string;
  };

/** What every event that counts says. */
interface Counted {
  readonly customerId: string;
  readonly country: string;
  readonly currency: string;
  /** The day that it counts on, UTC: of placing, also for a cancellation; of issuing for a credit note. */
  readonly day: string;
}

function counted(event: SalesEvent): Counted {
  const { customerId, country, currency } = event.data;
  const at = event.type === 'CreditNoteIssued' ? event.data.issuedAt : event.data.placedAt;
  return { customerId, country, currency, day: at.slice(0, 10) };
}

/** The `_id` of figures: sorts by what they are of, then by currency. */
export const salesKey = (of: string, currency: string): string => `${of}:${currency}`;

/**
 * Sales per whatever `of` gives, and currency. An order counts from placing, on the day it was placed; a cancellation
 * takes it off there and shows it under `cancelled`; credits stand apart, by their own date.
 */
export function salesBy<Field extends string>(
  name: string,
  field: Field,
  of: (counted: Counted) => string,
): Projection<SalesDocument<Field>, SalesEvent> {
  const folded =
    <Event extends SalesEvent>(
      change: (figures: SalesFigures, event: Event) => Partial<SalesFigures>,
    ): Fold<SalesDocument<Field>, Event> =>
    (document, { event }) => {
      const facts = counted(event);
      const before = document ?? { [field]: of(facts), currency: facts.currency, ...NO_SALES };
      return { ...before, ...change(before as SalesFigures, event) } as SalesDocument<Field>;
    };
  return {
    name,
    version: 1,
    key: ({ event }) => {
      const facts = counted(event);
      return salesKey(of(facts), facts.currency);
    },
    on: {
      OrderPlaced: folded(({ sales }, { data }) => ({ sales: withOrder(sales, data.totals) })),
      OrderCancelled: folded(({ sales, cancelled }, { data }) => ({
        sales: withOrder(sales, data.totals, -1),
        cancelled: withOrder(cancelled, data.totals),
      })),
      CreditNoteIssued: folded(({ credits }, { data }) => ({ credits: withCredit(credits, data.totals) })),
    },
  };
}
