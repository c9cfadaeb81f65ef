import { ChunkReader, type ReadAhead } from './chunk-reader.js';
import { type Decoded, decode } from './decoded.js';
import type { LogFeed, LoggedEvent } from './log-feed.js';
import type { Member } from './member.js';
import { Pace } from './pace.js';
import { DocumentFault, type ProjectionStore, type ProjectionWrites } from './projection-store.js';
import type { ProjectionRegistry } from './registry.js';
import { Wake } from './wake.js';

export interface LaneLimits {
  readonly ahead: ReadAhead;
  /** Changed documents held at most before they are committed. */
  readonly documents: number;
  /** Reading the past, cold documents are committed in pieces of this many, while hot ones gather. */
  readonly coldDocuments: number;
  readonly sizeBytes: number;
  /** Reading the past, commit after this time at the latest: bounds what a crash repeats. */
  readonly ageMs: number;
}

/** A commit that failed because of one projection's document, and what was in it. */
export class SpoiltBatchError extends Error {
  override readonly name = 'SpoiltBatchError';
  constructor(
    readonly fault: DocumentFault,
    /** Events in the commit, and the first of them: the only one when `events` is 1. */
    readonly events: number,
    readonly first: LoggedEvent,
  ) {
    super(fault.message, { cause: fault });
  }
}

export interface CommitFigures {
  readonly tookMs: number;
  readonly events: number;
  /** Events that the next commit may hold, where the lane is suspect. */
  readonly suspectLimit: number | undefined;
}

export interface LanePorts {
  readonly registry: ProjectionRegistry;
  readonly feed: LogFeed;
  readonly store: ProjectionStore;
  /** A reader of this process waits for what comes next: nothing gathers meanwhile. */
  readonly isAwaited: () => boolean;
  /** See `Pace`; measured unless given. */
  readonly busyShare?: (() => number) | undefined;
  onCommit(writes: readonly ProjectionWrites[], figures: CommitFigures): void;
  /** The lane may have reached the end of the log, or lost a member. */
  onChange(): void;
}

/**
 * Projections that stand at the same place and share one subscription. Folds what comes into memory and commits it in
 * the background, one commit at a time: at the end of the log as soon as the one before is through (see `Pace`), behind
 * it when enough has gathered, so that a document touched often is written seldom. Any failure ends the lane; whoever runs
 * it starts anew from the checkpoints.
 */
export class Lane {
  readonly members: Member[];
  private readonly wake = new Wake();
  private readonly pace: Pace;
  private reader: ChunkReader | undefined;
  /** Position of the last event folded. */
  private folded: bigint;
  private foldedUntil: Date | undefined;
  /** Time of append of the last event whose effects are durable. */
  handledUntil: Date | undefined;
  /** Folded and not committed: how many events, and the first of them. */
  private pending = 0;
  private firstPending: LoggedEvent | undefined;
  private pendingSince = 0;
  private committing: Promise<void> | undefined;
  private firstCommitting: LoggedEvent | undefined;
  private inFlight = 0;
  private failure: { readonly error: unknown } | undefined;
  private hold: { until: bigint | undefined; readonly held: (position: bigint) => void } | undefined;
  private isStopped = false;

  /** @param batchLimit events a commit at most: small while a document that cannot be written is looked for. */
  constructor(
    members: readonly Member[],
    private readonly ports: LanePorts,
    private readonly limits: LaneLimits,
    private batchLimit = MOST_EVENTS,
  ) {
    this.pace = new Pace(ports.busyShare);
    this.members = [...members];
    this.folded = members[0]!.position;
  }

  /** Whether it may take in others, or join them. */
  get isSound(): boolean {
    return this.batchLimit === MOST_EVENTS;
  }

  /** Runs until stopped. @throws the failure of the log or the store that ended it. */
  async run(): Promise<void> {
    const subscription = this.ports.feed.follow(this.folded);
    this.reader = new ChunkReader(subscription, this.limits.ahead, this.wake.wake);
    try {
      while (!this.isStopped) {
        if (this.failure) throw this.failure.error;
        if (!(await this.step(this.reader))) await this.wake.next(this.longestWaitMs);
      }
    } finally {
      this.isStopped = true;
      this.reader.close();
      subscription.destroy();
      await this.committing;
    }
  }

  stop(): void {
    this.isStopped = true;
    this.wake.wake();
  }

  /** A reader has begun to wait. */
  hurry(): void {
    this.wake.wake();
  }

  /** The past has been delivered: what comes now is new. */
  get hasCaughtUp(): boolean {
    return this.reader?.hasCaughtUp === true;
  }

  /** All that was delivered is committed, and it was all there is as far as the subscription knows. */
  get isIdle(): boolean {
    return this.reader?.isAtEnd === true && this.pending === 0 && !this.isCommitting;
  }

  private get isCommitting(): boolean {
    return this.committing !== undefined;
  }

  /** Position of the last event whose effects are durable. */
  get position(): bigint {
    return this.members[0]?.position ?? this.folded;
  }

  /** Events received and not committed. */
  get unhandledEvents(): number {
    return this.pending + this.inFlight + (this.reader?.queued ?? 0);
  }

  /** Time of append of the oldest event received and not committed. */
  get oldestUnhandled(): Date | undefined {
    return this.firstCommitting?.created ?? this.firstPending?.created ?? this.reader?.oldest;
  }

  /**
   * Commits what is folded and takes no more, or only up to a position.
   * @returns the position where the lane then stands, and stays until `release`.
   */
  async holdAt(until?: bigint): Promise<bigint> {
    return new Promise((held) => {
      this.hold = { until, held };
      this.wake.wake();
    });
  }

  /** Ends this lane, which is held, and gives its members away. */
  handOver(): readonly Member[] {
    this.stop();
    return this.members.splice(0);
  }

  release(newcomers: readonly Member[] = []): void {
    this.members.push(...newcomers);
    this.hold = undefined;
    this.wake.wake();
  }

  /** One piece of work, if there is any. */
  private async step(reader: ChunkReader): Promise<boolean> {
    if (this.isFull && this.isCommitting) return false;
    const due = this.dueMembers(reader);
    if (due.length > 0) {
      this.beginCommit(due);
      return true;
    }
    if (this.isHeld() || this.isGathering(reader)) return false;
    const events = this.cutAtHold(reader.take(this.batchLimit));
    if (events.length === 0) return false;
    await this.fold(events);
    return true;
  }

  /** At the end of the log on a saturated thread: what comes waits in the reader, and is folded and committed as one. */
  private isGathering(reader: ChunkReader): boolean {
    if (!reader.hasCaughtUp || reader.isFull || this.hold || this.ports.isAwaited()) return false;
    return this.isCommitting ? this.pace.isPressed : this.pace.restMs > 0;
  }

  private get longestWaitMs(): number {
    if (!this.hasCaughtUp) return BEHIND_MS;
    return this.pace.restMs || IDLE_MS;
  }

  private isHeld(): boolean {
    if (!this.hold) return false;
    const { until, held } = this.hold;
    if (until !== undefined && this.folded < until) return false;
    if (this.pending === 0 && !this.isCommitting) held(this.folded);
    return true;
  }

  private cutAtHold(events: readonly LoggedEvent[]): readonly LoggedEvent[] {
    const until = this.hold?.until;
    if (until === undefined) return events;
    const kept = events.filter(({ position }) => position.commit <= until);
    if (kept.length < events.length && kept.at(-1)?.position.commit !== until)
      throw new Error(`Two subscriptions disagree: one never delivered the event at ${until}.`);
    return kept;
  }

  private async fold(events: readonly LoggedEvent[]): Promise<void> {
    const { registry, store } = this.ports;
    const decoded: Decoded[] = [];
    for (const logged of events) {
      const item = decode(registry, logged);
      if (item) decoded.push(item);
    }
    await Promise.all(this.members.map((member) => member.fold(events, decoded, store)));
    if (this.pending === 0) this.pendingSince = performance.now();
    this.pending += events.length;
    this.firstPending ??= events[0];
    const last = events.at(-1)!;
    this.folded = last.position.commit;
    this.foldedUntil = last.created;
  }

  private get isFull(): boolean {
    let documents = 0;
    let sizeBytes = 0;
    for (const member of this.members) {
      documents += member.documents.changes;
      sizeBytes += member.documents.changedBytes;
    }
    return (
      documents >= this.limits.documents ||
      sizeBytes >= this.limits.sizeBytes ||
      this.pending >= this.batchLimit
    );
  }

  /** Whose changes are to be committed now. */
  private dueMembers(reader: ChunkReader): readonly Member[] {
    if (this.pending === 0 || this.isCommitting) return [];
    const isHeldUp = reader.hasCaughtUp || this.hold || this.members.some(({ stopped }) => stopped);
    const isOld = performance.now() - this.pendingSince >= this.limits.ageMs;
    return isHeldUp || isOld || this.isFull ? this.members : this.coldMembers();
  }

  /** Those whose documents are mostly touched once, when there is enough to write. The others' get hotter. */
  private coldMembers(): readonly Member[] {
    const cold = this.members.filter(({ documents }) => documents.changes > 0 && documents.isCold);
    const documents = cold.reduce((sum, member) => sum + member.documents.changes, 0);
    return documents >= this.limits.coldDocuments ? cold : [];
  }

  private beginCommit(due: readonly Member[]): void {
    const first = this.firstPending!;
    const isWhole = due.length === this.members.length;
    // A fault in a part has to be looked for in smaller commits, even if one event did it.
    const events = Math.max(isWhole ? 1 : 2, ...due.map(({ uncommittedEvents }) => uncommittedEvents));
    const writes = due.map((member) => member.beginCommit());
    const until = isWhole ? this.foldedUntil : this.handledUntil;
    this.firstCommitting = first;
    if (isWhole) {
      this.inFlight = this.pending;
      this.pending = 0;
      this.firstPending = undefined;
    }
    this.committing = this.commit(writes, events, first).finally(() => {
      if (!this.failure) this.handledUntil = until;
      this.committing = undefined;
      this.firstCommitting = undefined;
      this.inFlight = 0;
      this.wake.wake();
    });
  }

  private async commit(
    writes: readonly ProjectionWrites[],
    events: number,
    first: LoggedEvent,
  ): Promise<void> {
    const startedAt = performance.now();
    try {
      await this.ports.store.commit(writes);
    } catch (error) {
      this.failure = {
        error: error instanceof DocumentFault ? new SpoiltBatchError(error, events, first) : error,
      };
      return;
    }
    for (const write of writes) {
      const index = this.members.findIndex(({ registered }) => registered === write.registered);
      this.members[index]!.endCommit(write);
      if (write.stopped) this.members.splice(index, 1);
    }
    if (this.members.length === 0) this.isStopped = true;
    this.pace.committed();
    this.raiseLimit(events);
    const suspectLimit = this.isSound ? undefined : this.batchLimit;
    this.ports.onCommit(writes, { tookMs: performance.now() - startedAt, events, suspectLimit });
    this.ports.onChange();
  }

  /** A suspect whose commit went through may commit twice as much, until it is like the others again. */
  private raiseLimit(events: number): void {
    if (this.reader?.isAtEnd) this.batchLimit = MOST_EVENTS;
    else if (events >= this.batchLimit)
      this.batchLimit = this.batchLimit * 2 > CLEARED_EVENTS ? MOST_EVENTS : this.batchLimit * 2;
  }
}

/** A suspect that commits so many events at once is no longer one. */
const CLEARED_EVENTS = 4_096;
/** Events a commit at most, however few documents they touch. */
const MOST_EVENTS = 100_000;
const BEHIND_MS = 10;
const IDLE_MS = 1_000;
