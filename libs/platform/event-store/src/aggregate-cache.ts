import { LRUCache } from 'lru-cache';
import type { DomainEvent } from '#libs/platform/kernel';
import type { LiveAggregate } from './live-aggregate.js';

export interface Cached<State, Event extends DomainEvent> {
  readonly live: LiveAggregate<State, Event>;
  /** The stream is known to be further on: read the rest before deciding. */
  readonly behind: boolean;
}

interface Entry {
  readonly owner: object;
  readonly cached: Cached<unknown, never>;
}

/** The states used last, up to a number of bytes. A hint only: every append checks the revision. */
export class AggregateCache {
  private readonly entries: LRUCache<string, Entry>;

  constructor(sizeBytes: number) {
    this.entries = new LRUCache({ maxSize: sizeBytes });
  }

  /** @param owner the aggregate whose state it is: another one with the same category does not get it. */
  get<State, Event extends DomainEvent>(owner: object, stream: string): Cached<State, Event> | undefined {
    const entry = this.entries.get(stream);
    return entry?.owner === owner ? (entry.cached as unknown as Cached<State, Event>) : undefined;
  }

  set<State, Event extends DomainEvent>(owner: object, stream: string, cached: Cached<State, Event>): void {
    const entry = { owner, cached: cached as unknown as Cached<unknown, never> };
    this.entries.set(stream, entry, { size: cached.live.sizeBytes });
  }

  delete(stream: string): void {
    this.entries.delete(stream);
  }

  get sizeBytes(): number {
    return this.entries.calculatedSize;
  }
}
