import { setTimeout as pause } from 'node:timers/promises';
import { type Logger, type Metrics, storeIsUp } from '#libs/platform/observability';
import { Backoff } from './backoff.js';
import type { StopReason } from './checkpoint.js';
import type { CheckpointFeed } from './checkpoint-feed.js';
import { type CommitFigures, type LaneLimits, SpoiltBatchError } from './lane.js';
import { type LogFeed, LogLostError } from './log-feed.js';
import { stopReason } from './member.js';
import { isReadModelStoreAway } from './mongo/connect.js';
import { DocumentFault, type ProjectionStore, type ProjectionWrites } from './projection-store.js';
import type { ProjectionStatus, ProjectorStatus } from './projector-status.js';
import type { ProjectionRegistry, RegisteredProjection } from './registry.js';
import { Session } from './session.js';
import { type KnownBetweenSessions, statusOf } from './status-of.js';
import { untilAborted } from './until-aborted.js';

export interface ProjectorOptions {
  readonly registry: ProjectionRegistry;
  /** A connection to the log, made anew for each attempt. */
  readonly connectLog: () => LogFeed;
  readonly store: ProjectionStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly checkpoints?: CheckpointFeed;
  readonly limits?: Partial<LaneLimits>;
  /** Committed documents kept in memory, all projections together. */
  readonly cacheBytes?: number;
  /** Between two looks at the log past the subscription, in milliseconds. */
  readonly watchMs?: number;
  /** How long a subscription may be silent about an event that is there, in milliseconds. */
  readonly stallMs?: number;
  /** Share of its time, 0 to 1, that this thread was busy since the last call; measured unless given. */
  readonly busyShare?: () => number;
  /** The pause before the first of several attempts in a row, in milliseconds. */
  readonly firstPauseMs?: number;
}

// Sizes as JSON; in memory they take three to four times as much.
const LIMITS: LaneLimits = {
  ahead: { events: 5_000, sizeBytes: 8 * 2 ** 20 },
  documents: 20_000,
  coldDocuments: 4_000,
  sizeBytes: 16 * 2 ** 20,
  ageMs: 15_000,
};
const CACHE_BYTES = 16 * 2 ** 20;
const WATCH_MS = 2_000;
const STALL_MS = 15_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Runs all projections of a process, each from its checkpoint, until stopped. Whatever goes wrong with a store ends
 * the session; the next one starts from the checkpoints, which are always right. A projection that a fault stopped
 * stays out until the process starts anew.
 */
export class Projector implements ProjectorStatus {
  private readonly stopping = new AbortController();
  private readonly backoff: Backoff;
  private readonly prepared = new Set<string>();
  private readonly known = new Map<string, KnownBetweenSessions>();
  /** Projections with a document that cannot be written, and how many events they may commit at once. */
  private readonly suspects = new Map<string, number>();
  /** Stops that the store does not know of yet. */
  private readonly unrecorded = new Map<RegisteredProjection, StopReason>();
  private running: Promise<void> | undefined;
  private session: Session | undefined;
  private trouble: string | undefined;
  private readonly watchMs: number;

  constructor(private readonly options: ProjectorOptions) {
    this.watchMs = options.watchMs ?? WATCH_MS;
    this.backoff = new Backoff(options.firstPauseMs ?? FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    const currentAt = Date.now();
    for (const { id } of options.registry.projections)
      this.known.set(id, { position: -1n, events: 0, currentAt });
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Finishes the commit in flight, or gives it up after `withinMs`; nothing is lost or done twice either way. */
  async stop(withinMs = 2_000): Promise<void> {
    this.stopping.abort();
    this.session?.stop();
    await Promise.race([this.running, pause(withinMs, undefined, { ref: false })]);
  }

  list(): readonly ProjectionStatus[] {
    return this.options.registry.projections.map((registered) => {
      const known = this.known.get(registered.id)!;
      const { watchMs, trouble } = this;
      return statusOf(registered, known, this.session?.find(registered.id), {
        trouble,
        watchMs,
        now: Date.now(),
      });
    });
  }

  /** Resolves once every projection is at the end of the log, or stopped by a fault. */
  async caughtUp(): Promise<void> {
    const { signal } = this.stopping;
    const isDone = ({ state, lagEvents }: ProjectionStatus) =>
      state === 'stopped' || (state === 'live' && lagEvents === 0);
    while (!signal.aborted && !this.list().every(isDone))
      await pause(10, undefined, { signal }).catch(() => undefined);
  }

  /** Events of the log that the projection furthest ahead has handled, since its beginning. */
  get handledEvents(): number {
    return Math.max(0, ...[...this.known.values()].map(({ events }) => events));
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const unsubscribe = this.options.checkpoints?.onAwaited(() => this.session?.hurry());
    if (unsubscribe) signal.addEventListener('abort', unsubscribe, { once: true });
    while (!signal.aborted) {
      try {
        await this.runSession();
      } catch (error) {
        if (signal.aborted) return;
        await this.recover(error);
      }
    }
  }

  private async runSession(): Promise<void> {
    const { registry, store, connectLog, limits, logger, cacheBytes = CACHE_BYTES } = this.options;
    const { signal } = this.stopping;
    await untilAborted(this.prepare(), signal);
    if (signal.aborted) return;
    const running = registry.projections.filter(({ id }) => !this.known.get(id)?.stopped);
    logger.info({ projections: running.length }, 'Projecting from the checkpoints on');
    const feed = connectLog();
    this.session = new Session({
      registry,
      store,
      feed,
      watchMs: this.watchMs,
      stallMs: this.options.stallMs ?? STALL_MS,
      limits: { ...LIMITS, ...limits },
      cacheBytes: Math.ceil(cacheBytes / Math.max(1, running.length)),
      suspects: this.suspects,
      busyShare: this.options.busyShare,
      isAwaited: () => this.options.checkpoints?.isAwaited === true,
      onCommit: (writes, figures) => this.committed(writes, figures),
      onWatch: () => this.watched(),
    });
    try {
      await this.session.run(running);
    } finally {
      this.session = undefined;
      await feed.close();
    }
  }

  /** Everything in place before the log is read: collections, indexes, checkpoints, the news of stops. */
  private async prepare(): Promise<void> {
    for (const registered of this.options.registry.projections) {
      const { id } = registered;
      if (this.prepared.has(id) || this.known.get(id)?.stopped) continue;
      try {
        await this.options.store.prepare(registered);
        this.prepared.add(id);
      } catch (error) {
        if (!(error instanceof DocumentFault)) throw error;
        this.stopProjection(registered, stopReason(error));
      }
    }
    for (const [registered, stopped] of this.unrecorded) {
      await this.options.store.recordStop(registered, stopped);
      this.unrecorded.delete(registered);
    }
  }

  private committed(
    writes: readonly ProjectionWrites[],
    { tookMs, events, suspectLimit }: CommitFigures,
  ): void {
    const { metrics, checkpoints } = this.options;
    let documents = 0;
    for (const { registered, to, events: count, documents: changed, stopped } of writes) {
      documents += changed.size;
      this.remember(registered, { position: to, events: count, ...(stopped && { stopped }) });
      checkpoints?.publish(registered.id, to);
      if (suspectLimit === undefined || stopped) this.suspects.delete(registered.id);
      else this.suspects.set(registered.id, suspectLimit);
    }
    metrics.projectionBatchEvents.observe(events);
    metrics.projectionBatchDuration.observe(tookMs / 1_000);
    metrics.projectionDocuments.inc(documents);
    this.trouble = undefined;
    this.backoff.reset();
    storeIsUp('eventstoredb', true, metrics);
    storeIsUp('mongodb', true, metrics);
  }

  private remember({ id }: RegisteredProjection, news: Partial<KnownBetweenSessions>): void {
    const { logger, metrics } = this.options;
    this.known.set(id, { ...this.known.get(id)!, ...news });
    if (news.position !== undefined)
      metrics.projectionPosition.set({ projection: id }, Number(news.position));
    metrics.projectionStopped.set({ projection: id }, this.known.get(id)?.stopped ? 1 : 0);
    if (news.stopped) {
      const { message, eventId, stream, revision, key } = news.stopped;
      logger.error(
        { projection: id, eventId, stream, revision: revision?.toString(), key },
        `Stopped: ${message}`,
      );
    }
  }

  private watched(): void {
    const { projectionLagEvents, projectionLagSeconds } = this.options.metrics;
    for (const { name, version, state, lagEvents, lagSeconds } of this.list()) {
      const projection = `${name}@${version}`;
      projectionLagEvents.set({ projection }, lagEvents);
      projectionLagSeconds.set({ projection }, lagSeconds);
      if (state === 'live' && lagSeconds === 0)
        this.known.set(projection, { ...this.known.get(projection)!, currentAt: Date.now() });
    }
  }

  private async recover(error: unknown): Promise<void> {
    const { logger, metrics, registry } = this.options;
    const registered = ({ projectionId }: DocumentFault) =>
      registry.projections.find(({ id }) => id === projectionId)!;
    if (error instanceof SpoiltBatchError) {
      const { fault, events, first } = error;
      if (events === 1) this.stopProjection(registered(fault), stopReason(fault, first, fault.key));
      else this.suspects.set(fault.projectionId, Math.floor(events / 2));
      return;
    }
    if (error instanceof DocumentFault) {
      this.stopProjection(registered(error), stopReason(error));
      return;
    }
    if (error instanceof LogLostError) storeIsUp('eventstoredb', false, metrics);
    else if (isReadModelStoreAway(error)) storeIsUp('mongodb', false, metrics);
    this.prepared.clear();
    const pauseMs = this.backoff.nextMs();
    this.trouble = error instanceof Error ? error.message : String(error);
    logger.warn({ err: error, pauseMs: Math.round(pauseMs) }, 'The projector lost a store and starts again');
    await pause(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  /** Readers learn of it when the next session begins. */
  private stopProjection(registered: RegisteredProjection, stopped: StopReason): void {
    this.suspects.delete(registered.id);
    this.unrecorded.set(registered, stopped);
    this.remember(registered, { stopped });
  }
}
