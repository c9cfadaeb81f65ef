import { NO_LIMITS, SOFT_DELETED, type StreamLimits } from './stream-metadata.js';

/** One stream, as the index keeps it: a few bytes an event. */
export class StreamState {
  readonly #positions: number[] = [];
  /** Position of the event that ended the stream for good. */
  tombstone: number | undefined;
  /** As writers see it: with what is decided but not durable yet. */
  limits: StreamLimits = NO_LIMITS;
  /** As readers see it. */
  durableLimits: StreamLimits = NO_LIMITS;

  constructor(
    readonly name: string,
    /** Of each stream another, for keys that shall be small. */
    readonly number: number,
  ) {}

  get lastRevision(): number {
    return this.#positions.length - 1;
  }

  /** Position of the event with a revision up to the last; the newest ones may not be durable yet. */
  positionAt(revision: number): number {
    return this.#positions[revision] as number;
  }

  /** Takes in the next event, or takes the newest back. */
  push(position: number): void {
    this.#positions.push(position);
  }

  pop(): void {
    this.#positions.pop();
  }

  get isSoftDeleted(): boolean {
    return this.limits.truncateBefore === SOFT_DELETED;
  }
}
