import { fieldChanges } from '#libs/platform/kernel';

/** A field that is not as it should be; a side is absent where it has no such field. */
export interface FieldDifference {
  /** JSON Pointer (RFC 6901). */
  readonly path: string;
  readonly stored?: unknown;
  readonly expected?: unknown;
}

/** Where a stored document differs from what it should be. */
export function fieldDifferences(stored: object, expected: object): FieldDifference[] {
  return fieldChanges(stored, expected).map(({ path, ...sides }) => ({
    path,
    ...('before' in sides && { stored: sides.before }),
    ...('after' in sides && { expected: sides.after }),
  }));
}
