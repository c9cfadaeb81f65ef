import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT } from './proto-writer.js';

/** The bytes are no protobuf message. */
export class MalformedMessageError extends Error {
  override readonly name = 'MalformedMessageError';
}

/** Walks over the fields of one message; byte fields are views of it. Every read checks its bounds. */
export class ProtoReader {
  #at: number;

  constructor(
    private readonly buffer: Buffer,
    start = 0,
    private readonly end = buffer.length,
  ) {
    this.#at = start;
  }

  /** The next field's tag (number and wire type in one), or 0 at the end. */
  tag(): number {
    if (this.#at >= this.end) return 0;
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
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
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

  text(): string {
    const start = this.#contentStart();
    return this.buffer.toString('utf8', start, this.#at);
  }

  /** A reader of the nested message that comes next. */
  message(): ProtoReader {
    const start = this.#contentStart();
    return new ProtoReader(this.buffer, start, this.#at);
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
      default:
        throw new MalformedMessageError(`Wire type ${tag & 7} is not supported.`);
    }
  }

  #byte(): number {
    if (this.#at >= this.end) throw new MalformedMessageError('The message ends within a field.');
    return this.buffer[this.#at++] as number;
  }

  #contentStart(): number {
    const length = this.number();
    const start = this.#at;
    this.#advance(length);
    return start;
  }

  #advance(bytes: number): void {
    if (bytes > this.end - this.#at) throw new MalformedMessageError('The message ends within a field.');
    this.#at += bytes;
  }
}
