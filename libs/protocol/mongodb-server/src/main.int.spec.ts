import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { startMongoDb } from './index.js';

// Embedded only: this is about our own program.
const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
let root: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tidemark-mongodb-main-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
});

function launch(...options: string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...options], { stdio: ['ignore', 'pipe', 'pipe'], cwd: root });
  children.push(child);
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; said: string }> {
  let said = '';
  child.stderr!.on('data', (chunk) => {
    said += String(chunk);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

async function urlOf(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
  return /mongodb:\S+[^,\s]/.exec(String(chunk))![0];
}

describe('the program', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'keeps its data, gives everything back on %s and starts again',
    async (signal) => {
      for (const expected of [1, 2]) {
        const child = launch('--data', join(root, 'data'), '--port', '0');
        const client = new MongoClient(await urlOf(child));
        const runs = client.db('kept').collection('runs');
        await runs.insertOne({ n: expected });
        await runs.createIndex({ n: 1 });
        expect(await runs.countDocuments({ n: { $gte: 1 } })).toBe(expected);
        await client.close();
        const end = ended(child);
        child.kill(signal);
        expect(await end).toEqual({ code: 0, said: '' });
      }
    },
    30_000,
  );

  it('says in one sentence why it does not start, with exit code 2', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    const holder = await startMongoDb({ dataDir: join(root, 'held') });
    try {
      const refusals: [string[], RegExp][] = [
        [
          ['--port', String(port), '--data', join(root, 'd')],
          /^Port \d+ on 127\.0\.0\.1 is in use by another program\.\n$/,
        ],
        [['--port', '0', '--data', join(root, 'held')], /^The data folder .* is in use by process \d+\.\n$/],
        [
          ['--host', '0.0.0.0', '--data', join(root, 'd')],
          /^Without a user the embedded MongoDB server listens on loopback only, .*\n$/,
        ],
        [['--port', '99999'], /^error: option '--port <number>' argument '99999' is invalid\./],
        [['--frobnicate'], /^error: unknown option '--frobnicate'/],
      ];
      for (const [options, sentence] of refusals) {
        const { code, said } = await ended(launch(...options));
        expect(said).toMatch(sentence);
        expect(code).toBe(2);
      }
    } finally {
      await holder.close();
      blocker.close();
    }
  }, 30_000);

  it('shows examples', async () => {
    const child = launch('--help');
    let shown = '';
    child.stdout!.on('data', (chunk) => {
      shown += String(chunk);
    });
    expect((await ended(child)).code).toBe(0);
    expect(shown).toContain('npm run mongodb -- --data ./my-data');
  });
});
