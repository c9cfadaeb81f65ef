import { DomainError, type DomainErrorOptions, type ErrorTable } from '#libs/platform/kernel';

export const PRODUCT_ERRORS = {
  PRODUCT_ALREADY_EXISTS: { kind: 'conflict', message: 'This product code is already in use.' },
  PRODUCT_NOT_FOUND: { kind: 'not_found', message: 'There is no such product.' },
  PRODUCT_DISCONTINUED: { kind: 'conflict', message: 'The product is discontinued.' },
  PRODUCT_NAME_INVALID: {
    kind: 'unprocessable',
    message: 'A product name has 1 to 200 characters and is not blank.',
  },
  PRODUCT_PRICE_INVALID: {
    kind: 'unprocessable',
    message: 'A price is a whole number of thousandths, zero or more.',
  },
} as const satisfies ErrorTable;

export const refuse = (code: keyof typeof PRODUCT_ERRORS, options?: DomainErrorOptions): DomainError =>
  new DomainError(code, PRODUCT_ERRORS[code], options);
