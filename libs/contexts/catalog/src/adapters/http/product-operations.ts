import { EVENT_STORE_ERRORS } from '#libs/platform/event-store';
import { errorsOf, Operation, type OperationOptions } from '#libs/platform/http';
import { READ_MODEL_ERRORS } from '#libs/platform/projections';
import { PRODUCT_ERRORS } from '../../domain/product-errors.js';

type ProductErrorCode = keyof typeof PRODUCT_ERRORS;

/** By the rules, as listed, or by the event store. */
const commandRefusals = (...codes: readonly ProductErrorCode[]) => ({
  ...errorsOf(PRODUCT_ERRORS, ...codes),
  ...EVENT_STORE_ERRORS,
});

const TAG = 'products';
const params = { code: '85123A' };
const registration = {
  code: '85123A',
  name: 'White hanging heart T-light holder',
  price: '2.55',
  currency: 'GBP',
};
const product = {
  ...registration,
  status: 'active',
  registeredAt: '2026-03-01T10:00:00.000Z',
  changedAt: '2026-03-01T10:00:00.000Z',
  revision: 0,
};
const command = (options: Pick<OperationOptions, 'summary' | 'description' | 'request' | 'refusals'>) =>
  Operation({
    tag: TAG,
    params,
    answer: { example: { code: '85123A', revision: 1, position: '4711' } },
    ...options,
  } as OperationOptions);

/** What the OpenAPI document says of the routes of products. */
export const ProductOperation = {
  register: Operation({
    summary: 'Register a product',
    description: 'The same registration again changes nothing.',
    tag: TAG,
    request: registration,
    answer: { status: 201, example: { code: '85123A', revision: 0, position: '4711' } },
    refusals: commandRefusals('PRODUCT_ALREADY_EXISTS', 'PRODUCT_NAME_INVALID', 'PRODUCT_PRICE_INVALID'),
  }),
  rename: command({
    summary: 'Rename a product',
    request: { name: 'Cream hanging heart T-light holder' },
    refusals: commandRefusals('PRODUCT_NOT_FOUND', 'PRODUCT_DISCONTINUED', 'PRODUCT_NAME_INVALID'),
  }),
  changePrice: command({
    summary: 'Change the price of a product',
    description: 'Orders keep the prices they were placed with.',
    request: { price: '2.95', currency: 'GBP' },
    refusals: commandRefusals('PRODUCT_NOT_FOUND', 'PRODUCT_DISCONTINUED', 'PRODUCT_PRICE_INVALID'),
  }),
  discontinue: command({
    summary: 'Discontinue a product',
    description: 'It stays readable; its name and price no longer change.',
    request: { reason: 'The maker closed.' },
    refusals: commandRefusals('PRODUCT_NOT_FOUND'),
  }),
  get: Operation({
    summary: 'A product',
    tag: TAG,
    params,
    answer: { example: product },
    refusals: { ...errorsOf(PRODUCT_ERRORS, 'PRODUCT_NOT_FOUND'), ...READ_MODEL_ERRORS },
  }),
  list: Operation({
    summary: 'Products, a page at a time',
    tag: TAG,
    answer: { example: { items: [product], links: { self: '/products?sort=name' } } },
    refusals: READ_MODEL_ERRORS,
  }),
};
