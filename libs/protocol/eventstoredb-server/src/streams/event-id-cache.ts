/**
 * Which revision an event id was first stored under, for as many events as fit. EventStoreDB keeps about
 * 8 MiB of ids and forgets them at a restart; here the newest of the log are remembered again.
 */
export class EventIdCache {
  /** Two generations: when the young one is full, the old one is forgotten as a whole. */
  #young = new Map<string, number>();
  #old = new Map<string, number>();

  /** Between `capacity` / 2 and `capacity` of the newest ids are remembered. */
  constructor(private readonly capacity: number) {}

  revisionOf(stream: string, eventId: string): number | undefined {
    const key = keyOf(stream, eventId);
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** The first revision of an id wins. @returns whether it was this one. */
  remember(stream: string, eventId: string, revision: number): boolean {
    const key = keyOf(stream, eventId);
    if (this.#young.has(key) || this.#old.has(key)) return false;
    if (this.#young.size >= this.capacity / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, revision);
    return true;
  }

  forget(stream: string, eventId: string): void {
    const key = keyOf(stream, eventId);
    if (!this.#young.delete(key)) this.#old.delete(key);
  }
}

/** Ids have a fixed length, so the parts cannot run into each other. */
function keyOf(stream: string, eventId: string): string {
  return eventId + stream;
}
