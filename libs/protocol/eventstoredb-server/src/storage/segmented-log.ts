import { join } from 'node:path';
import { isDiskFull, type NodeFiles } from './node-files.js';
import { LogDamagedError, SEGMENT_HEADER_BYTES, Segment } from './segment.js';

export type SyncMode = 'always' | 'none';

export interface SegmentedLogOptions {
  /** 'always': an append resolves once the disk has it. 'none': once the operating system has it. */
  readonly sync: SyncMode;
  /** Size of a file at most, unless one append needs more. The first ones are smaller, each twice the one before. */
  readonly segmentBytes: number;
}

const FIRST_SEGMENT_BYTES = 256 * 1024;

/** The bytes of the log, in files of bounded size, appended to at the end only. */
export class SegmentedLog {
  /** Set once the disk refused to sync: what the file holds past `end` is unknown until a restart. */
  #broken: Error | undefined;
  /** The next segment, filled behind the writers; undefined in it when the disk did not take it. */
  #next: Promise<Segment | undefined> | undefined;

  #closing = false;

  private constructor(
    private readonly files: NodeFiles,
    private readonly folder: string,
    private readonly options: SegmentedLogOptions,
    private readonly segments: Segment[],
  ) {}

  /** Where the records end is not known before recovery has read them. */
  static async open(files: NodeFiles, folder: string, options: SegmentedLogOptions): Promise<SegmentedLog> {
    const names = (await files.list(folder)).filter((name) => Segment.baseOf(name) !== undefined).sort();
    const segments: Segment[] = [];
    try {
      for (const [index, name] of names.entries()) {
        const segment = await Segment.open(files, folder, name, Segment.baseOf(names[index + 1] ?? ''));
        if (segment !== undefined) segments.push(segment);
        // A crash while the last segment was begun: nothing in it was acknowledged.
        else if (index === names.length - 1) await files.unlink(join(folder, name));
        else throw new LogDamagedError(join(folder, name), 0, 'its header is missing');
      }
    } catch (error) {
      for (const { file } of segments) await file.close();
      throw error;
    }
    return new SegmentedLog(files, folder, options, segments);
  }

  get all(): readonly Segment[] {
    return this.segments;
  }

  get end(): number {
    return this.segments.at(-1)?.end ?? 0;
  }

  /** Up to where the disk surely has everything; 0 when it is never asked to. */
  get durableEnd(): number {
    return this.options.sync === 'always' ? this.end : 0;
  }

  segmentOf(offset: number): Segment {
    const { segments } = this;
    let low = 0;
    for (let high = segments.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if ((segments[middle] as Segment).base <= offset) low = middle;
      else high = middle - 1;
    }
    return segments[low] as Segment;
  }

  /**
   * Resolves with the offset of `bytes` once they are durable. After a failure nothing of them will ever be
   * read, and the next append may succeed, unless the disk refused to sync: then all later ones fail.
   */
  async append(bytes: Buffer): Promise<number> {
    if (this.#broken) throw this.#broken;
    const segment = await this.#roomFor(bytes.length);
    const offset = segment.end;
    try {
      await segment.write(bytes);
    } catch (error) {
      await this.#takeBack(segment);
      throw error;
    }
    await this.#sync(segment);
    segment.end = offset + bytes.length;
    this.prepareNext();
    return offset;
  }

  /** Begins to fill the next segment once a good part of the last one is used. */
  prepareNext(): void {
    const last = this.segments.at(-1);
    if (this.#next !== undefined || last === undefined || this.options.sync === 'none') return;
    if (last.end - last.base < (last.limit - last.base) / 4) return;
    // What goes wrong is told to the append that needs the room, if it still goes wrong then.
    this.#next = this.#create(last, 0).catch(() => undefined);
  }

  /** Goes on behind the records of `last`; the segment after it holds zeros only: it was filled for later. */
  async endAt(last: Segment): Promise<void> {
    const [next, ...unused] = this.segments.splice(this.segments.indexOf(last) + 1);
    if (next !== undefined) this.#next = Promise.resolve(next);
    for (const segment of unused) await this.#remove(segment);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await (await this.#next)?.file.close();
    for (const segment of this.segments) await segment.file.close();
  }

  async #roomFor(bytes: number): Promise<Segment> {
    const last = this.segments.at(-1);
    if (last?.hasRoomFor(bytes)) return last;
    const prepared = await this.#next;
    this.#next = undefined;
    if (prepared !== undefined && !prepared.hasRoomFor(bytes)) await this.#remove(prepared);
    const next = prepared?.hasRoomFor(bytes) ? prepared : await this.#create(last, bytes);
    this.segments.push(next);
    return next;
  }

  async #create(last: Segment | undefined, bytes: number): Promise<Segment> {
    const { segmentBytes, sync } = this.options;
    const usual = Math.min(
      last === undefined ? FIRST_SEGMENT_BYTES : 2 * (last.limit - last.base),
      segmentBytes,
    );
    const base = last?.limit ?? 0;
    const limit = base + Math.max(usual, SEGMENT_HEADER_BYTES + bytes);
    const segment = await Segment.create(this.files, this.folder, base, limit);
    try {
      await this.files.syncFolder(this.folder);
      if (sync === 'always') await this.#fill(segment);
      return segment;
    } catch (error) {
      await this.#remove(segment);
      throw error;
    }
  }

  /** Where the disk has no room for all of it, there may be room for an append: it grows with them. */
  async #fill(segment: Segment): Promise<void> {
    try {
      await segment.fill(() => this.#closing);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      await segment.dropRest();
    }
  }

  async #remove({ file }: Segment): Promise<void> {
    await file.close();
    await this.files.unlink(file.path);
  }

  async #sync(segment: Segment): Promise<void> {
    if (this.options.sync === 'none') return;
    try {
      await segment.file.datasync();
    } catch (error) {
      // The kernel may have dropped the pages and will report success next time: nothing can be trusted.
      await this.#takeBack(segment);
      this.#broken = new Error('The disk refused to make an append durable; restart the node.', {
        cause: error,
      });
      throw this.#broken;
    }
  }

  async #takeBack(segment: Segment): Promise<void> {
    try {
      await segment.dropRest();
    } catch (error) {
      this.#broken = new Error('A failed append cannot be taken back; restart the node.', { cause: error });
    }
  }
}
