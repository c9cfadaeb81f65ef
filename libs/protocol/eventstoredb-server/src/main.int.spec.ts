import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { numbered } from './conformance/node-under-test.js';

jest.setTimeout(60_000);

type Child = ChildProcessByStdio<null, Readable, Readable>;

let folder: string;
const children: Child[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventstoredb-main-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function run(...args: string[]): Child {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function ended(child: Child): Promise<{ code: number | null; out: string; err: string }> {
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

async function listening(child: Child): Promise<string> {
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return /esdb:\S+(?=,)/.exec(line.toString())?.[0] as string;
}

describe('the stand-alone node', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'answers, and stops cleanly at %s with nothing lost',
    async (signal) => {
      const child = run('--data', folder, '--port', '0');
      const client = EventStoreDBClient.connectionString(await listening(child));
      await client.appendToStream('kept', numbered(1));
      const over = ended(child);
      child.kill(signal);
      expect(await over).toMatchObject({ code: 0, err: '' });
      await client.dispose();
      const again = run('--data', folder, '--port', '0');
      const second = EventStoreDBClient.connectionString(await listening(again));
      for await (const { event } of second.readStream('kept')) expect(event?.data).toEqual({ number: 1 });
      await second.dispose();
    },
  );

  it('speaks HTTP/1.1 on the same port', async () => {
    const url = new URL((await listening(run('--data', folder, '--port', '0'))).replace('esdb:', 'http:'));
    const get = (path: string) => fetch(new URL(path, url));
    expect((await get('/health/live')).status).toBe(204);
    expect((await get('/health/live?liveCode=200')).status).toBe(200);
    expect(await (await get('/ping')).json()).toMatchObject({ text: 'Ping request successfully handled' });
    expect(await (await get('/info')).json()).toMatchObject({
      dbVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    expect((await get('/nothing')).status).toBe(404);
  });

  it('says in one sentence why it does not start, with exit code 2', async () => {
    const said = async (...args: string[]) => {
      const { code, err } = await ended(run(...args));
      return [code, err.trim()];
    };
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    expect(await said('--data', folder, '--port', `${port}`)).toEqual([
      2,
      `Port ${port} of 127.0.0.1 is taken by another process.`,
    ]);
    taken.close();
    expect(await said('--port', 'x')).toEqual([2, expect.stringContaining('from 0 to 65535')]);
    expect(await said('--colour')).toEqual([2, "error: unknown option '--colour'"]);
    expect(await said('--data', folder, '--host', '0.0.0.0')).toEqual([
      2,
      'The node has no access control, so it listens on 0.0.0.0 only with insecureListenOnNetwork.',
    ]);
    const owner = run('--data', folder, '--port', '0');
    await listening(owner);
    expect(await said('--data', folder, '--port', '0')).toEqual([
      2,
      `The data folder ${folder} is in use by process ${owner.pid}.`,
    ]);
  });

  it('explains itself with examples', async () => {
    const { code, out } = await ended(run('--help'));
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    expect(out).toContain('--data ./my-log');
  });
});
