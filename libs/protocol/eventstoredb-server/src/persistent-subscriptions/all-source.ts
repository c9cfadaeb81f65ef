import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Wakeup } from '../streams/commit-signals.js';
import type { BucketOf } from './buckets.js';
import type { EventSink, EventSource, ReadOn } from './event-source.js';
import { frameAt, type StoredLog } from './stored-log.js';

/** Which stored events a group is for; it sees a link as stored, never its target. */
export interface StoredEventFilter {
  matches(frame: Buffer): boolean;
}

/** A filter that lets little through must neither keep others waiting nor put off checkpoints. */
const SEARCH_WINDOW = 2_000;

/** The events of `$all` that a filter lets through. */
export class AllSource implements EventSource {
  constructor(
    private readonly stored: StoredLog,
    private readonly filter: StoredEventFilter | undefined,
    private readonly followsLinks: boolean,
    private readonly bucketOf: BucketOf | undefined,
  ) {}

  get end(): number {
    return this.stored.log.endPosition;
  }

  follow(wakeup: Wakeup): () => void {
    return this.stored.signals.followAll(wakeup);
  }

  /** Hidden events, the groups' own checkpoints among them, are not even passed over: they are no progress. */
  async read(from: number, maxEvents: number, _isLive: boolean, into: EventSink): Promise<ReadOn> {
    const windowEnd = Math.min(from + SEARCH_WINDOW, this.end);
    let position = from;
    for (let left = maxEvents; left > 0 && position < windowEnd; position++) {
      if (this.stored.index.hidesAny(position, position + 1)) continue;
      if (await this.#take(position, into)) left--;
    }
    if (position === from + SEARCH_WINDOW) await nextTurn();
    return { next: position, isAtEnd: position >= this.end };
  }

  async #take(position: number, into: EventSink): Promise<boolean> {
    if (this.filter === undefined && this.bucketOf === undefined) {
      into.add(position, position, 0);
      return true;
    }
    const found = frameAt(this.stored, position);
    const frame = found instanceof Promise ? await found : found;
    if (this.filter?.matches(frame) === false) {
      into.passOver(position);
      return false;
    }
    into.add(position, position, (await this.bucketOf?.(frame, this.followsLinks)) ?? 0);
    return true;
  }

  notationOf(number: number | bigint): string {
    return `C:${number}/P:${number}`;
  }

  numberOf(notation: string): number | undefined {
    const commit = /^C:(\d{1,19})\/P:\d{1,19}$/.exec(notation)?.[1];
    return commit === undefined ? undefined : Number(commit);
  }
}
