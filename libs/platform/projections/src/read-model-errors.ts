import { DomainError, type ErrorTable } from '#libs/platform/kernel';

export const READ_MODEL_ERRORS = {
  READ_MODEL_BEHIND: {
    kind: 'unavailable',
    message: 'The read model has not yet handled the position that was asked for.',
  },
  READ_MODEL_STOPPED: {
    kind: 'unavailable',
    message: 'A fault has stopped the read model before the position that was asked for.',
  },
  READ_MODEL_STORE_UNAVAILABLE: {
    kind: 'unavailable',
    message: 'The store of the read models is out of reach.',
  },
} as const satisfies ErrorTable;

export function readModelError(
  code: keyof typeof READ_MODEL_ERRORS,
  detail: string,
  cause?: unknown,
): DomainError {
  return new DomainError(code, READ_MODEL_ERRORS[code], { detail, ...(cause !== undefined && { cause }) });
}
