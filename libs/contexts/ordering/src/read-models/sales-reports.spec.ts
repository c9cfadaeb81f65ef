import { describe, it } from '@jest/globals';
import { givenProjection } from '#libs/platform/testing';
import type { CreditNoteEvent } from '../domain/credit-note.js';
import { cancelled, lantern, placed, totals } from '../domain/order-examples.js';
import { NO_CREDITS, NO_ORDERS } from './figures.js';
import type { SalesEvent } from './sales-by.js';
import { customerTotals, salesByCountry, salesByDay, salesByMonth } from './sales-reports.js';

const other: SalesEvent = {
  type: 'OrderPlaced',
  data: {
    ...placed.data,
    orderId: 'o-2',
    customerId: '17851',
    country: 'EIRE',
    placedAt: '2026-03-31T23:59:59.999Z',
  },
};
const inEuros: SalesEvent = {
  type: 'OrderPlaced',
  data: { ...placed.data, orderId: 'o-3', currency: 'EUR' },
};
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

const GBP = { currency: 'GBP' };
const none = { sales: NO_ORDERS, cancelled: NO_ORDERS, credits: NO_CREDITS };
const one = { orders: 1, ...totals };
const credited = { creditNotes: 1, lines: 1, units: 6, totalThousandths: 15_300 };

describe('sales-by-day', () => {
  it('counts an order on the day it was placed, a credit on its own', () =>
    givenProjection(salesByDay, placed, other, credit).then({
      '2026-03-01:GBP': { of: '2026-03-01', ...GBP, ...none, sales: one },
      '2026-03-31:GBP': { of: '2026-03-31', ...GBP, ...none, sales: one },
      '2026-04-01:GBP': { of: '2026-04-01', ...GBP, ...none, credits: credited },
    }));
  it('takes a cancelled order off the day it was placed', () =>
    givenProjection(salesByDay, placed, other, cancelled).then({
      '2026-03-01:GBP': { of: '2026-03-01', ...GBP, ...none, cancelled: one },
      '2026-03-31:GBP': { of: '2026-03-31', ...GBP, ...none, sales: one },
    }));
  it('adds up, per currency', () =>
    givenProjection(salesByDay, placed, placed, inEuros).then({
      '2026-03-01:GBP': {
        of: '2026-03-01',
        ...GBP,
        ...none,
        sales: {
          orders: 2,
          lines: 6,
          units: 18,
          goodsThousandths: 39_002,
          chargesThousandths: 7_000,
          totalThousandths: 46_002,
        },
      },
      '2026-03-01:EUR': { of: '2026-03-01', currency: 'EUR', ...none, sales: one },
    }));
});

it('sales-by-month counts by month', () =>
  givenProjection(salesByMonth, placed, cancelled, other, credit).then({
    '2026-03:GBP': { of: '2026-03', ...GBP, ...none, sales: one, cancelled: one },
    '2026-04:GBP': { of: '2026-04', ...GBP, ...none, credits: credited },
  }));

it('sales-by-country counts by the country of the order', () =>
  givenProjection(salesByCountry, placed, other, inEuros, credit).then({
    'United Kingdom:GBP': { of: 'United Kingdom', ...GBP, ...none, sales: one, credits: credited },
    'United Kingdom:EUR': { of: 'United Kingdom', currency: 'EUR', ...none, sales: one },
    'EIRE:GBP': { of: 'EIRE', ...GBP, ...none, sales: one },
  }));

it('customer-totals counts by customer', () =>
  givenProjection(customerTotals, placed, other, cancelled, credit).then({
    '17850:GBP': { of: '17850', ...GBP, ...none, cancelled: one, credits: credited },
    '17851:GBP': { of: '17851', ...GBP, ...none, sales: one },
  }));
