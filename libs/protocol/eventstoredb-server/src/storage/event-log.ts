import type { Extent } from './extent.js';
import { ExtentCache } from './extent-cache.js';
import { IndexKeeper, type LogIndex } from './index-keeper.js';
import { LogScan } from './log-scan.js';
import { isDiskFull, type NodeFiles, nodeFiles } from './node-files.js';
import { recordBytes, writeRecord } from './record.js';
import { recoverLog } from './recovery.js';
import { SegmentedLog, type SyncMode } from './segmented-log.js';

export interface EventLogOptions {
  readonly folder: string;
  readonly sync: SyncMode;
  /** Default: the real ones. */
  readonly files?: NodeFiles;
  /** Default 64 MiB. */
  readonly segmentBytes?: number;
  /** Memory for events read lately; default 32 MiB. */
  readonly cacheBytes?: number;
  /** The index file is written each time that there are so many more events; default 32,768. */
  readonly blockEvents?: number;
}

const DEFAULT_SEGMENT_BYTES = 64 * 1024 * 1024;
const DEFAULT_CACHE_BYTES = 32 * 1024 * 1024;
const DEFAULT_BLOCK_EVENTS = 32_768;
/** Positions are kept as 32-bit numbers. */
const MAX_EVENTS = 2 ** 32 - 1;

/** The events of one append, encoded with the positions that `nextPosition` gave. */
export interface PendingAppend {
  readonly frames: readonly Buffer[];
  /** Called once the events are durable, in log order, before anybody is told. */
  commit(): void;
  /** Called instead when they will never be; later appends are undone before earlier ones. */
  undo(): void;
}

interface Group {
  readonly appends: PendingAppend[];
  bytes: number;
  readonly durable: PromiseWithSettlers;
}

/** An append was refused because the disk did not take it. Nothing of it is stored. */
export class LogUnavailableError extends Error {
  override readonly name = 'LogUnavailableError';
}

/**
 * The log of all events. Positions count from 0, without gaps. Appends that come while the disk is busy form
 * a group and share one write and one sync; readers see events only once they are durable.
 */
export class EventLog {
  #waiting = newGroup();
  #flushing: Group | undefined;
  #flushLoop: Promise<void> | undefined;
  #nextPosition: number;
  #closed = false;
  readonly #listeners = new Set<(endPosition: number) => void>();

  private constructor(
    private readonly log: SegmentedLog,
    private readonly extents: ExtentCache,
    private readonly keeper: IndexKeeper | undefined,
    /** Bytes of a torn, never acknowledged tail that were dropped at start. */
    readonly cutBytes: number,
  ) {
    this.#nextPosition = extents.endPosition;
  }

  /**
   * Reads what the index beside the log does not tell, or the whole log; `index` is given the events in order.
   * @throws LogDamagedError where something is wrong in what was read.
   */
  static async open(options: EventLogOptions, index: LogIndex): Promise<EventLog> {
    const { folder, sync, files = nodeFiles } = options;
    const {
      segmentBytes = DEFAULT_SEGMENT_BYTES,
      cacheBytes = DEFAULT_CACHE_BYTES,
      blockEvents = DEFAULT_BLOCK_EVENTS,
    } = options;
    const log = await SegmentedLog.open(files, folder, { sync, segmentBytes });
    let keeper: IndexKeeper | undefined;
    try {
      const extents = new ExtentCache(log, cacheBytes);
      const { kept } = index;
      keeper = kept && (await IndexKeeper.open({ files, folder, log, extents, index: kept, blockEvents }));
      const savedTo = keeper?.savedTo ?? 0;
      const { cutBytes } = await recoverLog(log, extents.tail.offset, (body, offset, next) => {
        extents.push(body, offset, next, (frame, position) => {
          if (position >= savedTo) index.load(frame, position);
          else kept?.recall(frame);
        });
        keeper?.follow();
      });
      return new EventLog(log, extents, keeper, cutBytes);
    } catch (error) {
      await keeper?.abandon();
      await log.close();
      throw error;
    }
  }

  /** Position after the last durable event: what readers may see ends before it. */
  get endPosition(): number {
    return this.extents.endPosition;
  }

  /** Position that the next appended event will have. */
  get nextPosition(): number {
    return this.#nextPosition;
  }

  /** Bytes of the log that are in use. */
  get sizeBytes(): number {
    return this.log.durableEnd;
  }

  /** How often an extent was asked for that was in memory, and that was not. */
  get cacheUse(): { readonly hits: number; readonly misses: number } {
    return this.extents.use;
  }

  /** Bytes that wait for the disk. */
  get pendingBytes(): number {
    return this.#waiting.bytes + (this.#flushing?.bytes ?? 0);
  }

  /** Takes the events in; `whenDurable` tells how it ended. @throws LogUnavailableError after `close`. */
  append(append: PendingAppend): void {
    if (this.#closed) throw new LogUnavailableError('The node is stopping: nothing was appended.');
    if (this.#nextPosition + append.frames.length > MAX_EVENTS)
      throw new LogUnavailableError(`A log holds ${MAX_EVENTS} events at most: nothing was appended.`);
    this.#waiting.appends.push(append);
    this.#nextPosition += append.frames.length;
    this.#waiting.bytes += recordBytes(append.frames.reduce((sum, frame) => sum + frame.length, 0));
    this.#flushLoop ??= this.#flushAll();
  }

  /**
   * Resolves when all that was appended so far is durable; an answer that rests on it goes out after that.
   * @throws LogUnavailableError when it will never be.
   */
  whenDurable(): Promise<void> | undefined {
    if (this.#waiting.appends.length > 0) return this.#waiting.durable.promise;
    return this.#flushing?.durable.promise;
  }

  /** The extent that holds a durable event, or the promise of it when it has to come from disk. */
  extentAt(position: number): Extent | Promise<Extent> {
    return this.extents.extentAt(position);
  }

  /** For one reader that looks at many events and keeps few. */
  scan(): LogScan {
    return new LogScan(this.extents);
  }

  /** The frame of any event up to `nextPosition`, durable or not. */
  frameNow(position: number): Buffer {
    if (position < this.endPosition) return this.extents.extentNow(position).frame(position);
    let left = position - this.endPosition;
    for (const { appends } of [this.#flushing, this.#waiting].filter((group) => group !== undefined))
      for (const { frames } of appends) {
        const frame = frames[left];
        if (frame !== undefined) return frame;
        left -= frames.length;
      }
    throw new RangeError(`There is no event at position ${position}.`);
  }

  /** Tells of each commit after it is durable. Returns how to stop. */
  onCommit(listener: (endPosition: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for what was appended, then refuses the rest. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#flushLoop;
    await this.keeper?.close();
    await this.log.close();
  }

  /** Gathers what one turn of the event loop brings, then again what came while the disk was busy. */
  async #flushAll(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#waiting.appends.length > 0) {
      const group = this.#waiting;
      this.#flushing = group;
      this.#waiting = newGroup();
      const offset = await this.#written(group);
      if (offset === undefined) continue;
      this.#publish(group, offset);
      this.#flushing = undefined;
      group.durable.resolve();
    }
    this.#flushLoop = undefined;
  }

  /** The offset of the group on disk; undefined when it was refused. */
  async #written(group: Group): Promise<number | undefined> {
    try {
      return await this.log.append(this.#encode(group));
    } catch (error) {
      this.#refuse(group, error);
      return undefined;
    }
  }

  #encode(group: Group): Buffer {
    const bytes = Buffer.allocUnsafe(group.bytes);
    const durableEnd = this.log.durableEnd;
    let at = 0;
    for (const { frames } of group.appends) at = writeRecord(bytes, at, frames, durableEnd);
    return bytes;
  }

  #publish(group: Group, groupOffset: number): void {
    let offset = groupOffset;
    for (const append of group.appends) {
      const { frames } = append;
      const body = frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames);
      const next = offset + recordBytes(body.length);
      this.extents.push(body, offset, next);
      offset = next;
      append.commit();
    }
    for (const listener of this.#listeners) listener(this.endPosition);
    this.keeper?.follow();
  }

  /** What was decided since rests on events that will never be: it falls with them. */
  #refuse(group: Group, cause: unknown): void {
    const later = this.#waiting;
    this.#waiting = newGroup();
    this.#flushing = undefined;
    for (const append of [...group.appends, ...later.appends].reverse()) append.undo();
    this.#nextPosition = this.endPosition;
    const error = new LogUnavailableError(refusalText(cause), { cause });
    group.durable.reject(error);
    later.durable.reject(error);
  }
}

function refusalText(cause: unknown): string {
  if (isDiskFull(cause)) return 'The disk is full: nothing was appended. Free some space and try again.';
  return `The log cannot be written: nothing was appended. ${(cause as Error).message}`;
}

interface PromiseWithSettlers {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

function newGroup(): Group {
  let settle!: Pick<PromiseWithSettlers, 'resolve' | 'reject'>;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => undefined); // who waits hears of it; nobody may be waiting
  return { appends: [], bytes: 0, durable: { promise, ...settle } };
}
