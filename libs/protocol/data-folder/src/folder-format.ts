import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export type DataFolderKind = 'eventstoredb' | 'mongodb' | 'tidemark';

export interface FolderFormat {
  readonly kind: DataFolderKind;
  readonly formatVersion: number;
}

const FORMAT_FILE = 'format.json';

export function readFormat(folder: string): FolderFormat | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, FORMAT_FILE), 'utf8')) as FolderFormat;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** On disk, whole, when it returns: a crash leaves the old file or the new one. */
export function writeFormat(folder: string, format: FolderFormat): void {
  const written = join(folder, `.${FORMAT_FILE}`);
  const file = openSync(written, 'w');
  try {
    writeSync(file, `${JSON.stringify(format)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(written, join(folder, FORMAT_FILE));
  syncFolder(folder);
}

/** Whether somebody else's files are there; hidden ones, our locks and a disk's lost+found do not count. */
export function holdsForeignFiles(folder: string): boolean {
  return readdirSync(folder).some((name) => !/^(\..*|lock\.\d+|lost\+found)$/.test(name));
}

/** Puts the names in a folder on disk. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // a folder cannot be opened there
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
