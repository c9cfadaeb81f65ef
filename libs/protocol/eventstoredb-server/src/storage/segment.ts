import { join } from 'node:path';
import type { NodeFile, NodeFiles } from './node-files.js';

const MAGIC = 'TIDELOG1';
export const SEGMENT_HEADER_BYTES = 16;
const SEGMENT_NAME = /^(\d{16})\.log$/;

/**
 * One file of the log. Offsets are those of the whole log: byte n of the file is at `base` + n, and the next
 * segment's base is where this one ends.
 */
export class Segment {
  private constructor(
    readonly base: number,
    readonly file: NodeFile,
    /** End of what is known to be whole. */
    public end: number,
  ) {}

  get path(): string {
    return this.file.path;
  }

  get start(): number {
    return this.base + SEGMENT_HEADER_BYTES;
  }

  static baseOf(fileName: string): number | undefined {
    const digits = SEGMENT_NAME.exec(fileName)?.[1];
    return digits === undefined ? undefined : Number(digits);
  }

  /** On disk with its header when it resolves; its name is, once the folder was synced. */
  static async create(files: NodeFiles, folder: string, base: number): Promise<Segment> {
    const path = join(folder, `${String(base).padStart(16, '0')}.log`);
    const file = await files.open(path, 'create');
    const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
    header.write(MAGIC, 'latin1');
    header.writeDoubleLE(base, MAGIC.length);
    try {
      await file.write(header, 0);
      await file.datasync();
    } catch (error) {
      await file.close();
      await files.unlink(path);
      throw error;
    }
    return new Segment(base, file, base + SEGMENT_HEADER_BYTES);
  }

  /** Undefined when the file is too short to have ever held a record. */
  static async open(files: NodeFiles, folder: string, name: string): Promise<Segment | undefined> {
    const base = Segment.baseOf(name) as number;
    const path = join(folder, name);
    const file = await files.open(path, 'write');
    const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
    const bytesRead = await file.read(header, 0);
    if (bytesRead < header.length || header.equals(Buffer.alloc(SEGMENT_HEADER_BYTES))) {
      await file.close();
      return undefined;
    }
    if (header.toString('latin1', 0, MAGIC.length) !== MAGIC || header.readDoubleLE(MAGIC.length) !== base) {
      await file.close();
      throw new LogDamagedError(path, 0, 'its header is not that of a log segment');
    }
    return new Segment(base, file, base + (await file.sizeBytes()));
  }

  async read(offset: number, sizeBytes: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(sizeBytes);
    return buffer.subarray(0, await this.file.read(buffer, offset - this.base));
  }

  /** For the rare decision that needs an event from disk within one step. */
  readNow(offset: number, sizeBytes: number): Buffer {
    const buffer = Buffer.allocUnsafeSlow(sizeBytes);
    return buffer.subarray(0, this.file.readNow(buffer, offset - this.base));
  }
}

/** Acknowledged data is not as it was written. It is reported, never served. */
export class LogDamagedError extends Error {
  override readonly name = 'LogDamagedError';
  constructor(path: string, atByte: number, what: string) {
    super(`The log file ${path} is damaged at byte ${atByte}: ${what}. Restore it from a backup.`);
  }
}
