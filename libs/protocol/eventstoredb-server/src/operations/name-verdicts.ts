const SLOTS = 128;
/** Of each slot: what is known, the length of the name, the name. */
const SLOT_BYTES = 64;
const NAME_AT = 2;
const MAX_NAME_BYTES = SLOT_BYTES - NAME_AT;
const FITS = 1;
const FITS_NOT = 2;

/**
 * Whether a regular expression matches names that come as bytes. What it said about names that came lately is
 * remembered, in 8 KiB: events of one stream are often near each other, and types are few.
 */
export class NameVerdicts {
  readonly #slots = new Uint8Array(SLOTS * SLOT_BYTES);
  #lastSlot = 0;

  constructor(private readonly regex: RegExp) {}

  of(bytes: Buffer, start: number, end: number): boolean {
    if (end - start > MAX_NAME_BYTES) return this.regex.test(bytes.toString('utf8', start, end));
    if (!this.#holds(this.#lastSlot, bytes, start, end)) {
      this.#lastSlot = slotOf(bytes, start, end);
      if (!this.#holds(this.#lastSlot, bytes, start, end)) this.#learn(this.#lastSlot, bytes, start, end);
    }
    return this.#slots[this.#lastSlot] === FITS;
  }

  #holds(slot: number, bytes: Buffer, start: number, end: number): boolean {
    const slots = this.#slots;
    if (slots[slot] === 0 || slots[slot + 1] !== end - start) return false;
    // Names of one category differ at their ends.
    for (let at = end - 1, known = slot + NAME_AT + (end - start) - 1; at >= start; at--, known--)
      if (slots[known] !== bytes[at]) return false;
    return true;
  }

  #learn(slot: number, bytes: Buffer, start: number, end: number): void {
    const slots = this.#slots;
    slots[slot] = this.regex.test(bytes.toString('utf8', start, end)) ? FITS : FITS_NOT;
    slots[slot + 1] = end - start;
    for (let at = start, known = slot + NAME_AT; at < end; at++, known++) slots[known] = bytes[at] as number;
  }
}

function slotOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x0100_0193);
  return ((hash ^ (hash >>> 15)) & (SLOTS - 1)) * SLOT_BYTES;
}
