import { join } from 'node:path';
import type { NodeFile, NodeFiles } from './node-files.js';

const MAGIC = 'TIDELOG1';
export const SEGMENT_HEADER_BYTES = 16;
const SEGMENT_NAME = /^(\d{16})\.log$/;
/** Pages that the kernel takes at once; more goes over another thread. */
const WRITE_NOW_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(1024 * 1024);

/**
 * One file of the log: records, then zeros up to where the next file begins. Offsets are those of the whole log:
 * byte n of the file is at `base` + n. The zeros are there before they are needed, so that an append
 * overwrites blocks that the file has already and its sync need not write the file's own metadata.
 */
export class Segment {
  private constructor(
    readonly base: number,
    readonly file: NodeFile,
    /** Where the next segment begins. */
    readonly limit: number,
    /** Where the file ends. */
    public filledTo: number,
    /** End of the records that are known to be whole. */
    public end: number = base + SEGMENT_HEADER_BYTES,
  ) {}

  get path(): string {
    return this.file.path;
  }

  get start(): number {
    return this.base + SEGMENT_HEADER_BYTES;
  }

  get isEmpty(): boolean {
    return this.end === this.start;
  }

  static baseOf(fileName: string): number | undefined {
    const digits = SEGMENT_NAME.exec(fileName)?.[1];
    return digits === undefined ? undefined : Number(digits);
  }

  /** On disk with its header when it resolves; its name is, once the folder was synced. */
  static async create(files: NodeFiles, folder: string, base: number, limit: number): Promise<Segment> {
    const path = join(folder, `${String(base).padStart(16, '0')}.log`);
    const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
    header.write(MAGIC, 'latin1');
    header.writeDoubleLE(base, MAGIC.length);
    const file = await files.open(path, 'create');
    try {
      await file.write(header, 0);
      await file.datasync();
    } catch (error) {
      await file.close();
      await files.unlink(path);
      throw error;
    }
    return new Segment(base, file, limit, base + header.length);
  }

  /** `limit` is where the next one begins, if there is one. Undefined when the file has never held a record. */
  static async open(
    files: NodeFiles,
    folder: string,
    name: string,
    limit: number | undefined,
    mode: 'read' | 'write' = 'write',
  ): Promise<Segment | undefined> {
    const base = Segment.baseOf(name) as number;
    const path = join(folder, name);
    const file = await files.open(path, mode);
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
    const filledTo = base + (await file.sizeBytes());
    return new Segment(base, file, limit ?? filledTo, filledTo);
  }

  /** Writes zeros up to the limit, or until told to stop. Nothing may be appended meanwhile. */
  async fill(isStopped: () => boolean): Promise<void> {
    while (this.filledTo < this.limit && !isStopped()) {
      const zeros = ZEROS.subarray(0, Math.min(ZEROS.length, this.limit - this.filledTo));
      await this.file.write(zeros, this.filledTo - this.base);
      await this.file.datasync();
      this.filledTo += zeros.length;
    }
  }

  hasRoomFor(bytes: number): boolean {
    return this.end + bytes <= this.limit;
  }

  /** Writes behind the last record; they are records of the log once `end` was moved behind them. */
  async write(bytes: Buffer): Promise<void> {
    if (bytes.length <= WRITE_NOW_BYTES) this.file.writeNow(bytes, this.end - this.base);
    else await this.file.write(bytes, this.end - this.base);
    this.filledTo = Math.max(this.filledTo, this.end + bytes.length);
  }

  /** Drops what may be behind the last record, for good. */
  async dropRest(): Promise<void> {
    await this.file.truncate(this.end - this.base);
    await this.file.datasync();
    this.filledTo = this.end;
  }

  /** Overwrites what is behind the last record with zeros, up to an offset, for good. */
  async zeroUpTo(offset: number): Promise<void> {
    for (let at = this.end; at < offset; at += ZEROS.length)
      await this.file.write(ZEROS.subarray(0, Math.min(ZEROS.length, offset - at)), at - this.base);
    await this.file.datasync();
  }

  /** In `memory` if it is large enough for that; what it held is lost. */
  async read(offset: number, sizeBytes: number, memory?: Buffer): Promise<Buffer> {
    const buffer =
      memory !== undefined && memory.length >= sizeBytes
        ? memory.subarray(0, sizeBytes)
        : Buffer.allocUnsafeSlow(sizeBytes);
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
