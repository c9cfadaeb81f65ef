/** Protobuf wire types (protobuf.dev/programming-guides/encoding). */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const START_GROUP = 3;
export const END_GROUP = 4;
export const FIXED32 = 5;

/** Bytes that `value` (not negative) takes as a varint. */
export function varintBytes(value: number | bigint): number {
  if (typeof value === 'bigint') {
    if (value <= Number.MAX_SAFE_INTEGER) return varintBytes(Number(value));
    let bytes = 1;
    for (let rest = value >> 7n; rest > 0n; rest >>= 7n) bytes++;
    return bytes;
  }
  let bytes = 1;
  let rest = value;
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x80)) bytes++;
  for (; rest >= 0x80; rest >>>= 7) bytes++;
  return bytes;
}

/** Bytes of a length-delimited field with a one-byte tag (field numbers 1 to 15). */
export function fieldBytes(contentBytes: number): number {
  return 1 + varintBytes(contentBytes) + contentBytes;
}

/** Up to here a loop is faster than the call out of JavaScript. */
const SHORT_TEXT_BYTES = 64;

/** Bytes of the text in UTF-8. */
export function textBytes(text: string): number {
  if (text.length > SHORT_TEXT_BYTES) return Buffer.byteLength(text);
  for (let index = 0; index < text.length; index++)
    if (text.charCodeAt(index) > 0x7f) return Buffer.byteLength(text);
  return text.length;
}

/** Writes into a buffer whose size the caller has counted before. Field numbers 1 to 15 only. */
export class ProtoWriter {
  readonly buffer: Buffer;
  #at = 0;

  constructor(sizeBytes: number) {
    this.buffer = Buffer.allocUnsafe(sizeBytes);
  }

  /** The whole buffer. @throws when the counted size and what was written disagree. */
  finished(): Buffer {
    if (this.#at !== this.buffer.length)
      throw new Error(`Counted ${this.buffer.length} bytes, wrote ${this.#at}.`);
    return this.buffer;
  }

  byte(value: number): this {
    this.buffer[this.#at++] = value;
    return this;
  }

  uint32BE(value: number): this {
    this.#at = this.buffer.writeUInt32BE(value, this.#at);
    return this;
  }

  varint(value: number | bigint): this {
    if (typeof value === 'bigint') {
      if (value > Number.MAX_SAFE_INTEGER) return this.#largeVarint(value);
      return this.varint(Number(value));
    }
    let rest = value;
    for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 0x80)) this.buffer[this.#at++] = (rest % 0x80) | 0x80;
    for (; rest >= 0x80; rest >>>= 7) this.buffer[this.#at++] = (rest & 0x7f) | 0x80;
    this.buffer[this.#at++] = rest;
    return this;
  }

  /** A varint field. */
  uint(field: number, value: number | bigint): this {
    return this.byte((field << 3) | VARINT).varint(value);
  }

  /** The tag and length of a length-delimited field whose content follows. */
  open(field: number, contentBytes: number): this {
    return this.byte((field << 3) | LENGTH_DELIMITED).varint(contentBytes);
  }

  bytes(field: number, content: Uint8Array): this {
    this.open(field, content.length);
    this.buffer.set(content, this.#at);
    this.#at += content.length;
    return this;
  }

  /** `sizeBytes` is the text's length in UTF-8. */
  text(field: number, content: string, sizeBytes: number): this {
    this.open(field, sizeBytes);
    if (sizeBytes !== content.length || sizeBytes > SHORT_TEXT_BYTES)
      this.#at += this.buffer.write(content, this.#at, 'utf8');
    else for (let index = 0; index < sizeBytes; index++) this.buffer[this.#at++] = content.charCodeAt(index);
    return this;
  }

  #largeVarint(value: bigint): this {
    let rest = value;
    while (rest >= 0x80n) {
      this.buffer[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.#at++] = Number(rest);
    return this;
  }
}
