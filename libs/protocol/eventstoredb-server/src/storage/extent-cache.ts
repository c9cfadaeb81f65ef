import { LRUCache } from 'lru-cache';
import { Extent } from './extent.js';
import { ExtentTable } from './extent-table.js';
import { readRecord } from './record.js';
import { LogDamagedError } from './segment.js';
import type { SegmentedLog } from './segmented-log.js';

/** An extent is closed when its records take this much on disk: one read, and one piece to send. */
const EXTENT_BYTES = 64 * 1024;

/**
 * The events of the log by position. What was read lately is kept in memory up to a bound; the last extent,
 * which still grows, always. Checksums are checked whenever bytes come from the disk.
 */
export class ExtentCache {
  readonly closed = new ExtentTable();
  readonly #loaded: LRUCache<number, Extent>;
  /** How often an extent was there, and was not. */
  readonly use = { hits: 0, misses: 0 };
  readonly #loading = new Map<number, Promise<Extent>>();
  #tail = new Extent(0, EXTENT_BYTES);
  #tailOffset = 0;
  #tailEnd = 0;

  constructor(
    private readonly log: SegmentedLog,
    cacheBytes: number,
  ) {
    this.#loaded = new LRUCache({ maxSize: cacheBytes, sizeCalculation: (extent) => extent.sizeBytes + 1 });
  }

  /** Position after the last event. */
  get endPosition(): number {
    return this.#tail.endPosition;
  }

  /** The last extent, which still grows, and where in the log its records start and end. */
  get tail(): { firstPosition: number; frames: Buffer; offset: number; end: number } {
    const { firstPosition, endPosition } = this.#tail;
    const frames = this.#tail.slice(firstPosition, endPosition);
    return { firstPosition, frames, offset: this.#tailOffset, end: this.#tailEnd };
  }

  /** Begins behind extents that are known already, none of them loaded. */
  restore(closed: readonly Float64Array[], tail: { firstPosition: number; offset: number }): void {
    for (const numbers of closed) this.closed.pushAll(numbers);
    this.#tail = new Extent(tail.firstPosition, EXTENT_BYTES);
    this.#tailOffset = tail.offset;
    this.#tailEnd = tail.offset;
  }

  /** Takes in the next record. `offset` and `next` are where it starts and ends in the log. */
  push(
    body: Buffer,
    offset: number,
    next: number,
    onFrame?: (frame: Buffer, position: number) => void,
  ): void {
    const isNewSegment = offset !== this.#tailEnd;
    if (this.#tail.sizeBytes === 0) this.#tailOffset = offset;
    else if (isNewSegment || next - this.#tailOffset > EXTENT_BYTES) this.#closeTail(offset);
    this.#tail.push(body, onFrame);
    this.#tailEnd = next;
  }

  /** The extent that holds the position, or the promise of it when it has to come from disk. */
  extentAt(position: number): Extent | Promise<Extent> {
    const isTail = position >= this.#tail.firstPosition;
    const index = isTail ? -1 : this.closed.indexOf(position);
    const kept = isTail ? this.#tail : this.#loaded.get(index);
    if (kept === undefined) this.use.misses++;
    else this.use.hits++;
    return kept ?? this.#load(index);
  }

  /** The same within one step, reading from disk if need be. */
  extentNow(position: number): Extent {
    if (position >= this.#tail.firstPosition) return this.#tail;
    const index = this.closed.indexOf(position);
    return this.#loaded.get(index) ?? this.#loadNow(index);
  }

  #closeTail(nextOffset: number): void {
    const index = this.closed.length;
    this.closed.push(this.#tail.firstPosition, this.#tailOffset, this.#tailEnd);
    this.#loaded.set(index, this.#tail);
    this.#tail = new Extent(this.#tail.endPosition, EXTENT_BYTES);
    this.#tailOffset = nextOffset;
  }

  /** The extent, if nothing has to be read for it. */
  inMemory(position: number): Extent | undefined {
    if (position >= this.#tail.firstPosition) return this.#tail;
    return this.#loaded.peek(this.closed.indexOf(position));
  }

  /**
   * Reads the extent that holds the position, and those behind it as far as they fit into `memory`, as one that
   * is not kept. It lies in `memory`, unless the first alone is larger.
   */
  async readRun(position: number, memory: Buffer): Promise<Extent> {
    const { closed } = this;
    const first = closed.indexOf(position);
    const offset = closed.offset(first);
    let next = first + 1;
    while (
      next < closed.length &&
      closed.offset(next) === closed.end(next - 1) &&
      closed.end(next) - offset <= memory.length
    )
      next++;
    const sizeBytes = closed.end(next - 1) - offset;
    return this.#unpack(first, sizeBytes, await this.log.segmentOf(offset).read(offset, sizeBytes, memory));
  }

  #load(index: number): Promise<Extent> {
    const running = this.#loading.get(index);
    if (running !== undefined) return running;
    const [offset, sizeBytes] = this.#rangeOf(index);
    const loading = this.log
      .segmentOf(offset)
      .read(offset, sizeBytes)
      .then((bytes) => this.#keep(index, this.#unpack(index, sizeBytes, bytes)))
      .finally(() => this.#loading.delete(index));
    this.#loading.set(index, loading);
    return loading;
  }

  #loadNow(index: number): Extent {
    const [offset, sizeBytes] = this.#rangeOf(index);
    const bytes = this.log.segmentOf(offset).readNow(offset, sizeBytes);
    return this.#keep(index, this.#unpack(index, sizeBytes, bytes));
  }

  #rangeOf(index: number): [offset: number, sizeBytes: number] {
    const offset = this.closed.offset(index);
    return [offset, this.closed.end(index) - offset];
  }

  /** The events of the records, which are `sizeBytes` long if nothing is missing, from the extent's first on. */
  #unpack(index: number, sizeBytes: number, bytes: Buffer): Extent {
    const extent = new Extent(this.closed.firstPosition(index), bytes);
    for (let at = 0; at < sizeBytes; ) {
      const record = readRecord(bytes, at);
      if (record === undefined) {
        const offset = this.closed.offset(index);
        const { path, base } = this.log.segmentOf(offset);
        throw new LogDamagedError(path, offset + at - base, 'a record does not match its checksum');
      }
      extent.moveUp(record.bodyStart, record.bodyEnd);
      at = record.next;
    }
    return extent;
  }

  #keep(index: number, extent: Extent): Extent {
    this.#loaded.set(index, extent);
    return extent;
  }
}
