/**
 * Who owns which keys. Every key starts with a 32-bit number in big-endian order: one of these, or the number of a
 * collection or an index. One tree with prefixes keeps the cost of a write independent of how many collections
 * there are, and lets a transaction span documents, indexes and the catalog.
 */
export const Keyspace = {
  /** namespace -> collection as JSON. */
  catalog: 0,
  /** session id -> last transaction number and its reply. */
  sessions: 1,
  /** number of the collection -> how many documents it has. */
  counts: 2,
  /** number of an index with an array in some document. */
  multikey: 3,
  /** number of a dropped collection or index whose keys are still to be removed. */
  dropped: 4,
  /** the newest cluster time. */
  clock: 5,
  /** database -> where the log of its changes is, and what is no longer in it. */
  watched: 6,
  firstOfCollections: 16,
} as const;

/** The key space as a prefix. */
export function prefixOf(ident: number): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(ident);
  return key;
}

export function keyIn(ident: number, rest: Buffer | string): Buffer {
  return Buffer.concat([prefixOf(ident), typeof rest === 'string' ? Buffer.from(rest) : rest]);
}

/** `ident · other ident`. */
export function identKeyIn(ident: number, other: number): Buffer {
  return keyIn(ident, prefixOf(other));
}

/** All keys of one owner. */
export function rangeOf(ident: number): { start: Buffer; end: Buffer } {
  return { start: prefixOf(ident), end: prefixOf(ident + 1) };
}
