/**
 * Which revision an event id was first stored under, for as many events as fit. EventStoreDB keeps about
 * 8 MiB of ids and forgets them at a restart; here the newest of the log are remembered again.
 */
export class EventIdCache {
  /** Two generations: when the young one is full, the old one is forgotten as a whole. */
  #young: Generation;
  #old: Generation;

  /** Between `capacity` / 2 and `capacity` of the newest ids are remembered, 24 to 48 bytes each. */
  constructor(private readonly capacity: number) {
    this.#young = new Generation(capacity / 2);
    this.#old = new Generation(0);
  }

  /** `stream` is the stream's number in the index; `eventId` a UUID, as text with dashes. */
  revisionOf(stream: number, eventId: string): number | undefined {
    const key = keyOf(stream, eventId);
    return this.#young.revisionOf(key) ?? this.#old.revisionOf(key);
  }

  /** The first revision of an id wins. @returns whether it was this one. */
  remember(stream: number, eventId: string, revision: number): boolean {
    const key = keyOf(stream, eventId);
    if (this.#old.revisionOf(key) !== undefined || this.#young.revisionOf(key) !== undefined) return false;
    if (this.#young.isFull) {
      this.#old = this.#young;
      this.#young = new Generation(this.capacity / 2);
    }
    this.#young.set(key, revision);
    return true;
  }

  forget(stream: number, eventId: string): void {
    const key = keyOf(stream, eventId);
    if (!this.#young.forget(key)) this.#old.forget(key);
  }
}

/** The 128 bits of the id, and the stream. */
const KEY_WORDS = 5;
const DASH = 0x2d;
const scratch = new Uint32Array(KEY_WORDS);

/** The same array each time: what is looked up next overwrites it. */
function keyOf(stream: number, eventId: string): Uint32Array {
  scratch[0] = bitsOf(eventId, 0, 8);
  scratch[1] = bitsOf(eventId, 9, 18);
  scratch[2] = bitsOf(eventId, 19, 28);
  scratch[3] = bitsOf(eventId, 28, 36);
  scratch[4] = stream;
  return scratch;
}

function bitsOf(eventId: string, start: number, end: number): number {
  let bits = 0;
  for (let at = start; at < end; at++) {
    const code = eventId.charCodeAt(at);
    if (code !== DASH) bits = (bits << 4) | ((code & 15) + (code >> 6) * 9);
  }
  return bits;
}

const SLOT_WORDS = KEY_WORDS + 1;
/** Stored in place of a revision, plus one: nothing there; there was something. */
const FREE = 0;
const FORGOTTEN = 0xffff_ffff;

/** A hash table in one array (open addressing), filled once. */
class Generation {
  readonly #slots: Uint32Array;
  readonly #mask: number;
  #used = 0;

  constructor(private readonly capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(1, capacity) * 1.25));
    this.#slots = new Uint32Array(slots * SLOT_WORDS);
    this.#mask = slots - 1;
  }

  get isFull(): boolean {
    return this.#used >= this.capacity;
  }

  revisionOf(key: Uint32Array): number | undefined {
    const stored = this.#slots[this.#find(key) + KEY_WORDS] as number;
    return stored === FREE || stored === FORGOTTEN ? undefined : stored - 1;
  }

  set(key: Uint32Array, revision: number): void {
    const at = this.#find(key);
    if (this.#slots[at + KEY_WORDS] === FREE) this.#used++;
    this.#slots.set(key, at);
    this.#slots[at + KEY_WORDS] = revision + 1;
  }

  /** @returns whether it was here. */
  forget(key: Uint32Array): boolean {
    if (this.revisionOf(key) === undefined) return false;
    this.#slots[this.#find(key) + KEY_WORDS] = FORGOTTEN;
    return true;
  }

  /** Where the key is, or where it would go. There is always a free slot. */
  #find(key: Uint32Array): number {
    const slots = this.#slots;
    let slot = hashOf(key) & this.#mask;
    for (;;) {
      const at = slot * SLOT_WORDS;
      if (slots[at + KEY_WORDS] === FREE || isAt(slots, at, key)) return at;
      slot = (slot + 1) & this.#mask;
    }
  }
}

function isAt(slots: Uint32Array, at: number, key: Uint32Array): boolean {
  for (let word = 0; word < KEY_WORDS; word++) if (slots[at + word] !== key[word]) return false;
  return true;
}

function hashOf(key: Uint32Array): number {
  let hash = 0;
  for (let word = 0; word < KEY_WORDS; word++) {
    hash = Math.imul(hash ^ (key[word] as number), 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
