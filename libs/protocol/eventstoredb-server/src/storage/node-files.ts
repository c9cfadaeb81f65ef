import { readSync, writeSync } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';

/**
 * All that a node asks of the file system for what it stores; the lock and the format file of the data folder,
 * taken before it runs, are apart. Another implementation may record what is asked, or refuse it (ENOSPC, EIO).
 *
 * What the node relies on after a power cut, and no more than that:
 * - bytes written to a file before a `datasync` that resolved are there, and the file is at least that long;
 * - bytes written since may be there, be zeros, or be what was there before, in any pieces and any order;
 * - so may the length a file was truncated or grown to since its last `datasync`;
 * - a name that was created, renamed or unlinked is surely so only after `syncFolder` of its folder resolved.
 *
 * Errors are those of node:fs, with their `code`.
 */
export interface NodeFiles {
  /** 'create': to read and write, empty. 'write': to read and write, ENOENT where it is missing. 'read': the same to read. */
  open(path: string, mode: 'create' | 'write' | 'read'): Promise<NodeFile>;
  /** Names of the entries of a folder, in no order. */
  list(folder: string): Promise<string[]>;
  /** Takes the place of what is at `to`. */
  rename(from: string, to: string): Promise<void>;
  /** What is missing already is no error. */
  unlink(path: string): Promise<void>;
  syncFolder(folder: string): Promise<void>;
}

/** An open file. Places are bytes from its start. */
export interface NodeFile {
  readonly path: string;
  sizeBytes(): Promise<number>;
  /** Fills `into`; returns less than its length only where the file ends. */
  read(into: Uint8Array, at: number): Promise<number>;
  /** The same within one step, for what cannot wait. */
  readNow(into: Uint8Array, at: number): number;
  /** Writes all of `bytes` or throws; then some of them may be there. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  /** The same within one step: for a few pages, cheaper than the way to another thread and back. */
  writeNow(bytes: Uint8Array, at: number): void;
  /** Resolves once the disk has all that was written, and the length. */
  datasync(): Promise<void>;
  truncate(sizeBytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Whether a write failed because there is no room, or none for this user. */
export function isDiskFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

const FLAGS = { create: 'w+', write: 'r+', read: 'r' } as const;

/** The real thing. */
export const nodeFiles: NodeFiles = {
  open: async (path, mode) => new OpenFile(path, await open(path, FLAGS[mode])),
  list: (folder) => readdir(folder),
  rename,
  unlink: (path) => rm(path, { force: true }),
  async syncFolder(path) {
    if (process.platform === 'win32') return; // a folder cannot be opened there
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

/** What one system call takes. */
const MAX_READ_BYTES = 2 ** 30;

class OpenFile implements NodeFile {
  constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  async sizeBytes(): Promise<number> {
    return (await this.handle.stat()).size;
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const { bytesRead } = await this.handle.read(into, done, into.length - done, at + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  readNow(into: Uint8Array, at: number): number {
    let done = 0;
    while (done < into.length) {
      const wanted = Math.min(into.length - done, MAX_READ_BYTES);
      const bytesRead = readSync(this.handle.fd, into, done, wanted, at + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length; )
      done += (await this.handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }

  writeNow(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; )
      done += writeSync(this.handle.fd, bytes, done, bytes.length - done, at + done);
  }

  datasync(): Promise<void> {
    return this.handle.datasync();
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.handle.truncate(sizeBytes);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
