import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { WrongFileError } from './import-errors.js';

const BUFFERED_CHARACTERS = 64 * 1024;

/**
 * The rows left out: `Line,Class,Reason`, then the row as it stands in the file. It is written beside its place and
 * takes it when whole: what stands there is always the outcome of one whole run.
 */
export class RejectsFile {
  #pending = '';

  private constructor(
    readonly path: string,
    private readonly partialPath: string,
    private readonly stream: WriteStream,
  ) {}

  /** @throws WrongFileError when the place cannot be written. */
  static async create(path: string, header: readonly string[]): Promise<RejectsFile> {
    const partialPath = `${path}.partial`;
    try {
      const handle = await open(partialPath, 'w');
      const file = new RejectsFile(path, partialPath, createWriteStream('', { fd: handle }));
      file.stream.on('error', () => undefined); // reported by the write or the end that meets it
      await file.#write(['Line', 'Class', 'Reason', ...header]);
      return file;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new WrongFileError(
        `The rejects file ${path} cannot be written (${code ?? message}): name another place with --rejects.`,
        {
          cause: error,
        },
      );
    }
  }

  async add(line: number, rejectClass: string, reason: string, fields: readonly string[]): Promise<void> {
    await this.#write([String(line), rejectClass, reason, ...fields]);
  }

  /** Puts the file in its place, durably. */
  async complete(): Promise<void> {
    this.stream.end(this.#pending);
    await finished(this.stream);
    const written = await open(this.partialPath, 'r+');
    await written.sync();
    await written.close();
    await rename(this.partialPath, this.path);
  }

  /** Leaves the place as it was. */
  async discard(): Promise<void> {
    this.stream.destroy();
    await rm(this.partialPath, { force: true });
  }

  async #write(fields: readonly string[]): Promise<void> {
    this.#pending += `${fields.map(quoted).join(',')}\n`;
    if (this.#pending.length < BUFFERED_CHARACTERS) return;
    const text = this.#pending;
    this.#pending = '';
    if (!this.stream.write(text)) await once(this.stream, 'drain');
  }
}

const quoted = (field: string): string =>
  /[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
