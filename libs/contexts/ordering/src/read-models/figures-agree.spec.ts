import { describe, expect, it } from '@jest/globals';
import type { Projection } from '#libs/platform/kernel';
import { recorded } from '#libs/platform/testing';
import { type Dice, dice } from '#libs/testing';
import { creditNote } from '../domain/credit-note.js';
import { order } from '../domain/order.js';
import type { ProductLine } from '../domain/order-content.js';
import { productSales } from './product-sales.js';
import type { SalesEvent } from './sales-by.js';
import { customerTotals, salesByCountry, salesByDay, salesByMonth } from './sales-reports.js';

const lines = ({ upTo, oneOf }: Dice): ProductLine[] =>
  Array.from({ length: 1 + upTo(6) }, (_, place) => ({
    lineId: String(place),
    productCode: oneOf(['A', 'a', 'B', 'A:GBP']),
    quantity: 1 + upTo(1_000),
    unitPriceThousandths: upTo(100_000),
  }));

/** Orders placed, some of them cancelled, and credit notes, as the rules record them. */
function history(random: Dice): SalesEvent[] {
  const { upTo, oneOf } = random;
  return Array.from({ length: 150 }, (_, place) => place).flatMap((place): readonly SalesEvent[] => {
    const content = {
      customerId: oneOf(['1', '2', '1:GBP']),
      country: oneOf(['EIRE', 'Iceland']),
      currency: oneOf(['GBP', 'EUR']),
      lines: lines(random),
      charges: [{ lineId: 'c', kind: 'freight' as const, amountThousandths: upTo(9_000) }],
      origin: 'live' as const,
      at: `2026-0${1 + upTo(3)}-1${upTo(9)}T00:00:00.000Z`,
    };
    if (upTo(4) === 0)
      return creditNote.decide(creditNote.initialState, {
        type: 'IssueCreditNote',
        creditNoteId: `C${place}`,
        ...content,
      });
    const orderId = `o-${place}`;
    const placed = order.decide(order.initialState, { type: 'PlaceOrder', orderId, ...content });
    const state = placed.reduce(order.evolve, order.initialState);
    const given = { type: 'CancelOrder', orderId, reason: 'no', at: content.at } as const;
    return [...placed, ...(upTo(3) === 0 ? order.decide(state, given) : [])] as SalesEvent[];
  });
}

function fold<Document extends object>(
  { key, on }: Projection<Document, SalesEvent>,
  events: readonly SalesEvent[],
): Document[] {
  const documents = new Map<string, Document>();
  for (const envelope of events.map((event) => recorded(event)))
    for (const one of [key(envelope)].flat()) {
      const apply = on[envelope.event.type] as NonNullable<(typeof on)['OrderPlaced']>;
      const folded = apply(documents.get(one), envelope as never, one);
      if (folded) documents.set(one, folded);
    }
  return [...documents.values()];
}

type Part = 'sales' | 'cancelled' | 'credits';
const PARTS: readonly Part[] = ['sales', 'cancelled', 'credits'];

/** Sums over all documents of a currency, by field. */
function sums(documents: readonly object[], currency: string, part: Part): Record<string, number> {
  const result: Record<string, number> = {};
  for (const document of documents as Record<string, Record<string, number> | string>[])
    if (document['currency'] === currency)
      for (const [field, value] of Object.entries(document[part] ?? {}))
        result[field] = (result[field] ?? 0) + Number(value);
  return result;
}

describe('the figures of all reports', () => {
  it.each([1, 2, 3])('agree with each other (seed %i)', (seed) => {
    const events = history(dice(seed));
    const reports = [salesByDay, salesByMonth, salesByCountry, customerTotals];
    const [first = [], ...others] = reports.map((report) => fold(report, events));
    const products = fold(productSales, events);
    for (const currency of ['GBP', 'EUR'])
      for (const part of PARTS) {
        const expected = sums(first, currency, part);
        expect(expected['units']).toBeGreaterThan(0);
        for (const other of others) expect(sums(other, currency, part)).toEqual(expected);
        const goods = part === 'credits' ? expected['totalThousandths'] : expected['goodsThousandths'];
        const { lines, units, goodsThousandths } = sums(products, currency, part);
        expect({ lines, units, goodsThousandths }).toEqual({
          lines: expected['lines'],
          units: expected['units'],
          goodsThousandths: goods,
        });
      }
  });

  it('come back to nothing when everything is cancelled', () => {
    const placed = history(dice(4)).filter(({ type }) => type === 'OrderPlaced');
    const cancelled = placed.flatMap((event) => {
      const state = order.evolve(order.initialState, event as never);
      const { orderId } = event.data as { orderId: string };
      return order.decide(state, { type: 'CancelOrder', orderId, reason: 'no', at: '' });
    }) as SalesEvent[];
    for (const report of [salesByDay, salesByMonth, salesByCountry, customerTotals, productSales])
      for (const { sales } of fold<{ sales: object }>(report as never, [...placed, ...cancelled]))
        expect(new Set(Object.values(sales))).toEqual(new Set([0]));
  });
});
