import { isDeepStrictEqual } from 'node:util';

/** A field that is not as it should be; a side is absent where it has no such field. */
export interface FieldDifference {
  /** JSON Pointer (RFC 6901). */
  readonly path: string;
  readonly stored?: unknown;
  readonly expected?: unknown;
}

/** Where two documents differ, as deep as possible. Fields that are undefined are absent. */
export function fieldDifferences(stored: unknown, expected: unknown, path = ''): FieldDifference[] {
  if (isTree(stored) && isTree(expected) && Array.isArray(stored) === Array.isArray(expected)) {
    const names = new Set([...Object.keys(stored), ...Object.keys(expected)]);
    return [...names].flatMap((name) =>
      fieldDifferences(stored[name], expected[name], `${path}/${escaped(name)}`),
    );
  }
  if (isDeepStrictEqual(stored, expected)) return [];
  return [{ path, ...(stored !== undefined && { stored }), ...(expected !== undefined && { expected }) }];
}

/** What a document holds at a JSON Pointer. */
export function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const name of path.split('/').slice(1)) {
    if (!isTree(value)) return undefined;
    value = value[name.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}

type Tree = { readonly [name: string]: unknown };

/** Dates and other values with a class are compared whole. */
function isTree(value: unknown): value is Tree {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
