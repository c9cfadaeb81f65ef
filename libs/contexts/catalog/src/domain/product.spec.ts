import { describe, it } from '@jest/globals';
import { given } from '#libs/platform/testing';
import { type ProductCommand, product } from './product.js';
import type { ProductEvent } from './product-events.js';

const day1 = '2026-03-01T10:00:00.000Z';
const day2 = '2026-03-02T10:00:00.000Z';
const code = '15056BL';

const registered: ProductEvent = {
  type: 'ProductRegistered',
  data: { code, name: 'EDWARDIAN PARASOL', priceThousandths: 5950, currency: 'GBP', registeredAt: day1 },
};
const renamed: ProductEvent = {
  type: 'ProductRenamed',
  data: { code, name: 'EDWARDIAN PARASOL BLACK', previousName: 'EDWARDIAN PARASOL', renamedAt: day2 },
};
const repriced: ProductEvent = {
  type: 'ProductPriceChanged',
  data: {
    code,
    priceThousandths: 1,
    currency: 'GBP',
    previous: { priceThousandths: 5950, currency: 'GBP' },
    changedAt: day2,
  },
};
const discontinued: ProductEvent = {
  type: 'ProductDiscontinued',
  data: { code, reason: 'out of fashion', discontinuedAt: day2 },
};

const register = {
  type: 'RegisterProduct',
  code,
  name: 'EDWARDIAN PARASOL',
  priceThousandths: 5950,
  currency: 'GBP',
  at: day1,
} as const satisfies ProductCommand;
const rename = { type: 'RenameProduct', code, name: 'EDWARDIAN PARASOL BLACK', at: day2 } as const;
const reprice = {
  type: 'ChangeProductPrice',
  code,
  priceThousandths: 1,
  currency: 'GBP',
  at: day2,
} as const;
const discontinue = { type: 'DiscontinueProduct', code, reason: 'out of fashion', at: day2 } as const;

describe('RegisterProduct', () => {
  it('registers a new code', () => given(product).when(register).then(registered));
  it('takes a price of nothing', () =>
    given(product)
      .when({ ...register, priceThousandths: 0 })
      .then({ ...registered, data: { ...registered.data, priceThousandths: 0 } }));
  it('records nothing when registered just so', () =>
    given(product, registered).when(register).thenNothing());
  it('records nothing when changed since', () =>
    given(product, registered, renamed, repriced, discontinued).when(register).thenNothing());
  it.each([{ name: 'ANOTHER PARASOL' }, { priceThousandths: 5951 }, { currency: 'EUR' }])(
    'refuses the code of another product: %j',
    (other) =>
      given(product, registered)
        .when({ ...register, ...other })
        .thenRefuses('PRODUCT_ALREADY_EXISTS'),
  );
  it.each(['', '   ', 'x'.repeat(201)])('refuses the name %j', (name) =>
    given(product)
      .when({ ...register, name })
      .thenRefuses('PRODUCT_NAME_INVALID'),
  );
  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses the price %j', (priceThousandths) =>
    given(product)
      .when({ ...register, priceThousandths })
      .thenRefuses('PRODUCT_PRICE_INVALID'),
  );
});

describe('RenameProduct', () => {
  it('renames', () => given(product, registered).when(rename).then(renamed));
  it('records nothing when it has that name', () =>
    given(product, registered, renamed).when(rename).thenNothing());
  it('refuses an unknown product', () => given(product).when(rename).thenRefuses('PRODUCT_NOT_FOUND'));
  it('refuses a discontinued product', () =>
    given(product, registered, discontinued).when(rename).thenRefuses('PRODUCT_DISCONTINUED'));
  it('refuses a blank name', () =>
    given(product, registered)
      .when({ ...rename, name: ' ' })
      .thenRefuses('PRODUCT_NAME_INVALID'));
});

describe('ChangeProductPrice', () => {
  it('changes the price', () => given(product, registered).when(reprice).then(repriced));
  it('changes the currency alone', () =>
    given(product, registered)
      .when({ ...reprice, priceThousandths: 5950, currency: 'EUR' })
      .then({
        type: 'ProductPriceChanged',
        data: {
          code,
          priceThousandths: 5950,
          currency: 'EUR',
          previous: { priceThousandths: 5950, currency: 'GBP' },
          changedAt: day2,
        },
      }));
  it('records nothing at that price', () => given(product, registered, repriced).when(reprice).thenNothing());
  it('refuses an unknown product', () => given(product).when(reprice).thenRefuses('PRODUCT_NOT_FOUND'));
  it('refuses a discontinued product', () =>
    given(product, registered, discontinued).when(reprice).thenRefuses('PRODUCT_DISCONTINUED'));
  it('refuses a price below zero', () =>
    given(product, registered)
      .when({ ...reprice, priceThousandths: -1 })
      .thenRefuses('PRODUCT_PRICE_INVALID'));
});

describe('DiscontinueProduct', () => {
  it('discontinues', () => given(product, registered).when(discontinue).then(discontinued));
  it('records nothing when discontinued already', () =>
    given(product, registered, discontinued)
      .when({ ...discontinue, reason: 'another' })
      .thenNothing());
  it('refuses an unknown product', () => given(product).when(discontinue).thenRefuses('PRODUCT_NOT_FOUND'));
});
