import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, type ProcessIdentity, thisProcess } from '#libs/protocol/data-folder';

/** Where a running standalone is, for the command line: `<data folder>/run.json`. */
export interface RunInfo {
  /** Of the HTTP APIs. */
  readonly url: string;
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
}

type StoredRunInfo = RunInfo & { readonly process: ProcessIdentity };

const RUN_FILE = 'run.json';

/** Readable by its owner only: the addresses may hold a password. */
export function writeRunFile(dataFolder: string, info: RunInfo): void {
  const stored: StoredRunInfo = { ...info, process: thisProcess() };
  const written = join(dataFolder, `.${RUN_FILE}`);
  writeFileSync(written, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600 });
  renameSync(written, join(dataFolder, RUN_FILE));
}

export function removeRunFile(dataFolder: string): void {
  rmSync(join(dataFolder, RUN_FILE), { force: true });
}

/** The running standalone of this data folder; none where the file is missing, or left behind by a process killed. */
export function readRunFile(dataFolder: string): RunInfo | undefined {
  let text: string;
  try {
    text = readFileSync(join(dataFolder, RUN_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { process: owner, ...info } = JSON.parse(text) as StoredRunInfo;
  return isRunning(owner) ? info : undefined;
}
