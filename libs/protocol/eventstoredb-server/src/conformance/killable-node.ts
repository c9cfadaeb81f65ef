import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach } from '@jest/globals';

export interface KillableNode {
  readonly url: string;
  readonly port: string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Starts nodes as processes of their own, one after the other, all on the data folder of the test. */
export function killableNodes(): (port?: string) => Promise<KillableNode> {
  let folder: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eventstoredb-kill-'));
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return async (port = '0') => {
    const main = fileURLToPath(new URL('../main.js', import.meta.url));
    const node = spawn(process.execPath, [main, '--data', folder, '--port', port], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = node;
    const [line] = (await once(node.stdout, 'data')) as [Buffer];
    const url = /esdb:\S+(?=,)/.exec(line.toString())?.[0] as string;
    return {
      url,
      port: new URL(url).port,
      async kill() {
        const gone = once(node, 'exit');
        node.kill('SIGKILL');
        await gone;
      },
    };
  };
}
