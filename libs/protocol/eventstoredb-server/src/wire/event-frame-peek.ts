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

  /** Looks at another frame, which starts at `at`; the same object serves them all. */
  look(bytes: Buffer, at = 0): this {
    this.lookAtStream(bytes, at);
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

  /** The same up to the stream's name; the rest is that of an earlier frame. */
  lookAtStream(bytes: Buffer, at = 0): this {
    this.#frame = bytes;
    this.#at = at + PREFIX_BYTES;
    this.#tagAndVarint(); // ReadResp.event
    this.#tagAndVarint(); // ReadEvent.event
    this.#idStart = this.#at + ID_HEAD_BYTES;
    this.#at = this.#idStart + ID_TEXT_BYTES;
    this.#tagAndVarint(); // RecordedEvent.stream_identifier
    const streamBytes = this.#tagAndVarint();
    this.streamStart = this.#at;
    this.streamEnd = this.#at += streamBytes;
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

  /** Passes a one-byte tag and reads the varint behind it. */
  #tagAndVarint(): number {
    this.#at++;
    const first = this.#frame[this.#at++] as number;
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let factor = 0x80; ; factor *= 0x80) {
      const byte = this.#frame[this.#at++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }
}
