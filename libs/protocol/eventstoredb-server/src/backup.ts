import { resolve } from 'node:path';
import { checkDataFolder, makeDataFolder } from '#libs/protocol/data-folder';
import { DATA_FORMAT } from './data-format.js';
import { copyLog, nodeFiles } from './storage/index.js';
import { type Verified, verify } from './verify.js';

/**
 * Copies a log, also while a node writes to it: the copy is a data folder with all that was acknowledged before, whole
 * appends only, and is there whole or not at all.
 * @param to nothing may be there yet, or an empty folder.
 * @throws DataFolderError, or LogDamagedError: what cannot be read is not copied as if it could.
 */
export async function backup(data: string, to: string): Promise<void> {
  const path = resolve(data);
  checkDataFolder({ path, ...DATA_FORMAT });
  await makeDataFolder({ path: to, ...DATA_FORMAT }, (folder) => copyLog(nodeFiles, path, folder));
}

/** Makes a data folder from a backup, unless something is wrong with that. @throws DataFolderError */
export async function restore(from: string, data: string): Promise<Verified> {
  const verified = await verify(from);
  if (verified.findings.length === 0) await backup(from, data);
  return verified;
}
