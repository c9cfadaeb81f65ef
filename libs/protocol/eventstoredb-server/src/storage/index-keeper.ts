import { crc32 } from 'node:zlib';
import type { ExtentCache } from './extent-cache.js';
import { type IndexBlock, IndexFile } from './index-file.js';
import type { NodeFiles } from './node-files.js';
import { readRecord } from './record.js';
import { LogDamagedError } from './segment.js';
import type { SegmentedLog } from './segmented-log.js';

/** What is made from the log: it is given each event there is at start that it was not given back, in order. */
export interface LogIndex {
  load(frame: Buffer, position: number): void;
  /** Without it, every start reads the whole log. */
  readonly kept?: KeptIndex;
}

/** How an index is written beside the log in pieces, each for the events since the piece before. */
export interface KeptIndex {
  /** A piece for the events from where the last one ended to before a position. They are durable. */
  save(toPosition: number): Buffer;
  /** The piece that ends there is in the file: what was kept in mind for it can go. */
  saved(toPosition: number): void;
  /** At start: the pieces in order, with the position that each begins at. */
  restore(pieces: readonly { readonly fromPosition: number; readonly saved: Buffer }[]): void;
  /** One of the newest events of those given back: what is remembered of new ones only. */
  recall(frame: Buffer): void;
}

export interface IndexKeeperOptions {
  readonly files: NodeFiles;
  readonly folder: string;
  readonly log: SegmentedLog;
  readonly extents: ExtentCache;
  readonly index: KeptIndex;
  readonly blockEvents: number;
}

/** So much of the log, at its end, is read at start to recall it. */
const RECALLED_BYTES = 8 * 1024 * 1024;

/** Keeps the index file behind the log: lazily, because all that is in it can be read from the log. */
export class IndexKeeper {
  #savedTo = 0;
  #savedExtents = 0;
  #tryAgainAt = 0;
  #writing: Promise<void> | undefined;
  #closing = false;

  private constructor(
    private readonly file: IndexFile,
    private readonly extents: ExtentCache,
    private readonly index: KeptIndex,
    private readonly blockEvents: number,
  ) {}

  /** Gives `extents` and `index` back what the file tells of the log as it is. */
  static async open(options: IndexKeeperOptions): Promise<IndexKeeper> {
    const { files, folder, log, extents, index, blockEvents } = options;
    const { index: file, blocks } = await IndexFile.open(files, folder);
    for (let last = blocks.at(-1); last !== undefined && !isOf(log, last); last = blocks.at(-1)) blocks.pop();
    await file.keep(blocks);
    const keeper = new IndexKeeper(file, extents, index, blockEvents);
    keeper.#restore(blocks);
    keeper.#recall();
    return keeper;
  }

  /** Position up to which the index was given back. */
  get savedTo(): number {
    return this.#savedTo;
  }

  /** Gives the index the newest events of those that it was given back, as far as memory of them is of use. */
  #recall(): void {
    const { closed, tail } = this.extents;
    let index = closed.length;
    while (index > 0 && tail.offset - closed.offset(index - 1) <= RECALLED_BYTES) index--;
    for (; index < closed.length; index++) this.#recallExtent(closed.firstPosition(index));
  }

  #recallExtent(position: number): void {
    try {
      const extent = this.extents.extentNow(position);
      for (let at = extent.firstPosition; at < extent.endPosition; at++) this.index.recall(extent.frame(at));
    } catch (error) {
      // It is reported to whoever reads there; the rest of the log can be read.
      if (!(error instanceof LogDamagedError)) throw error;
    }
  }

  /** Called at each commit: writes another block when there is enough for one. */
  follow(): void {
    if (this.#closing || this.#writing !== undefined || this.extents.endPosition < this.#tryAgainAt) return;
    if (this.extents.endPosition - this.#savedTo < this.blockEvents) return;
    this.#writing = this.#save()
      .catch(() => {
        // All that is lost is time at the next start. Later events are written with these.
        this.#tryAgainAt = this.extents.endPosition + this.blockEvents;
      })
      .finally(() => {
        this.#writing = undefined;
        this.follow();
      });
  }

  /** Writes the rest. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#writing;
    try {
      if (this.extents.endPosition > this.#savedTo) await this.#save();
    } catch {
      // As above; a full disk must not keep a node from stopping cleanly.
    } finally {
      await this.file.close();
    }
  }

  /** Stops without writing the rest. */
  async abandon(): Promise<void> {
    this.#closing = true;
    await this.#writing;
    await this.file.close();
  }

  async #save(): Promise<void> {
    const { closed, tail, endPosition } = this.extents;
    const extents = closed.length;
    await this.file.append({
      fromPosition: this.#savedTo,
      toPosition: endPosition,
      logEnd: tail.end,
      tail,
      tailChecksum: crc32(tail.frames),
      closedExtents: closed.slice(this.#savedExtents),
      saved: this.index.save(endPosition),
    });
    this.index.saved(endPosition);
    this.#savedTo = endPosition;
    this.#savedExtents = extents;
  }

  #restore(blocks: readonly IndexBlock[]): void {
    const last = blocks.at(-1);
    if (last === undefined) return;
    this.extents.restore(
      blocks.map((block) => block.closedExtents),
      last.tail,
    );
    this.index.restore(blocks);
    this.#savedTo = last.toPosition;
    this.#savedExtents = this.extents.closed.length;
  }
}

/** Whether the log still holds the records that the block was made behind: all of the open extent, to the last. */
export function isOf(log: SegmentedLog, { tail, logEnd, tailChecksum }: IndexBlock): boolean {
  if (log.all.length === 0) return false;
  const bytes = log.segmentOf(tail.offset).readNow(tail.offset, logEnd - tail.offset);
  let at = 0;
  let checksum = 0;
  for (let record = readRecord(bytes, at); record !== undefined; record = readRecord(bytes, at)) {
    checksum = crc32(bytes.subarray(record.bodyStart, record.bodyEnd), checksum);
    at = record.next;
  }
  return at === logEnd - tail.offset && checksum === tailChecksum;
}
