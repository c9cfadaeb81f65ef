import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DataFolderError } from './data-folder-error.js';
import {
  type DataFolderKind,
  holdsForeignFiles,
  readFormat,
  syncFolder,
  writeFormat,
} from './folder-format.js';
import { FolderInUse, lockFolder } from './folder-lock.js';

export interface DataFolderOptions {
  readonly path: string;
  readonly kind: DataFolderKind;
  /** Version of the layout that this program writes, counted from 1. */
  readonly formatVersion: number;
  /**
   * Brings the files from an older layout to this one; the version is written after it resolves, so it
   * runs again after a crash and must bear that. Without it, older folders are refused.
   */
  readonly migrate?: (path: string, fromVersion: number) => Promise<void>;
}

export interface DataFolder {
  /** Absolute. */
  readonly path: string;
  /** Gives the folder back; again is harmless. A process that ends in any way has given it back too. */
  release(): void;
}

/**
 * Creates the folder where it is missing, takes it for this process alone and checks its format.
 * The lock guards against processes of the same machine (and the same container) only.
 * @throws DataFolderError in one sentence, for every reason that an operator can do something about.
 */
export async function openDataFolder(options: DataFolderOptions): Promise<DataFolder> {
  const path = resolve(options.path);
  const lock = takeFolder(path);
  try {
    await bringToFormat(path, options);
  } catch (error) {
    lock.release();
    throw asDataFolderError(path, error);
  }
  let held = true;
  return {
    path,
    release() {
      if (held) lock.release();
      held = false;
    },
  };
}

function takeFolder(path: string): { release(): void } {
  try {
    createFolder(path);
    return lockFolder(path);
  } catch (error) {
    throw asDataFolderError(path, error);
  }
}

/** Not mkdir's own recursion, which Node repeats for ever under a folder that refuses (such as /proc). */
function createFolder(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
    return;
  }
  const parent = dirname(path);
  if (!existsSync(parent)) createFolder(parent);
  try {
    mkdirSync(path);
    syncFolder(parent);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process was faster
  }
}

async function bringToFormat(path: string, { kind, formatVersion, migrate }: DataFolderOptions) {
  const found = readFormat(path);
  if (found === undefined) {
    if (holdsForeignFiles(path)) {
      throw new DataFolderError('foreign', path, `The folder ${path} holds files that are not Tidemark's.`);
    }
    writeFormat(path, { kind, formatVersion });
    return;
  }
  if (found.kind !== kind) {
    const message = `The data folder ${path} holds data of kind ${found.kind}, not ${kind}.`;
    throw new DataFolderError('other-kind', path, message);
  }
  if (found.formatVersion === formatVersion) return;
  const versions = `format ${found.formatVersion}, this program writes format ${formatVersion}`;
  if (found.formatVersion > formatVersion) {
    throw new DataFolderError(
      'newer',
      path,
      `The data folder ${path} is newer than this program: ${versions}.`,
    );
  }
  if (migrate === undefined) {
    throw new DataFolderError('older', path, `The data folder ${path} is too old: ${versions}.`);
  }
  await migrate(path, found.formatVersion);
  writeFormat(path, { kind, formatVersion });
}

function asDataFolderError(path: string, error: unknown): unknown {
  if (error instanceof FolderInUse) {
    const message = `The data folder ${path} is in use by process ${error.pid}.`;
    return new DataFolderError('in-use', path, message, { cause: error });
  }
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT': // what mkdir says under /proc
      return new DataFolderError('unwritable', path, `The data folder ${path} cannot be written.`, {
        cause: error,
      });
    case 'ENOTDIR':
    case 'EEXIST':
      return new DataFolderError('not-a-folder', path, `${path} is not a folder.`, { cause: error });
    default:
      return error;
  }
}
