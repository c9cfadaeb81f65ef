import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { DataFolderError, openDataFolder } from '#libs/protocol/data-folder';
import { KeyValueStore } from './storage/key-value-store.js';
import { verifyStore } from './storage/verify.js';

/** Of the whole data folder. */
export const FORMAT_VERSION = 1;
export const STORE = 'store';

/** Why a backup or a restoration was refused, in one sentence for the operator. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/**
 * Makes a data folder that is there whole or not at all, and on disk when the promise resolves.
 * @param copyStore copies the store of one moment into the folder of that name.
 * @throws BackupError when something is at `to` already.
 */
export async function makeDataFolder(
  to: string,
  copyStore: (folder: string) => Promise<void>,
): Promise<void> {
  const target = resolve(to);
  if (existsSync(target) && (await readdir(target)).length > 0)
    throw new BackupError(`There is something in ${target} already; name a folder that is not there.`);
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.partial-${randomUUID().slice(0, 8)}`;
  try {
    const folder = await openDataFolder({ path: partial, kind: 'mongodb', formatVersion: FORMAT_VERSION });
    try {
      await copyStore(join(partial, STORE));
    } finally {
      folder.release();
    }
    for (const path of [join(partial, STORE, 'data.mdb'), join(partial, STORE), partial]) await sync(path);
    await rename(partial, target);
    await sync(dirname(target));
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Copies the data folder, also while a server works on it. @throws DataFolderError, BackupError */
export async function backup(data: string, to: string): Promise<void> {
  await withStore(data, (store) => makeDataFolder(to, (folder) => store.copyTo(folder)));
}

/** Makes a data folder from a backup that holds together. @returns what is wrong with the backup otherwise. */
export async function restore(from: string, data: string): Promise<string[]> {
  const findings = await verify(from);
  if (findings.length === 0) await backup(from, data);
  return findings;
}

const MAX_FINDINGS = 100;

/**
 * Compares everything in a data folder with everything that says the same, also while a server works on it.
 * @returns up to 100 findings, each a sentence; none when all is well. @throws DataFolderError
 */
export async function verify(data: string): Promise<string[]> {
  return withStore(data, async (store) => {
    const snapshot = store.snapshot();
    const findings: string[] = [];
    try {
      for (const finding of verifyStore(snapshot)) {
        if (finding === undefined) await breathe();
        else if (findings.push(finding) === MAX_FINDINGS) break;
      }
    } finally {
      snapshot.release();
    }
    return findings;
  });
}

async function withStore<T>(data: string, work: (store: KeyValueStore) => Promise<T>): Promise<T> {
  const path = resolve(data);
  await checkFormat(path);
  const store = KeyValueStore.openReadOnly(join(path, STORE));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function checkFormat(path: string): Promise<void> {
  const text = await readFile(join(path, 'format.json'), 'utf8').catch(() => undefined);
  const format =
    text === undefined ? undefined : (JSON.parse(text) as { kind: string; formatVersion: number });
  if (!format || !existsSync(join(path, STORE, 'data.mdb')))
    throw new DataFolderError('foreign', path, `${path} is no data folder of a MongoDB server.`);
  if (format.kind !== 'mongodb')
    throw new DataFolderError('other-kind', path, `${path} holds data of kind ${format.kind}, not mongodb.`);
  if (format.formatVersion !== FORMAT_VERSION)
    throw new DataFolderError(
      'newer',
      path,
      `${path} has format ${format.formatVersion}; this program reads format ${FORMAT_VERSION}.`,
    );
}
