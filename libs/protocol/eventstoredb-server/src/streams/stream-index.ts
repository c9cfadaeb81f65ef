import { EventFramePeek, readEventFrame } from '../wire/index.js';
import { EventIdCache } from './event-id-cache.js';
import { isHiddenFromAll } from './hidden-streams.js';
import {
  METADATA_TYPE,
  NO_LIMITS,
  parseStreamLimits,
  type StreamLimits,
  streamOfMetadata,
} from './stream-metadata.js';
import { StreamState } from './stream-state.js';

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

/** Streams by name, in memory, made from the log alone. */
export class StreamIndex {
  readonly #streams = new Map<string, StreamState>();
  readonly #ids: EventIdCache;
  readonly #peek = new EventFramePeek();
  /** Positions, ascending, of events that readers of `$all` do not see. */
  readonly #hidden: number[] = [];

  constructor(rememberedIds: number) {
    this.#ids = new EventIdCache(rememberedIds);
  }

  get size(): number {
    return this.#streams.size;
  }

  find(stream: string): StreamState | undefined {
    return this.#streams.get(stream);
  }

  revisionOfId(stream: string, eventId: string): number | undefined {
    const state = this.find(stream);
    return state === undefined ? undefined : this.#ids.revisionOf(state.number, eventId);
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
    const { id, stream, revision } = peek;
    const isTombstone = revision >= Number(TOMBSTONE_REVISION) && peek.type === TOMBSTONE_TYPE;
    this.add({ id, stream, revision, position, isTombstone, metadata: metadataOf(stream, frame) }).commit();
  }

  /** Takes in the next event for writers; readers go by the log's end position. */
  add({ id, stream: name, revision, position, isTombstone, metadata }: IndexedEvent): IndexChange {
    const stream = this.#getOrAdd(name);
    if (isTombstone) return this.#bury(stream, position);
    const expected = stream.lastRevision + 1;
    if (revision !== expected)
      throw new Error(`Event ${revision} of stream ${name} comes where ${expected} is expected.`);
    stream.push(position);
    const isHidden = isHiddenFromAll(name);
    if (isHidden) this.#hidden.push(position);
    const isNew = this.#ids.remember(stream.number, id, revision);
    const limited = metadata === undefined ? undefined : this.#limit(name, parseStreamLimits(metadata));
    return {
      commit: () => limited?.commit(),
      undo: () => {
        stream.pop();
        if (isHidden) this.#hidden.pop();
        if (isNew) this.#ids.forget(stream.number, id);
        limited?.undo();
      },
    };
  }

  #getOrAdd(name: string): StreamState {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new StreamState(name, this.#streams.size);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** `name` is a `$$` stream. Metadata of metadata has no effect (EventStoreDB: IndexReader, MetastreamMetadata). */
  #limit(name: string, limits: StreamLimits): IndexChange {
    const ruled = streamOfMetadata(name) as string;
    if (streamOfMetadata(ruled) !== undefined) return UNLIMITED;
    const stream = this.#getOrAdd(ruled);
    const before = stream.limits;
    stream.limits = limits;
    return {
      commit: () => {
        stream.durableLimits = limits;
      },
      undo: () => {
        stream.limits = before;
      },
    };
  }

  /** A `$$` stream that has ended rules over nothing any more. */
  #bury(stream: StreamState, position: number): IndexChange {
    stream.tombstone = position;
    const isHidden = isHiddenFromAll(stream.name);
    if (isHidden) this.#hidden.push(position);
    const rules = streamOfMetadata(stream.name) !== undefined;
    const limited = rules ? this.#limit(stream.name, NO_LIMITS) : undefined;
    return {
      commit: () => limited?.commit(),
      undo: () => {
        stream.tombstone = undefined;
        if (isHidden) this.#hidden.pop();
        limited?.undo();
      },
    };
  }
}

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
