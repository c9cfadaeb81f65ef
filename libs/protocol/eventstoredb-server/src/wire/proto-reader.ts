import type { KnownTexts } from './known-texts.js';
import { END_GROUP, FIXED32, FIXED64, LENGTH_DELIMITED, START_GROUP, VARINT } from './proto-writer.js';

/** As deep as protobuf's own readers go. */
const MAX_NESTED_GROUPS = 100;

/** The bytes are no protobuf message. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError';
}

/** So many bytes of a varint make a number that is exact. */
const EXACT_BYTES = 7;

/** Walks over the fields of one message; byte fields are views of it. Every read checks its bounds. */
export class ProtoReader {
  #at: number;
  #end: number;

  constructor(
    private readonly buffer: Buffer,
    start = 0,
    end = buffer.length,
  ) {
    this.#at = start;
    this.#end = end;
  }

  /** The next field's tag (number and wire type in one), or 0 at the end. */
  tag(): number {
    if (this.#at >= this.#end) return 0;
    const tag = this.number();
    if (tag >> 3 === 0) throw new MalformedMessageError('Field number 0.');
    return tag;
  }

  /** A varint as a number. @throws MalformedMessageError beyond exact integers. */
  number(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let factor = 0x80;
    for (let read = 1; read < 10; read++) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) throw new MalformedMessageError('Number too large.');
        return value;
      }
      factor *= 0x80;
    }
    throw new MalformedMessageError('Varint longer than 10 bytes.');
  }

  /** A varint as an unsigned 64-bit integer. */
  bigint(): bigint {
    let low = 0;
    let factor = 1;
    for (let read = 0; read < EXACT_BYTES; read++) {
      const byte = this.#byte();
      low += (byte & 0x7f) * factor;
      if (byte < 0x80) return BigInt(low);
      factor *= 0x80;
    }
    let value = BigInt(low);
    for (let shift = 7n * BigInt(EXACT_BYTES); shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new MalformedMessageError('Varint longer than 10 bytes.');
  }

  /** The content of a length-delimited field. */
  bytes(): Buffer {
    const start = this.#contentStart();
    return this.buffer.subarray(start, this.#at);
  }

  /** What is not UTF-8 becomes U+FFFD, as .NET reads it. */
  text(): string {
    const start = this.#contentStart();
    return this.buffer.toString('utf8', start, this.#at);
  }

  /** The same, for a text that is likely to have come before. */
  knownText(known: KnownTexts): string {
    const start = this.#contentStart();
    return known.at(this.buffer, start, this.#at);
  }

  /**
   * Goes into the nested message that comes next: its fields are read until `tag` gives 0, then `leave` takes
   * what this returned. It spares a reader for each message of a request.
   */
  enter(): number {
    const length = this.number();
    if (length > this.#end - this.#at) throw new MalformedMessageError('The message ends within a field.');
    const outer = this.#end;
    this.#end = this.#at + length;
    return outer;
  }

  leave(outer: number): void {
    this.#end = outer;
  }

  /** A reader of the nested message that comes next. */
  message(): ProtoReader {
    const start = this.#contentStart();
    return new ProtoReader(this.buffer, start, this.#at);
  }

  /** The UUID in the text field that comes next, in lower case; undefined when it is none. */
  uuidText(): string | undefined {
    const start = this.#contentStart();
    return uuidTextAt(this.buffer, start, this.#at);
  }

  /** Passes over a field that this reader does not know, as protobuf demands. */
  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        this.bigint();
        return;
      case FIXED64:
        this.#advance(8);
        return;
      case LENGTH_DELIMITED:
        this.#contentStart();
        return;
      case FIXED32:
        this.#advance(4);
        return;
      case START_GROUP:
        this.#skipGroup(tag);
        return;
      default:
        throw new MalformedMessageError(`Wire type ${tag & 7} is not supported.`);
    }
  }

  /** Groups are of the past, but an unknown field may still be one; they nest. */
  #skipGroup(start: number): void {
    const open = [start >>> 3];
    while (open.length > 0) {
      const tag = this.tag();
      const field = tag >>> 3;
      if (tag === 0) throw new MalformedMessageError('The message ends within a group.');
      if ((tag & 7) === START_GROUP) {
        if (open.push(field) > MAX_NESTED_GROUPS) throw new MalformedMessageError('Groups nest too deep.');
      } else if ((tag & 7) !== END_GROUP) this.skip(tag);
      else if (open.pop() !== field) throw new MalformedMessageError('A group ends that did not start.');
    }
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new MalformedMessageError('The message ends within a field.');
    return this.buffer[this.#at++] as number;
  }

  #contentStart(): number {
    const length = this.number();
    const start = this.#at;
    this.#advance(length);
    return start;
  }

  #advance(bytes: number): void {
    if (bytes > this.#end - this.#at) throw new MalformedMessageError('The message ends within a field.');
    this.#at += bytes;
  }
}

const UUID_TEXT_BYTES = 36;
const DASH = 0x2d;
/** What a byte is as a digit of a UUID's text: 1 fits, 2 fits once it is in lower case, 0 does not. */
const HEX_DIGIT = new Uint8Array(256);
HEX_DIGIT.fill(1, 0x30, 0x3a).fill(1, 0x61, 0x67).fill(2, 0x41, 0x47);

function uuidTextAt(buffer: Buffer, start: number, end: number): string | undefined {
  if (end - start !== UUID_TEXT_BYTES) return undefined;
  let kinds = 0;
  for (let index = 0; index < UUID_TEXT_BYTES; index++) {
    const byte = buffer[start + index] as number;
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      if (byte !== DASH) return undefined;
      continue;
    }
    const kind = HEX_DIGIT[byte] as number;
    if (kind === 0) return undefined;
    kinds |= kind;
  }
  const text = buffer.toString('latin1', start, end);
  return kinds === 1 ? text : text.toLowerCase();
}
