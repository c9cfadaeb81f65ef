export type Advance = (id: string, position: bigint) => void;

/** Between the projector and the query side of the same process: how far projections are, and who waits for more. */
export class CheckpointFeed {
  private readonly advances = new Set<Advance>();
  private readonly hurries = new Set<() => void>();
  private waiting = 0;

  /** @param listener told of each position the moment it is durable. @returns ends the subscription. */
  subscribe(listener: Advance): () => void {
    this.advances.add(listener);
    return () => void this.advances.delete(listener);
  }

  publish(id: string, position: bigint): void {
    for (const listener of this.advances) listener(id, position);
  }

  /** A reader waits for a position that is not reached. @returns to be called once it waits no longer. */
  await(): () => void {
    this.waiting++;
    for (const hurry of this.hurries) hurry();
    return () => void this.waiting--;
  }

  /** Whether any reader waits. */
  get isAwaited(): boolean {
    return this.waiting > 0;
  }

  /** @param hurry called when a reader begins to wait. @returns ends the subscription. */
  onAwaited(hurry: () => void): () => void {
    this.hurries.add(hurry);
    return () => void this.hurries.delete(hurry);
  }
}
