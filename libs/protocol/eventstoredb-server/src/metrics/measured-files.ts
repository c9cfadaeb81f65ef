import type { NodeFile, NodeFiles } from '../storage/index.js';

export interface FileObserver {
  /** Once the disk has, or refused, all that was written to a file. */
  synced(seconds: number): void;
  read(sizeBytes: number): void;
  written(sizeBytes: number): void;
}

/** The same files, watched. */
export function measuredFiles(files: NodeFiles, observer: FileObserver): NodeFiles {
  return {
    list: (folder) => files.list(folder),
    rename: (from, to) => files.rename(from, to),
    unlink: (path) => files.unlink(path),
    syncFolder: (folder) => files.syncFolder(folder),
    open: async (path, mode) => new MeasuredFile(await files.open(path, mode), observer),
  };
}

const MS_PER_SECOND = 1_000;

class MeasuredFile implements NodeFile {
  constructor(
    private readonly file: NodeFile,
    private readonly observer: FileObserver,
  ) {}

  get path(): string {
    return this.file.path;
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    const sizeBytes = await this.file.read(into, at);
    this.observer.read(sizeBytes);
    return sizeBytes;
  }

  readNow(into: Uint8Array, at: number): number {
    const sizeBytes = this.file.readNow(into, at);
    this.observer.read(sizeBytes);
    return sizeBytes;
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    await this.file.write(bytes, at);
    this.observer.written(bytes.length);
  }

  writeNow(bytes: Uint8Array, at: number): void {
    this.file.writeNow(bytes, at);
    this.observer.written(bytes.length);
  }

  async datasync(): Promise<void> {
    const startedAt = performance.now();
    try {
      await this.file.datasync();
    } finally {
      this.observer.synced((performance.now() - startedAt) / MS_PER_SECOND);
    }
  }

  sizeBytes(): Promise<number> {
    return this.file.sizeBytes();
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.file.truncate(sizeBytes);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
