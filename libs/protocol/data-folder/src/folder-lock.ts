import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, type ProcessIdentity, thisProcess } from './process-identity.js';

const LOCK_FILE = /^lock\.(\d+)$/;

export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
  constructor(readonly pid: number) {
    super(`in use by process ${pid}`);
  }
}

/**
 * Takes the folder for this process, at once or never: throws FolderInUse while its owner runs.
 *
 * Lock files are numbered; the highest number says who owns the folder, and an emptied file says nobody. To
 * take it is to create the next number, which only one process can do, and then to find it still the
 * highest: a process that looked long ago may create a number that was used and removed meanwhile, but only
 * a higher one removes a number, and the highest is never removed. So a dead owner's lock is replaced, not
 * deleted, and two processes that both find it dead cannot both win.
 */
export function lockFolder(folder: string): { release(): void } {
  const claim = join(folder, `.claim-${randomUUID()}`);
  writeFileSync(claim, JSON.stringify(thisProcess()), { flag: 'wx' });
  try {
    for (;;) {
      const newest = numbersIn(folder).at(-1) ?? 0;
      const owner = newest === 0 ? undefined : ownerOf(folder, newest);
      if (owner !== undefined && isRunning(owner)) throw new FolderInUse(owner.pid);
      const mine = newest + 1;
      if (!linkedAs(claim, lockPath(folder, mine))) continue;
      const numbers = numbersIn(folder);
      if (numbers.at(-1) !== mine) {
        rmSync(lockPath(folder, mine), { force: true });
        continue;
      }
      for (const older of numbers) if (older < mine) rmSync(lockPath(folder, older), { force: true });
      return { release: () => truncateSync(lockPath(folder, mine)) };
    }
  } finally {
    rmSync(claim, { force: true });
  }
}

function lockPath(folder: string, number: number): string {
  return join(folder, `lock.${number}`);
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => Number(LOCK_FILE.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

/** Undefined where nobody owns it: released, or replaced since it was listed. */
function ownerOf(folder: string, number: number): ProcessIdentity | undefined {
  try {
    const text = readFileSync(lockPath(folder, number), 'utf8');
    return text === '' ? undefined : (JSON.parse(text) as ProcessIdentity);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Creates `path` whole or not at all; false where it is there already. */
function linkedAs(claim: string, path: string): boolean {
  try {
    linkSync(claim, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
