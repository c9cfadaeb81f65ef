import type { NodeFiles } from './node-files.js';
import { LogDamagedError, Segment } from './segment.js';

export type SyncMode = 'always' | 'none';

export interface SegmentedLogOptions {
  /** 'always': an append resolves once the disk has it. 'none': once the operating system has it. */
  readonly sync: SyncMode;
  /** A new file is begun when the next write would make the last one larger than this. */
  readonly segmentBytes: number;
}

/** The bytes of the log, in files of bounded size, appended to at the end only. */
export class SegmentedLog {
  /** Set once the disk refused to sync: what the file holds past `end` is unknown until a restart. */
  #broken: Error | undefined;

  private constructor(
    private readonly files: NodeFiles,
    private readonly folder: string,
    private readonly options: SegmentedLogOptions,
    private readonly segments: Segment[],
  ) {}

  static async open(files: NodeFiles, folder: string, options: SegmentedLogOptions): Promise<SegmentedLog> {
    const names = (await files.list(folder)).filter((name) => Segment.baseOf(name) !== undefined).sort();
    const segments: Segment[] = [];
    for (const [index, name] of names.entries()) {
      const segment = await Segment.open(files, folder, name);
      if (segment !== undefined) segments.push(segment);
      // A crash while the last segment was begun: nothing in it was acknowledged.
      else if (index === names.length - 1) await files.unlink(`${folder}/${name}`);
      else throw new LogDamagedError(`${folder}/${name}`, 0, 'its header is missing');
    }
    for (const [index, { end }] of segments.slice(0, -1).entries()) {
      const next = segments[index + 1] as Segment;
      if (next.base !== end) throw new LogDamagedError(next.path, 0, `the log before it ends at ${end}`);
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
      await segment.file.write(bytes, offset - segment.base);
    } catch (error) {
      await this.#cutAfterFailedWrite(segment);
      throw error;
    }
    await this.#sync(segment);
    segment.end = offset + bytes.length;
    return offset;
  }

  /** Drops what is behind `end` of the last segment, for good. */
  async cut(segment: Segment, end: number): Promise<void> {
    await segment.file.truncate(end - segment.base);
    await segment.file.datasync();
    segment.end = end;
  }

  async close(): Promise<void> {
    for (const segment of this.segments) await segment.file.close();
  }

  async #roomFor(bytes: number): Promise<Segment> {
    const last = this.segments.at(-1);
    const used = last === undefined ? 0 : last.end - last.base;
    if (last !== undefined && (last.end === last.start || used + bytes <= this.options.segmentBytes))
      return last;
    const next = await Segment.create(this.files, this.folder, last?.end ?? 0);
    try {
      await this.files.syncFolder(this.folder);
    } catch (error) {
      await next.file.close();
      await this.files.unlink(next.path);
      throw error;
    }
    this.segments.push(next);
    return next;
  }

  async #sync(segment: Segment): Promise<void> {
    if (this.options.sync === 'none') return;
    try {
      await segment.file.datasync();
    } catch (error) {
      // The kernel may have dropped the pages and will report success next time: nothing can be trusted.
      this.#broken = new Error('The disk refused to make an append durable; restart the node.', {
        cause: error,
      });
      throw this.#broken;
    }
  }

  async #cutAfterFailedWrite(segment: Segment): Promise<void> {
    try {
      await segment.file.truncate(segment.end - segment.base);
    } catch (error) {
      this.#broken = new Error('A failed append cannot be taken back; restart the node.', { cause: error });
    }
  }
}
