export type Advance = (id: string, position: bigint) => void;

/** Tells the query side of the same process how far projections are, the moment it is durable. */
export class CheckpointFeed {
  private readonly listeners = new Set<Advance>();

  /** @returns ends the subscription. */
  subscribe(listener: Advance): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  publish(id: string, position: bigint): void {
    for (const listener of this.listeners) listener(id, position);
  }
}
