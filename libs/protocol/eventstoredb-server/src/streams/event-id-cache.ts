/**
 * Which revision an event id was first stored under, for as many events as fit. EventStoreDB keeps about
 * 8 MiB of ids and forgets them at a restart; here the newest of the log are remembered again.
 */
export class EventIdCache {
  readonly #revisions = new Map<string, number>();

  constructor(private readonly capacity: number) {}

  revisionOf(stream: string, eventId: string): number | undefined {
    return this.#revisions.get(keyOf(stream, eventId));
  }

  /** The first revision of an id wins. @returns whether it was this one. */
  remember(stream: string, eventId: string, revision: number): boolean {
    const key = keyOf(stream, eventId);
    if (this.#revisions.has(key)) return false;
    if (this.#revisions.size >= this.capacity) {
      const oldest = this.#revisions.keys().next();
      if (!oldest.done) this.#revisions.delete(oldest.value);
    }
    this.#revisions.set(key, revision);
    return true;
  }

  forget(stream: string, eventId: string): void {
    this.#revisions.delete(keyOf(stream, eventId));
  }
}

/** Ids have a fixed length, so the parts cannot run into each other. */
function keyOf(stream: string, eventId: string): string {
  return eventId + stream;
}
