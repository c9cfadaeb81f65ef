import { type EventFields, readEventFrame } from '../wire/index.js';
import { EventIdCache } from './event-id-cache.js';
import { isHiddenFromAll } from './hidden-streams.js';
import { METADATA_TYPE, parseStreamLimits, streamOfMetadata } from './stream-metadata.js';
import { StreamState } from './stream-state.js';

export const TOMBSTONE_REVISION = 2n ** 63n - 1n;
export const TOMBSTONE_TYPE = '$streamDeleted';

/** What to do once an indexed event is durable, and how to take it back when it never will be. */
export interface IndexChange {
  commit(): void;
  undo(): void;
}

/** Streams by name, in memory, made from the log alone. */
export class StreamIndex {
  readonly #streams = new Map<string, StreamState>();
  readonly #ids: EventIdCache;
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
    return this.#ids.revisionOf(stream, eventId);
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
    const event = readEventFrame(frame);
    if (event.position !== BigInt(position))
      throw new Error(`The event at position ${position} says it is at ${event.position}.`);
    this.add(event).commit();
  }

  /** Takes in the next event for writers; readers go by the log's end position. */
  add(event: EventFields): IndexChange {
    const name = event.stream.toString();
    const stream = this.#getOrAdd(name);
    const position = Number(event.position);
    if (event.revision === TOMBSTONE_REVISION && event.type === TOMBSTONE_TYPE) return bury(stream, position);
    const revision = stream.positions.push(position) - 1;
    if (event.revision !== BigInt(revision))
      throw new Error(`Event ${event.revision} of stream ${name} comes where ${revision} is expected.`);
    const isHidden = isHiddenFromAll(name);
    if (isHidden) this.#hidden.push(position);
    const isNew = this.#ids.remember(name, event.id, revision);
    const limited = this.#applyMetadata(name, event);
    return {
      commit: () => limited?.commit(),
      undo: () => {
        stream.positions.pop();
        if (isHidden) this.#hidden.pop();
        if (isNew) this.#ids.forget(name, event.id);
        limited?.undo();
      },
    };
  }

  #getOrAdd(name: string): StreamState {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new StreamState(name);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  #applyMetadata(name: string, event: EventFields): IndexChange | undefined {
    const ruled = streamOfMetadata(name);
    if (ruled === undefined) return undefined;
    const stream = this.#getOrAdd(ruled);
    const before = stream.limits;
    const isJson = event.type === METADATA_TYPE && event.contentType === 'application/json';
    const limits = isJson ? parseStreamLimits(Buffer.from(event.data).toString()) : {};
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
}

function bury(stream: StreamState, position: number): IndexChange {
  stream.tombstone = position;
  return {
    commit: () => undefined,
    undo: () => {
      stream.tombstone = undefined;
    },
  };
}
