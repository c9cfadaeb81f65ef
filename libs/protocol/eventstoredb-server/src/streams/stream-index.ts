import type { LogIndex } from '../storage/index.js';
import { EventFramePeek, readEventFrame } from '../wire/index.js';
import { EventIdCache } from './event-id-cache.js';
import { isHiddenFromAll } from './hidden-streams.js';
import { PositionLists } from './position-lists.js';
import { ENDED } from './saved-streams.js';
import { StreamIndexPieces } from './stream-index-pieces.js';
import {
  METADATA_TYPE,
  NO_LIMITS,
  parseStreamLimits,
  type StreamLimits,
  streamOfMetadata,
} from './stream-metadata.js';
import { StreamNames } from './stream-names.js';
import { StreamState, type StreamTables, setLimits } from './stream-state.js';

export const TOMBSTONE_REVISION = 2n ** 63n - 1n;
export const TOMBSTONE_TYPE = '$streamDeleted';

/** What the index has to know of an event. */
export interface IndexedEvent {
  readonly id: string;
  readonly stream: string;
  /** Ignored for a tombstone. */
  readonly revision: number;
  readonly position: number;
  readonly isTombstone: boolean;
  /** The data of an event that may rule over another stream, as text; undefined for other events. */
  readonly metadata: string | undefined;
}

/** What to do once an indexed event is durable, and how to take it back when it never will be. */
export interface IndexChange {
  commit(): void;
  undo(): void;
}

/**
 * Streams by name, in memory, made from the log alone: 4 bytes an event and the slack of its stream's block, some 40 bytes and
 * its name a stream. Kept beside the log in pieces.
 */
export class StreamIndex implements LogIndex {
  readonly #tables: StreamTables = {
    names: new StreamNames(),
    positions: new PositionLists(),
    tombstones: new Map(),
    limits: new Map(),
    durableLimits: new Map(),
  };
  readonly #ids: EventIdCache;
  readonly #peek = new EventFramePeek();
  /** Positions, ascending, of events that readers of `$all` do not see. */
  readonly #hidden: number[] = [];
  readonly kept = new StreamIndexPieces(this.#tables, this.#hidden, (frame) => this.#recall(frame));

  constructor(rememberedIds: number) {
    this.#ids = new EventIdCache(rememberedIds);
  }

  get size(): number {
    return this.#tables.names.length;
  }

  find(stream: string): StreamState | undefined {
    const number = this.#tables.names.numberOf(stream);
    return number === -1 ? undefined : new StreamState(this.#tables, number);
  }

  revisionOfId(stream: string, eventId: string): number | undefined {
    const number = this.#tables.names.numberOf(stream);
    return number === -1 ? undefined : this.#ids.revisionOf(number, eventId);
  }

  /** Whether readers of `$all` must not see one of the events from one position to before another. */
  hidesAny(from: number, to: number): boolean {
    const hidden = this.#hidden;
    if (hidden.length === 0 || (hidden.at(-1) as number) < from) return false;
    let low = 0;
    for (let high = hidden.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if ((hidden[middle] as number) < from) low = middle + 1;
      else high = middle;
    }
    return (hidden[low] as number) < to;
  }

  /** Takes in an event from the log, which is durable. */
  load(frame: Buffer, position: number): void {
    const peek = this.#peek.look(frame);
    if (peek.position !== position)
      throw new Error(`The event at position ${position} says it is at ${peek.position}.`);
    const { id, revision, streamStart, streamEnd } = peek;
    if (frame[streamStart] !== DOLLAR && revision < Number(TOMBSTONE_REVISION)) {
      const { names } = this.#tables;
      const found = names.numberOfBytes(frame, streamStart, streamEnd);
      const stream = found === -1 ? this.#begin(names.addBytes(frame, streamStart, streamEnd)) : found;
      this.#push(stream, revision, position);
      this.#ids.remember(stream, id, revision);
      return;
    }
    const { stream } = peek;
    const isTombstone = revision >= Number(TOMBSTONE_REVISION) && peek.type === TOMBSTONE_TYPE;
    this.add({ id, stream, revision, position, isTombstone, metadata: metadataOf(stream, frame) }).commit();
  }

  /** Takes in the next event for writers; readers go by the log's end position. */
  add({ id, stream: name, revision, position, isTombstone, metadata }: IndexedEvent): IndexChange {
    const stream = this.#getOrAdd(name);
    if (isTombstone) return this.#bury(stream, name, position);
    this.#push(stream, revision, position);
    const hidden = this.#hide(name, position);
    const isNew = this.#ids.remember(stream, id, revision);
    const limited =
      metadata === undefined ? undefined : this.#limit(name, parseStreamLimits(metadata), position);
    return {
      commit: () => limited?.commit(),
      undo: () => {
        limited?.undo();
        if (isNew) this.#ids.forget(stream, id);
        hidden?.undo();
        this.#tables.positions.pop(stream);
        this.kept.taken();
      },
    };
  }

  #push(stream: number, revision: number, position: number): void {
    const expected = this.#tables.positions.count(stream);
    if (revision !== expected) {
      const name = this.#tables.names.name(stream);
      throw new Error(`Event ${revision} of stream ${name} comes where ${expected} is expected.`);
    }
    this.#tables.positions.push(stream, position);
    this.kept.added(stream);
  }

  #getOrAdd(name: string): number {
    const { names } = this.#tables;
    const number = names.numberOf(name);
    return number === -1 ? this.#begin(names.add(name)) : number;
  }

  #begin(stream: number): number {
    this.#tables.positions.add();
    return stream;
  }

  #recall(frame: Buffer): void {
    const { id, revision, streamStart, streamEnd } = this.#peek.look(frame);
    if (revision >= Number(TOMBSTONE_REVISION)) return;
    this.#ids.remember(this.#tables.names.numberOfBytes(frame, streamStart, streamEnd), id, revision);
  }

  #hide(name: string, position: number): Pick<IndexChange, 'undo'> | undefined {
    if (!isHiddenFromAll(name)) return undefined;
    this.#hidden.push(position);
    const rule = this.kept.ruled({ kind: 'hidden', position });
    return {
      undo: () => {
        this.#hidden.pop();
        rule.undo();
      },
    };
  }

  /** `name` is a `$$` stream. Metadata of metadata has no effect (EventStoreDB: IndexReader, MetastreamMetadata). */
  #limit(name: string, limits: StreamLimits, position: number): IndexChange {
    const ruled = streamOfMetadata(name) as string;
    if (streamOfMetadata(ruled) !== undefined) return UNLIMITED;
    const stream = this.#getOrAdd(ruled);
    const { limits: current, durableLimits } = this.#tables;
    const before = current.get(stream);
    setLimits(current, stream, limits);
    const rule = this.kept.ruled({ kind: 'limits', position, stream, limits });
    return {
      commit: () => setLimits(durableLimits, stream, limits),
      undo: () => {
        rule.undo();
        setLimits(current, stream, before);
      },
    };
  }

  /** A `$$` stream that has ended rules over nothing any more. */
  #bury(stream: number, name: string, position: number): IndexChange {
    this.#tables.tombstones.set(stream, position);
    this.kept.added(ENDED);
    const rule = this.kept.ruled({ kind: 'tombstone', position, stream });
    const hidden = this.#hide(name, position);
    const rules = streamOfMetadata(name) !== undefined;
    const limited = rules ? this.#limit(name, NO_LIMITS, position) : undefined;
    return {
      commit: () => limited?.commit(),
      undo: () => {
        limited?.undo();
        hidden?.undo();
        rule.undo();
        this.#tables.tombstones.delete(stream);
        this.kept.taken();
      },
    };
  }
}

const DOLLAR = 0x24;

const UNLIMITED: IndexChange = { commit: () => undefined, undo: () => undefined };

const NO_METADATA = '';

/** Text of what is not `$metadata` in JSON is empty: it takes earlier metadata away. */
export function metadataText(
  stream: string,
  type: string,
  isJson: boolean,
  data: Uint8Array,
): string | undefined {
  if (streamOfMetadata(stream) === undefined) return undefined;
  return type === METADATA_TYPE && isJson ? Buffer.from(data).toString() : NO_METADATA;
}

function metadataOf(stream: string, frame: Buffer): string | undefined {
  if (streamOfMetadata(stream) === undefined) return undefined;
  const { type, contentType, data } = readEventFrame(frame);
  return metadataText(stream, type, contentType === 'application/json', data);
}
