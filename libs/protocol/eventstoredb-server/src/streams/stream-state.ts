import { NO_LIMITS, SOFT_DELETED, type StreamLimits } from './stream-metadata.js';

/** One stream, as the index keeps it: a few bytes an event. */
export class StreamState {
  /** Position of each event by revision; the last ones may not be durable yet. */
  readonly positions: number[] = [];
  /** Position of the event that ended the stream for good. */
  tombstone: number | undefined;
  /** As writers see it: with what is decided but not durable yet. */
  limits: StreamLimits = NO_LIMITS;
  /** As readers see it. */
  durableLimits: StreamLimits = NO_LIMITS;

  constructor(readonly name: string) {}

  get lastRevision(): number {
    return this.positions.length - 1;
  }

  get isSoftDeleted(): boolean {
    return this.limits.truncateBefore === SOFT_DELETED;
  }
}
