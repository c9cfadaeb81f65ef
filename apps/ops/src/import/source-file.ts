import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { UnreadableFileError, WrongFileError } from './import-errors.js';

const GZIP_MAGIC = [0x1f, 0x8b];
const LINE_FEED = 0x0a;
const MAX_LINE_BYTES = 1024 * 1024;
const PLAIN_CHUNK_BYTES = 256 * 1024;

/** A CSV file, plain or gzip (told by its first bytes), as blocks of whole lines of checked UTF-8. */
export class SourceFile {
  /** Bytes taken from the file so far, as stored: compressed, where it is compressed. */
  bytesRead = 0;

  private constructor(
    private readonly handle: FileHandle,
    private readonly gzipped: boolean,
    readonly sizeBytes: number,
  ) {}

  /** @throws WrongFileError with one sentence when it cannot be opened. */
  static async open(path: string): Promise<SourceFile> {
    try {
      const handle = await open(path);
      const stats = await handle.stat();
      if (!stats.isFile()) {
        await handle.close();
        throw new WrongFileError(`${path} is not a file.`);
      }
      const start = await handle.read(Buffer.alloc(2), 0, 2, 0);
      const gzipped =
        start.bytesRead === 2 && GZIP_MAGIC.every((byte, index) => start.buffer[index] === byte);
      return new SourceFile(handle, gzipped, stats.size);
    } catch (error) {
      if (error instanceof WrongFileError) throw error;
      throw new WrongFileError(`${path} cannot be read: ${reasonOf(error)}.`, { cause: error });
    }
  }

  /** @throws UnreadableFileError at the line where it stops being UTF-8, or where the file is cut off. */
  async *blocks(): AsyncGenerator<Buffer> {
    let lines = 0;
    let rest: Buffer[] = [];
    let restBytes = 0;
    for await (const chunk of this.#bytes(() => lines + 1)) {
      const end = chunk.lastIndexOf(LINE_FEED) + 1;
      rest.push(end === 0 ? chunk : chunk.subarray(0, end));
      restBytes += chunk.length;
      if (end === 0) {
        if (restBytes > MAX_LINE_BYTES) throw new UnreadableFileError(lines + 1, 'is longer than 1 MiB');
        continue;
      }
      const block = rest.length === 1 ? (rest[0] as Buffer) : Buffer.concat(rest);
      lines += checkedLines(block, lines);
      yield block;
      rest = end < chunk.length ? [chunk.subarray(end)] : [];
      restBytes = chunk.length - end;
    }
    if (rest.length === 0) return;
    const last = Buffer.concat(rest);
    checkedLines(last, lines);
    yield last;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  async *#bytes(line: () => number): AsyncGenerator<Buffer> {
    const stored = this.handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 64 * 1024 });
    stored.on('data', (chunk) => {
      this.bytesRead += chunk.length;
    });
    if (!this.gzipped) {
      yield* stored as AsyncIterable<Buffer>;
      return;
    }
    const plain = createGunzip({ chunkSize: PLAIN_CHUNK_BYTES });
    stored.on('error', (error) => plain.destroy(error));
    try {
      yield* stored.pipe(plain) as AsyncIterable<Buffer>;
    } catch (error) {
      throw new UnreadableFileError(line(), `the gzip file is damaged or cut off (${reasonOf(error)})`, {
        cause: error,
      });
    } finally {
      stored.destroy();
    }
  }
}

/** How many line ends the block holds. */
function checkedLines(block: Buffer, linesBefore: number): number {
  const valid = isUtf8(block);
  let lines = 0;
  let start = 0;
  for (let end = block.indexOf(LINE_FEED); end !== -1; end = block.indexOf(LINE_FEED, start)) {
    if (!valid && !isUtf8(block.subarray(start, end))) break;
    lines++;
    start = end + 1;
  }
  if (!valid) throw new UnreadableFileError(linesBefore + lines + 1, 'is not UTF-8: convert the file first');
  return lines;
}

const reasonOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error as Error).message;
