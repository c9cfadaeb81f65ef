import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { StoredNode } from '../node-context.js';
import { type Extent, LogUnavailableError } from '../storage/index.js';
import { Wakeup } from '../streams/commit-signals.js';
import type { OwnEvent } from '../streams/stream-writer.js';
import { EmittedEvents } from './emitted-events.js';
import type { ProjectionSettings } from './projection-settings.js';
import { lastHandledPosition } from './resume-position.js';
import type { SystemProjection } from './rules.js';
import { SourceEvent } from './source-event.js';

/** Of events written at once: few enough for one to be read without many others. */
const EVENTS_PER_BATCH = 256;
/** Batches that may wait for the disk while the next is made. */
const BATCHES_IN_FLIGHT = 8;
/** A restart looks at no more than this much of the log, and what was written meanwhile. */
const EVENTS_PER_CHECKPOINT = 10_000;
const RETRY_MS = 1_000;

export type ProjectionNode = Pick<StoredNode, 'log' | 'index' | 'writer' | 'signals'>;

/**
 * One projection at work, from `start` to `stop`: reads the durable log behind all others and appends what its
 * rule says. What it writes carries how far it has read, so a crash neither loses nor repeats anything.
 */
export class ProjectionRun {
  /** Position of the last event dealt with for good. */
  handledPosition: number;
  checkpointPosition: number;
  eventsHandled = 0;
  workMs = 0;
  /** Why it does not go on, if so. */
  trouble = '';
  hasFailed = false;
  readonly #emitted: EmittedEvents;
  readonly #source = new SourceEvent();
  readonly #wakeup = new Wakeup();
  readonly #stopping = new AbortController();
  #inFlight: Promise<void>[] = [];
  #isRefused = false;
  #running: Promise<void> = Promise.resolve();
  #next = 0;

  constructor(
    private readonly node: ProjectionNode,
    private readonly projection: SystemProjection,
    settings: ProjectionSettings,
  ) {
    this.#emitted = new EmittedEvents(projection, settings);
    this.handledPosition = settings.handledPosition;
    this.checkpointPosition = settings.handledPosition;
  }

  get writesInFlight(): number {
    return this.#inFlight.length;
  }

  start(delayMs: number): void {
    this.#running = this.#run(delayMs);
  }

  /** Resolves when all it wrote is durable, or refused. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wakeup.wake();
    await this.#running;
  }

  async #run(delayMs: number): Promise<void> {
    const unfollow = this.node.signals.followAll(this.#wakeup);
    try {
      await this.#pause(delayMs);
      while (!this.#stopping.signal.aborted) await this.#followUntilRefused();
    } catch (error) {
      this.hasFailed = true;
      this.trouble = error instanceof Error ? error.message : String(error);
    }
    unfollow();
  }

  /** A full disk is waited out: what was refused is written again from what is durable. */
  async #followUntilRefused(): Promise<void> {
    try {
      this.handledPosition = await lastHandledPosition(this.node, this.projection);
      this.checkpointPosition = Math.max(this.checkpointPosition, this.handledPosition);
      this.#next = this.handledPosition + 1;
      await this.#follow();
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) throw error;
      this.trouble = error.message;
      await this.#pause(RETRY_MS);
    } finally {
      await Promise.allSettled(this.#inFlight);
      this.#inFlight = [];
      this.#isRefused = false;
    }
  }

  async #follow(): Promise<void> {
    const { log } = this.node;
    while (!this.#stopping.signal.aborted) {
      if (this.#isRefused || this.#inFlight.length >= BATCHES_IN_FLIGHT) await this.#inFlight[0];
      else if (this.#next >= log.endPosition) await this.#wakeup.wait();
      else {
        const found = log.extentAt(this.#next);
        const extent = found instanceof Promise ? await found : found;
        this.#readAhead(extent.endPosition);
        this.#handle(extent);
        await nextTurn(); // clients come first
      }
    }
    await Promise.all(this.#inFlight);
  }

  /** The disk works while this thread does. What fails is met again when it is asked for. */
  #readAhead(position: number): void {
    if (position >= this.node.log.endPosition) return;
    const extent = this.node.log.extentAt(position);
    if (extent instanceof Promise) extent.catch(() => undefined);
  }

  /** Deals with the events of an extent, or the first of them where they make a whole batch. */
  #handle(extent: Extent): void {
    const startedAt = performance.now();
    const end = Math.min(extent.endPosition, this.node.log.endPosition);
    const batch: OwnEvent[] = [];
    for (; this.#next < end && batch.length < EVENTS_PER_BATCH; this.#next++) {
      const event = this.#source.look(extent.frame(this.#next));
      if (!event.isOfUser) continue;
      this.eventsHandled++;
      const emitted = this.#emitted.of(event);
      if (emitted !== undefined) batch.push(emitted);
    }
    const handled = this.#next - 1;
    if (handled - this.checkpointPosition >= EVENTS_PER_CHECKPOINT) {
      batch.push(...this.#emitted.checkpoint(handled));
      this.checkpointPosition = handled;
    }
    this.#write(batch, handled);
    this.workMs += performance.now() - startedAt;
  }

  #write(batch: readonly OwnEvent[], handled: number): void {
    const before = this.#inFlight.at(-1);
    if (batch.length === 0 && before === undefined) {
      this.handledPosition = handled;
      return;
    }
    const written = batch.length === 0 ? before : this.node.writer.appendAcross(batch, () => this.#refused());
    const done = Promise.resolve(written).then(() => {
      this.#inFlight.shift();
      this.handledPosition = Math.max(this.handledPosition, handled);
      this.trouble = '';
    });
    done.catch(() => undefined); // the loop comes across it
    this.#inFlight.push(done);
  }

  /** At once, so that nothing is written behind a gap. */
  #refused(): void {
    this.#isRefused = true;
    this.#wakeup.wake();
  }

  async #pause(delayMs: number): Promise<void> {
    if (delayMs === 0) return;
    const { signal } = this.#stopping;
    await pause(delayMs, undefined, { signal }).catch(() => undefined); // stopping is no failure
  }
}
