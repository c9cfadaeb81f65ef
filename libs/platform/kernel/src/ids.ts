import { parse, v5, v7 } from 'uuid';

/** Random bytes are fetched for many ids at once: a call for each costs more than the rest of an id. */
const RANDOM_BYTES = 16;
const pool = new Uint8Array(RANDOM_BYTES * 256);
let used = pool.length;

function someRandom(): Uint8Array {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

let lastMs = 0;
let sequence = 0;

/**
 * RFC 9562 version 7: time-ordered, and within this process in the order they were made, also when the clock is set
 * back: the counter in `rand_a` goes on within a millisecond (section 6.2, method 1).
 */
export function newId(): string {
  const nowMs = Date.now();
  const random = someRandom();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1; // room to count up
  } else sequence++;
  return v7({ msecs: lastMs, seq: sequence, random });
}

const encoder = new TextEncoder();
/** Namespaces are few constants: parsed once. */
const parsed = new Map<string, Uint8Array>();

/** RFC 9562 version 5: the same name in the same namespace gives the same id. `namespace` is a UUID, a constant. */
export function derivedId(name: string, namespace: string): string {
  const bytes = parsed.get(namespace) ?? parse(namespace);
  parsed.set(namespace, bytes);
  // Given bytes, the library need not take the texts apart itself.
  return v5(encoder.encode(name), bytes);
}
