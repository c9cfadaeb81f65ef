import type { Wakeup } from '../streams/commit-signals.js';
import { isYoungEnough } from '../streams/event-age.js';
import type { StreamState } from '../streams/stream-state.js';
import { lastDurableRevision, visibleStream } from '../streams/visible-stream.js';
import type { BucketOf } from './buckets.js';
import type { EventSink, EventSource, ReadOn } from './event-source.js';
import { frameAt, type StoredLog } from './stored-log.js';

/** The events of one stream, which need not be there yet. */
export class StreamSource implements EventSource {
  constructor(
    private readonly stored: StoredLog,
    private readonly stream: string,
    private readonly followsLinks: boolean,
    private readonly bucketOf: BucketOf | undefined,
  ) {}

  get end(): number {
    const state = this.stored.index.find(this.stream);
    return state === undefined ? 0 : lastDurableRevision(state, this.stored.log.endPosition) + 1;
  }

  follow(wakeup: Wakeup): () => void {
    return this.stored.signals.followStream(this.stream, wakeup);
  }

  /** A deleted stream has nothing more, until it lives again; one that ended for good has nothing any more. */
  async read(from: number, maxEvents: number, isLive: boolean, into: EventSink): Promise<ReadOn> {
    const visible = visibleStream(this.stored.index, this.stored.log, this.stream);
    const state = this.stored.index.find(this.stream);
    if (visible.kind === 'tombstoned' || visible.kind === 'missing' || state === undefined)
      return { next: from, isAtEnd: true };
    if (isLive) return this.#readUpTo(this.end, state, from, maxEvents, undefined, into);
    if (visible.kind === 'soft-deleted')
      return { next: Math.max(from, visible.lastRevision + 1), isAtEnd: true };
    const start = Math.max(from, visible.firstRevision);
    return this.#readUpTo(visible.lastRevision + 1, state, start, maxEvents, visible.maxAgeSeconds, into);
  }

  async #readUpTo(
    end: number,
    state: StreamState,
    from: number,
    maxEvents: number,
    maxAgeSeconds: number | undefined,
    into: EventSink,
  ): Promise<ReadOn> {
    let revision = from;
    for (let left = maxEvents; left > 0 && revision < end; revision++) {
      const position = state.positionAt(revision);
      if (this.bucketOf === undefined && maxAgeSeconds === undefined) into.add(revision, position, 0);
      else {
        const frame = await frameAt(this.stored, position);
        if (!isYoungEnough(frame, maxAgeSeconds)) continue;
        into.add(revision, position, (await this.bucketOf?.(frame, this.followsLinks)) ?? 0);
      }
      left--;
    }
    return { next: revision, isAtEnd: revision >= end };
  }

  notationOf(number: number | bigint): string {
    return String(number);
  }

  numberOf(notation: string): number | undefined {
    return /^\d{1,19}$/.test(notation) ? Number(notation) : undefined;
  }
}
