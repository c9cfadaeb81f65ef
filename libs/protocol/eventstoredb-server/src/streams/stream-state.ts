import type { PositionLists } from './position-lists.js';
import { NO_LIMITS, SOFT_DELETED, type StreamLimits } from './stream-metadata.js';
import type { StreamNames } from './stream-names.js';

/** What all streams of an index are kept in, by their numbers; few have a tombstone or limits. */
export interface StreamTables {
  readonly names: StreamNames;
  readonly positions: PositionLists;
  readonly tombstones: Map<number, number>;
  readonly limits: Map<number, StreamLimits>;
  readonly durableLimits: Map<number, StreamLimits>;
}

/** One stream as the index has it at each moment: a view, cheap to make. */
export class StreamState {
  constructor(
    private readonly tables: StreamTables,
    /** Of each stream another, for keys that shall be small. */
    readonly number: number,
  ) {}

  get name(): string {
    return this.tables.names.name(this.number);
  }

  get lastRevision(): number {
    return this.tables.positions.count(this.number) - 1;
  }

  /** Position of the event with a revision up to the last; the newest ones may not be durable yet. */
  positionAt(revision: number): number {
    return this.tables.positions.at(this.number, revision);
  }

  /** Position of the event that ended the stream for good. */
  get tombstone(): number | undefined {
    return this.tables.tombstones.get(this.number);
  }

  /** As writers see it: with what is decided but not durable yet. */
  get limits(): StreamLimits {
    return this.tables.limits.get(this.number) ?? NO_LIMITS;
  }

  /** As readers see it. */
  get durableLimits(): StreamLimits {
    return this.tables.durableLimits.get(this.number) ?? NO_LIMITS;
  }

  get isSoftDeleted(): boolean {
    return this.limits.truncateBefore === SOFT_DELETED;
  }
}

export function setLimits(
  all: Map<number, StreamLimits>,
  stream: number,
  limits: StreamLimits | undefined,
): void {
  if (limits === undefined || limits === NO_LIMITS) all.delete(stream);
  else all.set(stream, limits);
}
