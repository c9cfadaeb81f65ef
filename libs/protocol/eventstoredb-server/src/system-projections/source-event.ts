import { TOMBSTONE_REVISION, TOMBSTONE_TYPE } from '../streams/stream-index.js';
import {
  METADATA_TYPE,
  parseStreamLimits,
  SOFT_DELETED,
  streamOfMetadata,
} from '../streams/stream-metadata.js';
import { type EventFields, EventFramePeek, readEventFrame } from '../wire/index.js';

const DOLLAR = 0x24;
const LINK = Buffer.from('$>');
const STREAM_REFERENCE = Buffer.from('$@');
const TOMBSTONE = Buffer.from(TOMBSTONE_TYPE);
const METADATA = Buffer.from(METADATA_TYPE);

/** One event of `$all` as system projections look at it: decoded only as far as they ask. One object serves all. */
export class SourceEvent {
  readonly #peek = new EventFramePeek();
  #frame: Buffer = Buffer.alloc(0);
  #fields: EventFields | undefined;

  look(frame: Buffer): this {
    this.#frame = frame;
    this.#fields = undefined;
    this.#peek.look(frame);
    return this;
  }

  /** Of a user's stream, or the metadata of one; projections see no others (TransactionFileEventFilter). */
  get isOfUser(): boolean {
    const { streamStart: start } = this.#peek;
    if (this.#frame[start] !== DOLLAR) return true;
    return this.#frame[start + 1] === DOLLAR && this.#frame[start + 2] !== DOLLAR;
  }

  get isOfMetadata(): boolean {
    return this.#frame[this.#peek.streamStart] === DOLLAR;
  }

  get position(): number {
    return this.#peek.position;
  }

  get id(): string {
    return this.#peek.id;
  }

  get stream(): string {
    return this.#peek.stream;
  }

  get type(): string {
    return this.#peek.type;
  }

  get isFirst(): boolean {
    return this.#peek.revision === 0;
  }

  /** Of the types that projections write. */
  get isEmitted(): boolean {
    return this.isLink || this.#peek.isType(STREAM_REFERENCE);
  }

  get isLink(): boolean {
    return this.#peek.isType(LINK);
  }

  /** As links name it: all digits, also those of a tombstone. */
  get revisionText(): string {
    return String(this.#isTombstone ? TOMBSTONE_REVISION : this.#peek.revision);
  }

  /** The stream that this event deletes, in either way. */
  get deletedStream(): string | undefined {
    if (!this.isOfMetadata) return this.#isTombstone ? this.stream : undefined;
    if (!this.#peek.isType(METADATA)) return undefined;
    const { truncateBefore } = parseStreamLimits(this.dataText);
    return truncateBefore === SOFT_DELETED ? streamOfMetadata(this.stream) : undefined;
  }

  get dataText(): string {
    return textOf(this.#decoded.data);
  }

  /** Ticks of 100 ns since the Unix epoch. */
  get created(): bigint {
    return BigInt(this.#decoded.created);
  }

  /** Undefined where the event's own metadata is no JSON object. */
  get metadata(): Record<string, unknown> | undefined {
    try {
      const value: unknown = JSON.parse(textOf(this.#decoded.customMetadata));
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : undefined;
    } catch {
      return undefined; // it is the user's own text
    }
  }

  /** Looks for the bytes before it parses anything: most events have none. */
  get correlationId(): string | undefined {
    if (!this.#frame.includes('$correlationId', this.#peek.typeEnd, 'latin1')) return undefined;
    const id = this.metadata?.['$correlationId'];
    return typeof id === 'string' || typeof id === 'number' || typeof id === 'boolean'
      ? String(id)
      : undefined;
  }

  get #isTombstone(): boolean {
    return this.#peek.revision >= Number(TOMBSTONE_REVISION) && this.#peek.isType(TOMBSTONE);
  }

  get #decoded(): EventFields {
    this.#fields ??= readEventFrame(this.#frame);
    return this.#fields;
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
