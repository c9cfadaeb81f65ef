import { setTimeout as pause } from 'node:timers/promises';
import { NOTHING_HANDLED, type StopReason } from '../checkpoint.js';
import type { CheckpointFeed } from '../checkpoint-feed.js';
import { readModelError } from '../read-model-errors.js';

export interface Standing {
  readonly position: bigint;
  /** Time of the last commit. */
  readonly updatedAt?: Date;
  readonly stopped?: StopReason;
}

/** Reads the checkpoints with these ids; an absent one has handled nothing. */
export type ReadStandings = (ids: readonly string[]) => Promise<ReadonlyMap<string, Standing>>;

interface Waiter {
  readonly ids: readonly string[];
  readonly position: bigint;
  readonly waitMs: number;
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** Tells the projector of this process, where there is one, that nobody waits here any more. */
  readonly leave: (() => void) | undefined;
}

const SHORTEST_MS = 2;
const LONGEST_MS = 25;
/** Where the projector of this process tells of each commit, asking the store is only for what it does not run. */
const TOLD_MS = 100;

/**
 * Those who wait for projections to reach a position. All that wait at the same time share one look at the
 * checkpoints; looks follow each other closely while positions move, and less so while they don't.
 */
export class CheckpointWaiters {
  private readonly waiters = new Set<Waiter>();
  /** Positions never move back: what was once reached stays reached. */
  private readonly reached = new Map<string, Standing>();
  private readonly told = new Set<string>();
  private readonly unsubscribe: (() => void) | undefined;
  private looking: Promise<void> | undefined;
  private hurry = new AbortController();
  private lookFailure: unknown;

  constructor(
    private readonly read: ReadStandings,
    private readonly feed?: CheckpointFeed,
  ) {
    this.unsubscribe = feed?.subscribe((id, position) => {
      this.told.add(id);
      this.reached.set(id, { ...this.reached.get(id), position });
      this.settle();
    });
  }

  /** @throws DomainError see `ReadModels.waitFor`. */
  async waitFor(ids: readonly string[], position: bigint, waitMs: number): Promise<void> {
    if (ids.every((id) => this.hasReached(id, position))) return;
    await new Promise<void>((resolve, reject) => {
      const deadline = performance.now() + waitMs;
      this.waiters.add({ ids, position, waitMs, deadline, resolve, reject, leave: this.feed?.await() });
      if (!ids.every((id) => this.told.has(id))) this.hurry.abort();
      this.looking ??= this.look();
    });
  }

  close(): void {
    this.unsubscribe?.();
    this.hurry.abort();
    for (const waiter of this.waiters)
      this.end(waiter, () =>
        waiter.reject(readModelError('READ_MODEL_STORE_UNAVAILABLE', 'This process is shutting down.')),
      );
  }

  private hasReached(id: string, position: bigint): boolean {
    return (this.reached.get(id)?.position ?? NOTHING_HANDLED) >= position;
  }

  private async look(): Promise<void> {
    let delayMs = SHORTEST_MS;
    // Whoever starts to wait in this turn of the event loop shares the look.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.waiters.size > 0) {
      this.hurry = new AbortController();
      const hasMoved = await this.refresh();
      this.settle();
      this.expire();
      if (this.waiters.size === 0) break;
      delayMs = hasMoved ? SHORTEST_MS : Math.min(LONGEST_MS, delayMs * 1.5);
      await pause(this.nextLookMs(delayMs), undefined, { signal: this.hurry.signal }).catch(() => undefined);
    }
    this.looking = undefined;
  }

  private nextLookMs(delayMs: number): number {
    let nearest = Number.POSITIVE_INFINITY;
    let isTold = true;
    for (const { ids, deadline } of this.waiters) {
      nearest = Math.min(nearest, deadline);
      isTold &&= ids.every((id) => this.told.has(id));
    }
    return Math.max(0, Math.min(isTold ? TOLD_MS : delayMs, nearest - performance.now()));
  }

  private async refresh(): Promise<boolean> {
    const ids = new Set<string>();
    for (const waiter of this.waiters)
      for (const id of waiter.ids) if (!this.hasReached(id, waiter.position)) ids.add(id);
    let hasMoved = false;
    try {
      for (const [id, standing] of await this.read([...ids])) {
        if (this.hasReached(id, standing.position + 1n)) continue;
        hasMoved ||= !this.hasReached(id, standing.position);
        this.reached.set(id, standing);
      }
      this.lookFailure = undefined;
    } catch (error) {
      this.lookFailure = error;
    }
    return hasMoved;
  }

  private settle(): void {
    for (const waiter of this.waiters) {
      const late = waiter.ids.filter((id) => !this.hasReached(id, waiter.position));
      if (late.length === 0) this.end(waiter, waiter.resolve);
      const stopped = late.find((id) => this.reached.get(id)?.stopped);
      if (stopped) this.end(waiter, () => waiter.reject(this.stopped(stopped)));
    }
  }

  private expire(): void {
    for (const waiter of this.waiters)
      if (performance.now() >= waiter.deadline) this.end(waiter, () => waiter.reject(this.tooLate(waiter)));
  }

  private end(waiter: Waiter, settle: () => void): void {
    if (!this.waiters.delete(waiter)) return;
    waiter.leave?.();
    settle();
  }

  private stopped(id: string) {
    const { message, at } = this.reached.get(id)!.stopped!;
    return readModelError('READ_MODEL_STOPPED', `${nameOf(id)} has stopped at ${at}: ${message}`);
  }

  private tooLate({ ids, position, waitMs }: Waiter) {
    if (this.lookFailure !== undefined)
      return readModelError(
        'READ_MODEL_STORE_UNAVAILABLE',
        'The checkpoints cannot be read.',
        this.lookFailure,
      );
    const late = ids.filter((id) => !this.hasReached(id, position)).map((id) => this.describe(id));
    return readModelError(
      'READ_MODEL_BEHIND',
      `Position ${position} was asked for; after ${waitMs} ms ${late.join(', ')}.`,
    );
  }

  private describe(id: string): string {
    const { position = NOTHING_HANDLED, updatedAt } = this.reached.get(id) ?? {};
    const place = position === NOTHING_HANDLED ? 'has handled nothing yet' : `is at ${position}`;
    const since = updatedAt
      ? `, last written ${((Date.now() - updatedAt.getTime()) / 1_000).toFixed(1)} s ago`
      : '';
    return `${nameOf(id)} ${place}${since}`;
  }
}

const nameOf = (id: string): string => id.slice(0, id.lastIndexOf('@'));
