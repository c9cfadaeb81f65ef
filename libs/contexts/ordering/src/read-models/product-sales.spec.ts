import { describe, it } from '@jest/globals';
import { givenProjection } from '#libs/platform/testing';
import type { CreditNoteEvent } from '../domain/credit-note.js';
import { cancelled, lantern, placed } from '../domain/order-examples.js';
import { productSales } from './product-sales.js';

const none = { documents: 0, lines: 0, units: 0, goodsThousandths: 0 };
const empty = { currency: 'GBP', sales: none, cancelled: none, credits: none };
const lanterns = { documents: 1, lines: 2, units: 8, goodsThousandths: 19_500 };
const pads = { documents: 1, lines: 1, units: 1, goodsThousandths: 1 };
const credit: CreditNoteEvent = {
  type: 'CreditNoteIssued',
  data: {
    creditNoteId: 'C1',
    customerId: '17850',
    country: 'United Kingdom',
    currency: 'GBP',
    lines: [lantern],
    totals: { lines: 1, units: 6, totalThousandths: 15_300 },
    issuedAt: '2026-04-01T00:00:00.000Z',
    origin: 'live',
  },
};

describe('product-sales', () => {
  it('counts an order once per product, and all its lines', () =>
    givenProjection(productSales, placed).then({
      '85123A:GBP': { productCode: '85123A', ...empty, sales: lanterns },
      'PADS:GBP': { productCode: 'PADS', ...empty, sales: pads },
    }));
  it('moves a cancelled order to cancelled', () =>
    givenProjection(productSales, placed, cancelled).then({
      '85123A:GBP': { productCode: '85123A', ...empty, cancelled: lanterns },
      'PADS:GBP': { productCode: 'PADS', ...empty, cancelled: pads },
    }));
  it('keeps credits apart', () =>
    givenProjection(productSales, placed, credit).then({
      '85123A:GBP': {
        productCode: '85123A',
        ...empty,
        sales: lanterns,
        credits: { documents: 1, lines: 1, units: 6, goodsThousandths: 15_300 },
      },
      'PADS:GBP': { productCode: 'PADS', ...empty, sales: pads },
    }));
  it('tells codes apart by letter case, and currencies', () => {
    const lines = [
      { ...lantern, productCode: '15056BL' },
      { ...lantern, productCode: '15056bl' },
    ];
    const sales = { documents: 1, lines: 1, units: 6, goodsThousandths: 15_300 };
    givenProjection(productSales, {
      type: 'OrderPlaced',
      data: { ...placed.data, lines, currency: 'EUR' },
    }).then({
      '15056BL:EUR': { ...empty, productCode: '15056BL', currency: 'EUR', sales },
      '15056bl:EUR': { ...empty, productCode: '15056bl', currency: 'EUR', sales },
    });
  });
});
