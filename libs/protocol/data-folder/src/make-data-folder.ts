import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DataFolderError } from './data-folder-error.js';
import { type DataFolderKind, readFormat, writeFormat } from './folder-format.js';

export interface NewDataFolder {
  /** Nothing may be there yet, or an empty folder. */
  readonly path: string;
  readonly kind: DataFolderKind;
  readonly formatVersion: number;
}

/**
 * Makes a data folder that is there whole or not at all, and on disk when the promise resolves.
 * @param fill puts the files into the folder it is given.
 * @throws DataFolderError when something is at the path already.
 */
export async function makeDataFolder(
  { path, kind, formatVersion }: NewDataFolder,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  refuseOccupied(target);
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.partial-${randomUUID().slice(0, 8)}`;
  try {
    await mkdir(partial);
    await fill(partial);
    writeFormat(partial, { kind, formatVersion });
    for (const name of await readdir(partial)) await sync(join(partial, name));
    await sync(partial);
    await rename(partial, target);
    await sync(dirname(target));
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** Looks without taking the folder: somebody may be working in it. @throws DataFolderError */
export function checkDataFolder({ path, kind, formatVersion }: NewDataFolder): void {
  const found = existsSync(path) && statSync(path).isDirectory() ? readFormat(path) : undefined;
  if (found === undefined)
    throw new DataFolderError('foreign', path, `${path} is no data folder of Tidemark's.`);
  if (found.kind !== kind)
    throw new DataFolderError('other-kind', path, `${path} holds data of kind ${found.kind}, not ${kind}.`);
  if (found.formatVersion > formatVersion)
    throw new DataFolderError(
      'newer',
      path,
      `${path} is newer than this program: format ${found.formatVersion}.`,
    );
}

function refuseOccupied(target: string): void {
  if (!existsSync(target)) return;
  if (statSync(target).isDirectory() && readdirSync(target).length === 0) return;
  const message = `There is something at ${target} already; name a folder that is not there.`;
  throw new DataFolderError('occupied', target, message);
}

async function sync(path: string): Promise<void> {
  if (process.platform === 'win32') return; // a folder cannot be opened there
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
