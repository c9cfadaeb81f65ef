import { DomainError, type DomainErrorOptions, type ErrorTable } from '#libs/platform/kernel';

export const ORDER_ERRORS = {
  ORDER_NOT_FOUND: { kind: 'not_found', message: 'There is no such order.' },
  ORDER_ALREADY_EXISTS: {
    kind: 'conflict',
    message: 'This order id is in use by an order of other content.',
  },
  ORDER_NOT_DRAFT: { kind: 'conflict', message: 'The order is placed: its lines no longer change.' },
  ORDER_NOT_PLACED: { kind: 'conflict', message: 'The order is still a draft: place it first.' },
  ORDER_NOT_CONFIRMED: { kind: 'conflict', message: 'The order is not confirmed yet: confirm it first.' },
  ORDER_CANCELLED: { kind: 'conflict', message: 'The order is cancelled.' },
  ORDER_ALREADY_SHIPPED: {
    kind: 'conflict',
    message: 'Part of the order is shipped: it can no longer be cancelled or sent elsewhere.',
  },
  ORDER_NOT_FULLY_SHIPPED: { kind: 'conflict', message: 'Not everything is shipped yet.' },
  ORDER_HAS_NO_LINES: { kind: 'unprocessable', message: 'An order needs at least one product line.' },
  ORDER_TOO_MANY_LINES: {
    kind: 'unprocessable',
    message: 'An order holds at most 2,000 lines, charges included.',
  },
  ORDER_LINE_NOT_FOUND: { kind: 'not_found', message: 'The order has no such line.' },
  ORDER_LINE_ALREADY_EXISTS: {
    kind: 'conflict',
    message: 'This line id is, or was, in use by another line of the order.',
  },
  ORDER_LINE_ID_REPEATED: { kind: 'unprocessable', message: 'Each line and charge needs an id of its own.' },
  ORDER_LINE_KIND_FIXED: {
    kind: 'conflict',
    message:
      'A product line does not become a charge, nor a charge a product line: remove it and add another.',
  },
  ORDER_FIELD_MISSING: { kind: 'unprocessable', message: 'A field of the order is empty.' },
  ORDER_CURRENCY_INVALID: {
    kind: 'unprocessable',
    message: 'A currency is three capital letters (ISO 4217), such as GBP.',
  },
  ORDER_QUANTITY_INVALID: {
    kind: 'unprocessable',
    message: 'A quantity is a whole number from 1 to 1,000,000.',
  },
  ORDER_UNIT_PRICE_INVALID: {
    kind: 'unprocessable',
    message: 'A unit price is 0 or more, with up to three decimals.',
  },
  ORDER_CHARGE_INVALID: {
    kind: 'unprocessable',
    message: 'Freight and tax are 0 or more, a discount is 0 or less, with up to three decimals.',
  },
  ORDER_AMOUNT_TOO_LARGE: {
    kind: 'unprocessable',
    message: 'Goods, charges and total of an order are each at most 10,000,000,000 of its currency.',
  },
  ORDER_TOTAL_NEGATIVE: {
    kind: 'unprocessable',
    message: 'The discounts are larger than the rest of the order.',
  },
  ORDER_REASON_MISSING: { kind: 'unprocessable', message: 'A cancellation needs a reason.' },
  SHIPMENT_EMPTY: { kind: 'unprocessable', message: 'A shipment holds at least one line.' },
  SHIPMENT_LINE_REPEATED: { kind: 'unprocessable', message: 'A shipment names each line once.' },
  SHIPMENT_EXCEEDS_ORDER: { kind: 'conflict', message: 'More would be shipped than is left to ship.' },
  SHIPMENT_ALREADY_EXISTS: {
    kind: 'conflict',
    message: 'This shipment id is in use by a shipment of other content.',
  },
} as const satisfies ErrorTable;

export type OrderErrorCode = keyof typeof ORDER_ERRORS;

export const refuseOrder = (code: OrderErrorCode, options?: DomainErrorOptions): DomainError =>
  new DomainError(code, ORDER_ERRORS[code], options);
