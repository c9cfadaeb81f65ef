/** A field that two values of the same thing do not share; a side is absent where it has no such field. */
export interface FieldChange {
  /** JSON Pointer (RFC 6901); empty where the whole differs. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Where two plain values differ, as deep as possible. A field that is undefined is absent. */
export function fieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (before === after) return [];
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => fieldChanges(before[name], after[name], `${path}/${escaped(name)}`));
  }
  if (isSame(before, after)) return [];
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

/** What a value holds at a JSON Pointer. */
export function valueAt(value: unknown, path: string): unknown {
  let part = value;
  for (const name of path.split('/').slice(1)) {
    if (!isTree(part)) return undefined;
    part = part[name.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return part;
}

/** Whether two plain values say the same. A field that is undefined is absent. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  if (!isTree(one) || !isTree(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSame(one[name], other[name]));
}

type Tree = { readonly [name: string]: unknown };

/** Values with a class, such as dates, are compared whole. */
function isTree(value: unknown): value is Tree {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
