import type { Fold, Projection } from '#libs/platform/kernel';
import type { CreditNoteEvent } from '../domain/credit-note.js';
import type { OrderEvent } from '../domain/order-events.js';
import { NO_SALES, type SalesFigures, withCredit, withOrder } from './figures.js';

export type SalesEvent =
  | Extract<OrderEvent, { type: 'OrderPlaced' | 'OrderCancelled' }>
  | Extract<CreditNoteEvent, { type: 'CreditNoteIssued' }>;

type Of<Type extends SalesEvent['type']> = Extract<SalesEvent, { type: Type }>;

/** Figures of one day, month, country or customer in one currency. */
export interface SalesDocument extends SalesFigures {
  /** The day, month, country or customer. */
  readonly of: string;
  readonly currency: string;
}

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
export function salesBy(
  name: string,
  of: (counted: Counted) => string,
): Projection<SalesDocument, SalesEvent> {
  const folded =
    <Event extends SalesEvent>(
      change: (figures: SalesFigures, data: Event['data']) => Partial<SalesFigures>,
    ): Fold<SalesDocument, Event> =>
    (document, { event }) => {
      const facts = counted(event);
      const before = document ?? { of: of(facts), currency: facts.currency, ...NO_SALES };
      return { ...before, ...change(before, event.data) };
    };
  return {
    name,
    version: 1,
    key: ({ event }) => {
      const facts = counted(event);
      return salesKey(of(facts), facts.currency);
    },
    on: {
      OrderPlaced: folded<Of<'OrderPlaced'>>(({ sales }, { totals }) => ({
        sales: withOrder(sales, totals),
      })),
      OrderCancelled: folded<Of<'OrderCancelled'>>(({ sales, cancelled }, { totals }) => ({
        sales: withOrder(sales, totals, -1),
        cancelled: withOrder(cancelled, totals),
      })),
      CreditNoteIssued: folded<Of<'CreditNoteIssued'>>(({ credits }, { totals }) => ({
        credits: withCredit(credits, totals),
      })),
    },
  };
}
