import type { LogFeed } from './log-feed.js';

/**
 * Looks at the log past a lane's subscription: finds the first event after the lane's position, if there is one. What
 * is not followed is skipped once, not again at each look.
 */
export class HeadWatch {
  private scannedTo = -1n;
  /** Time of append of an event that lies after the position it was asked for. */
  private found: { readonly position: bigint; readonly created: Date } | undefined;
  /** When the log last said that nothing was left. */
  currentAt: number | undefined;

  constructor(
    private readonly feed: LogFeed,
    private readonly now: () => number,
  ) {}

  /** @throws when the log does not answer. */
  async look(position: bigint): Promise<void> {
    if (this.found && this.found.position > position) return;
    const after = position > this.scannedTo ? position : this.scannedTo;
    const { event, scannedTo } = await this.feed.firstAfter(after);
    this.scannedTo = scannedTo;
    this.found = event && { position: event.position.commit, created: event.created };
    if (!event) this.currentAt = this.now();
  }

  /** The oldest event that a lane at `position` has not handled, as far as the last look saw. */
  oldestAfter(position: bigint): Date | undefined {
    return this.found && this.found.position > position ? this.found.created : undefined;
  }
}
