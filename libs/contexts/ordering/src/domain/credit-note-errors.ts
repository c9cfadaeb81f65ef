import { DomainError, type DomainErrorOptions, type ErrorTable } from '#libs/platform/kernel';

/** What the lines and amounts of a credit note break is told with the ORDER_ codes: they are the same rules. */
export const CREDIT_NOTE_ERRORS = {
  CREDIT_NOTE_NOT_FOUND: { kind: 'not_found', message: 'There is no such credit note.' },
  CREDIT_NOTE_ALREADY_EXISTS: {
    kind: 'conflict',
    message: 'This credit note id is in use by a credit note of other content.',
  },
} as const satisfies ErrorTable;

export const refuseCreditNote = (
  code: keyof typeof CREDIT_NOTE_ERRORS,
  options?: DomainErrorOptions,
): DomainError => new DomainError(code, CREDIT_NOTE_ERRORS[code], options);
