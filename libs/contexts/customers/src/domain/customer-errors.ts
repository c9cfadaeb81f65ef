import { DomainError, type DomainErrorOptions, type ErrorTable } from '#libs/platform/kernel';

export const CUSTOMER_ERRORS = {
  CUSTOMER_ALREADY_EXISTS: { kind: 'conflict', message: 'This customer id is already in use.' },
  CUSTOMER_NOT_FOUND: { kind: 'not_found', message: 'There is no such customer.' },
  CUSTOMER_COUNTRY_MISSING: { kind: 'unprocessable', message: 'A customer always has a country.' },
  CUSTOMER_FIELD_INVALID: {
    kind: 'unprocessable',
    message: 'A field of a customer has 1 to 200 characters and is not blank.',
  },
} as const satisfies ErrorTable;

export const refuse = (code: keyof typeof CUSTOMER_ERRORS, options?: DomainErrorOptions): DomainError =>
  new DomainError(code, CUSTOMER_ERRORS[code], options);
