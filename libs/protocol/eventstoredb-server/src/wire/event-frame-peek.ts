import { PREFIX_BYTES } from '../grpc/deframer.js';

const ID_TEXT_BYTES = 36;
/** Tags and lengths of the id and of the text in it. */
const ID_HEAD_BYTES = 2 + 2;
/** `metadata` entry up to the value of `type`: key tag, key length, the key, value tag. */
const TYPE_KEY_BYTES = 1 + 1 + 'type'.length + 1;

/**
 * What a decision needs of an event frame, without decoding the rest. Relies on the order in which
 * `encodeEventFrame` writes, so it is for frames of this node only.
 */
export class EventFramePeek {
  #frame: Buffer = Buffer.alloc(0);
  #at = 0;
  #idStart = 0;
  streamStart = 0;
  streamEnd = 0;
  /** Exact up to 2^53; beyond it, as near as a number comes. */
  revision = 0;
  position = 0;
  typeStart = 0;
  typeEnd = 0;

  /** Looks at another frame; the same object serves them all. */
  look(frame: Buffer): this {
    this.#frame = frame;
    this.#at = PREFIX_BYTES;
    this.#tagAndVarint(); // ReadResp.event
    this.#tagAndVarint(); // ReadEvent.event
    this.#idStart = this.#at + ID_HEAD_BYTES;
    this.#at = this.#idStart + ID_TEXT_BYTES;
    this.#tagAndVarint(); // RecordedEvent.stream_identifier
    const streamBytes = this.#tagAndVarint();
    this.streamStart = this.#at;
    this.streamEnd = this.#at += streamBytes;
    this.revision = this.#tagAndVarint();
    this.#tagAndVarint(); // prepare_position
    this.position = this.#tagAndVarint();
    this.#tagAndVarint(); // the first entry of metadata
    this.#at += TYPE_KEY_BYTES - 1;
    const typeBytes = this.#tagAndVarint();
    this.typeStart = this.#at;
    this.typeEnd = this.#at + typeBytes;
    return this;
  }

  get id(): string {
    return this.#frame.toString('latin1', this.#idStart, this.#idStart + ID_TEXT_BYTES);
  }

  get stream(): string {
    return this.#frame.toString('utf8', this.streamStart, this.streamEnd);
  }

  get type(): string {
    return this.#frame.toString('utf8', this.typeStart, this.typeEnd);
  }

  isType(type: Buffer): boolean {
    return this.#frame.compare(type, 0, type.length, this.typeStart, this.typeEnd) === 0;
  }

  streamStartsWith(prefix: Buffer): boolean {
    return this.#startsWith(prefix, this.streamStart, this.streamEnd);
  }

  typeStartsWith(prefix: Buffer): boolean {
    return this.#startsWith(prefix, this.typeStart, this.typeEnd);
  }

  #startsWith(prefix: Buffer, start: number, end: number): boolean {
    if (end - start < prefix.length) return false;
    for (let index = 0; index < prefix.length; index++)
      if (this.#frame[start + index] !== prefix[index]) return false;
    return true;
  }

  /** Passes a one-byte tag and reads the varint behind it. */
  #tagAndVarint(): number {
    this.#at++;
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.#frame[this.#at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }
}
