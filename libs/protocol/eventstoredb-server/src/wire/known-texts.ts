/** Longer texts are not kept: looking for them costs more than making them. */
const MAX_KEPT_BYTES = 48;

interface KnownText {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * Texts that came lately, by their bytes: event types and stream names come again and again, and a text that is
 * there need not be made, nor hashed when it is looked up. A table of fixed size; what comes anew replaces.
 */
export class KnownTexts {
  readonly #slots: (KnownText | undefined)[];

  /** `slots` is a power of two. */
  constructor(private readonly slots: number) {
    this.#slots = new Array<KnownText | undefined>(slots).fill(undefined);
  }

  /** The UTF-8 text of the bytes from `start` to before `end`. */
  at(buffer: Buffer, start: number, end: number): string {
    if (end - start > MAX_KEPT_BYTES) return buffer.toString('utf8', start, end);
    let hash = end - start;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (buffer[at] as number), 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (this.slots - 1);
    const known = this.#slots[slot];
    if (known !== undefined && isAt(known.bytes, buffer, start, end)) return known.text;
    const text = buffer.toString('utf8', start, end);
    this.#slots[slot] = { bytes: Uint8Array.prototype.slice.call(buffer, start, end), text };
    return text;
  }
}

function isAt(bytes: Uint8Array, buffer: Buffer, start: number, end: number): boolean {
  if (bytes.length !== end - start) return false;
  for (let index = 0; index < bytes.length; index++) if (bytes[index] !== buffer[start + index]) return false;
  return true;
}
