import { describe, it } from '@jest/globals';
import { givenProjection } from '#libs/platform/testing';
import type { ProductEvent } from '../domain/product-events.js';
import { products } from './products.js';

const day1 = '2026-03-01T10:00:00.000Z';
const day2 = '2026-03-02T10:00:00.000Z';
const registered = (code: string): ProductEvent => ({
  type: 'ProductRegistered',
  data: { code, name: 'Parasol', priceThousandths: 5950, currency: 'GBP', registeredAt: day1 },
});
const document = {
  name: 'Parasol',
  byName: 'parasol\u000115056BL',
  priceThousandths: 5950,
  currency: 'GBP',
  status: 'active',
  registeredAt: day1,
  changedAt: day1,
  revision: 0,
} as const;
const code = '15056BL';

describe('products', () => {
  it('keeps codes apart that differ in letter case only', () =>
    givenProjection(products, registered(code), registered('15056bl')).then({
      [code]: document,
      '15056bl': { ...document, byName: 'parasol\u000115056bl', revision: 1 },
    }));

  it('follows name, price and end', () =>
    givenProjection(
      products,
      registered(code),
      { type: 'ProductRenamed', data: { code, name: 'Big', previousName: 'Parasol', renamedAt: day2 } },
      {
        type: 'ProductPriceChanged',
        data: {
          code,
          priceThousandths: 1,
          currency: 'EUR',
          previous: { priceThousandths: 5950, currency: 'GBP' },
          changedAt: day2,
        },
      },
      { type: 'ProductDiscontinued', data: { code, reason: 'gone', discontinuedAt: day2 } },
    ).then({
      [code]: {
        ...document,
        name: 'Big',
        byName: 'big\u000115056BL',
        priceThousandths: 1,
        currency: 'EUR',
        status: 'discontinued',
        discontinuedReason: 'gone',
        changedAt: day2,
        revision: 3,
      },
    }));
});
