import { createHash, randomUUID } from 'node:crypto';
import type { Selection } from './documents-apart.js';

/** Which documents a verification looks at. */
export type Scope =
  | { readonly kind: 'all' }
  /** A random sample of about this many of each projection; another one each time. */
  | { readonly kind: 'sample'; readonly size: number }
  | { readonly kind: 'keys'; readonly keys: readonly string[] };

/** Documents of one projection that are folded in memory at once. */
const MOST_DOCUMENTS = 200_000;

/** The selected documents in parts that fit into memory: each key falls into exactly one of them. */
export function selectionsOf(scope: Scope, documents: number, mostAtOnce = MOST_DOCUMENTS): Selection[] {
  if (scope.kind === 'keys') {
    const keys = new Set(scope.keys);
    return [(key) => keys.has(key)];
  }
  const share = scope.kind === 'all' ? 1 : Math.min(1, scope.size / Math.max(1, documents));
  const parts = Math.max(1, Math.ceil((documents * share) / mostAtOnce));
  if (share === 1 && parts === 1) return [() => true];
  const salt = randomUUID();
  return Array.from({ length: parts }, (_none, part): Selection => {
    const from = (share * part) / parts;
    const to = (share * (part + 1)) / parts;
    return (key) => {
      const place = placeOf(salt, key);
      return place >= from && place < to;
    };
  });
}

/** From 0 (inclusive) to 1, evenly spread over keys. */
function placeOf(salt: string, key: string): number {
  return createHash('md5').update(salt).update(key).digest().readUInt32LE() / 2 ** 32;
}
