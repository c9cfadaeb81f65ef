import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DataFolderOptions, openDataFolder } from './open-data-folder.js';
import { thisProcess } from './process-identity.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidemark-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = (name = 'data', options: Partial<DataFolderOptions> = {}) =>
  openDataFolder({ path: resolve(root, name), kind: 'eventstoredb', formatVersion: 2, ...options });

/** A process that tries to take the folder as often as asked and says "mine" or why not. */
function contender(path: string): { process: ChildProcess; says(): Promise<string>; tryIt(): void } {
  const script = `
    import { createInterface } from 'node:readline';
    import { openDataFolder } from ${JSON.stringify(new URL('./open-data-folder.js', import.meta.url).href)};
    console.log('ready');
    for await (const line of createInterface({ input: process.stdin })) {
      try {
        await openDataFolder({ path: ${JSON.stringify(path)}, kind: 'eventstoredb', formatVersion: 2 });
        console.log('mine');
      } catch (error) { console.log(error.problem ?? String(error)); }
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    says: async () => String((await lines.next()).value),
    tryIt: () => child.stdin.write('\n'),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('the lock of a data folder', () => {
  it('keeps a second owner out until it is released', async () => {
    const folder = await open();
    await expect(open()).rejects.toThrow(
      `The data folder ${join(root, 'data')} is in use by process ${process.pid}.`,
    );
    folder.release();
    folder.release();
    (await open()).release();
  });

  it('lets exactly one of several racing processes have it, also when they find a dead owner', async () => {
    const racers = [1, 2, 3].map(() => contender(join(root, 'data')));
    try {
      await Promise.all(racers.map((racer) => racer.says()));
      let left = racers;
      while (left.length > 0) {
        for (const racer of left) racer.tryIt();
        const said = await Promise.all(left.map((racer) => racer.says()));
        expect(said.toSorted()).toEqual(['mine', ...left.slice(1).map(() => 'in-use')].toSorted());
        const winner = left[said.indexOf('mine')]!;
        await kill(winner.process);
        left = left.filter((racer) => racer !== winner);
      }
      (await open()).release();
    } finally {
      for (const racer of racers) racer.process.kill('SIGKILL');
    }
  });

  it('does not mistake another run with the same process id for the owner', async () => {
    (await open()).release();
    const owner = thisProcess();
    const lock = readdirSync(join(root, 'data')).find((name) => name.startsWith('lock.'))!;
    const pretend = (who: object) => writeFileSync(join(root, 'data', lock), JSON.stringify(who));
    if (owner.startedAtTicks !== null) {
      pretend({ ...owner, startedAtTicks: '1' });
      (await open()).release();
    }
    if (owner.bootId !== null) {
      pretend({ ...owner, bootId: 'another boot' });
      (await open()).release();
    }
  });
});

describe('the format of a data folder', () => {
  it('is written with the folder and kept', async () => {
    (await open()).release();
    const format = JSON.parse(readFileSync(join(root, 'data', 'format.json'), 'utf8'));
    expect(format).toEqual({ kind: 'eventstoredb', formatVersion: 2 });
    (await open()).release();
  });

  it('is migrated from an older version, again after a failure', async () => {
    (await open('data', { formatVersion: 1 })).release();
    const seen: number[] = [];
    const failing = async () => {
      throw new Error('half way');
    };
    await expect(open('data', { migrate: failing })).rejects.toThrow('half way');
    (await open('data', { migrate: async (_path, from) => void seen.push(from) })).release();
    (await open()).release();
    expect(seen).toEqual([1]);
  });

  it('is refused when older without a migration, newer, of another kind, or not ours', async () => {
    (await open()).release();
    await expect(open('data', { formatVersion: 3 })).rejects.toMatchObject({ problem: 'older' });
    await expect(open('data', { formatVersion: 1 })).rejects.toThrow(
      `The data folder ${join(root, 'data')} is newer than this program: format 2, this program writes format 1.`,
    );
    await expect(open('data', { kind: 'mongodb' })).rejects.toMatchObject({ problem: 'other-kind' });
    writeFileSync(join(root, 'letter.txt'), 'dear all');
    await expect(open('.')).rejects.toMatchObject({ problem: 'foreign' });
  });
});

describe('a folder that cannot be used', () => {
  it('is refused in one sentence when a file stands in its place', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(open('file')).rejects.toThrow(`${join(root, 'file')} is not a folder.`);
    await expect(open('file/below')).rejects.toMatchObject({ problem: 'not-a-folder' });
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('is refused in one sentence when it cannot be written', async () => {
    await expect(open('/proc/tidemark')).rejects.toMatchObject({ problem: 'unwritable' });
  });
});
