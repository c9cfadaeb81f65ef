/** Chance that can be had again (mulberry32): the same seed gives the same numbers, from 0 (inclusive) to 1. */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Dice {
  /** From 0 (inclusive) to 1. */
  next(): number;
  /** A whole number from 0 to below `limit`. */
  upTo(limit: number): number;
  oneOf<T>(items: readonly T[]): T;
}

export function dice(seed: number): Dice {
  const next = seeded(seed);
  const upTo = (limit: number) => Math.floor(next() * limit);
  return { next, upTo, oneOf: (items) => items[upTo(items.length)] as (typeof items)[number] };
}
