import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { backup, restore } from './backup.js';
import { collected, manyNumbered, numbered } from './conformance/node-under-test.js';
import { type EventStoreDbNode, startEventStoreDb } from './index.js';
import { verify } from './verify.js';

jest.setTimeout(120_000);

let folder: string;
const nodes: EventStoreDbNode[] = [];
const clients: EventStoreDBClient[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventstoredb-backup-'));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
  for (const node of nodes.splice(0)) await node.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);

async function started(name: string, logged: string[] = []) {
  const logger = {
    error: (message: string, error?: unknown) => void logged.push(`${message} ${String(error)}`),
  };
  const node = await startEventStoreDb({ dataDir: at(name), logger });
  nodes.push(node);
  const client = EventStoreDBClient.connectionString(node.url);
  clients.push(client);
  return { node, client };
}

async function cli(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: out.trim(), err: err.trim() };
}

/** A stopped log of a few files, with a bit of everything. */
async function filled(name: string): Promise<void> {
  const { node, client } = await started(name);
  for (let each = 0; each < 9; each++) await client.appendToStream('large', [large(), large(), large()]);
  await client.appendToStream('small', manyNumbered(20));
  await client.setStreamMetadata('small', { maxCount: 5 });
  await client.appendToStream('gone', numbered(0));
  await client.tombstoneStream('gone');
  await client.deleteStream('large');
  await node.close();
}
const large = () => ({ ...numbered(0), data: { text: 'x'.repeat(30_000) } });

const segments = (name: string) =>
  readdirSync(at(name))
    .filter((file) => file.endsWith('.log'))
    .sort();

describe('a backup', () => {
  it('has all that was acknowledged when it began, while writers go on', async () => {
    const { node, client } = await started('data');
    let acknowledged = 0;
    let stopped = false;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      while (!stopped) {
        await client.appendToStream(`writer-${writer}`, manyNumbered(3));
        acknowledged += 3;
      }
    });
    for (let each = 0; each < 3; each++) {
      while (acknowledged < 150 * (each + 1)) await new Promise((resolve) => setImmediate(resolve));
      const before = acknowledged;
      await node.backup(at(`copy-${each}`));
      const { findings, events } = await verify(at(`copy-${each}`));
      expect(findings).toEqual([]);
      expect(events).toBeGreaterThanOrEqual(before);
    }
    const { code, out } = await cli('verify', '--data', at('data')); // of the running node
    expect([code, out]).toEqual([0, expect.stringContaining('holds together')]);
    stopped = true;
    await Promise.all(writers);
    const copy = await started('copy-2');
    for (let writer = 0; writer < 8; writer++) {
      const events = await collected(copy.client.readStream(`writer-${writer}`));
      expect(events.length % 3).toBe(0);
      const original = await collected(client.readStream(`writer-${writer}`, { maxCount: events.length }));
      expect(events.map(({ event }) => event)).toEqual(original.map(({ event }) => event));
    }
  });

  it('is a data folder: restored it goes on, and a start reads its index', async () => {
    await filled('data');
    expect(segments('data').length).toBeGreaterThan(2);
    await backup(at('data'), at('copy'));
    expect((await restore(at('copy'), at('again'))).findings).toEqual([]);
    expect(existsSync(join(at('again'), 'events.index'))).toBe(true);
    const { client } = await started('again');
    expect(await collected(client.readStream('small'))).toHaveLength(5);
    await expect(collected(client.readStream('gone'))).rejects.toMatchObject({ type: 'stream-deleted' });
    await expect(collected(client.readStream('large'))).rejects.toMatchObject({ type: 'stream-not-found' });
    const { nextExpectedRevision } = await client.appendToStream('small', numbered(0));
    expect(nextExpectedRevision).toBe(20n);
  });

  it('goes nowhere where something is, and leaves nothing half done', async () => {
    await filled('data');
    mkdirSync(at('taken'));
    writeFileSync(join(at('taken'), 'mine'), 'x');
    await expect(backup(at('data'), at('taken'))).rejects.toMatchObject({ problem: 'occupied' });
    await expect(restore(at('data'), at('data'))).rejects.toMatchObject({ problem: 'occupied' });
    await expect(backup(at('nothing'), at('copy'))).rejects.toMatchObject({ problem: 'foreign' });
    spoil('data', 0, 20_000);
    await expect(backup(at('data'), at('copy'))).rejects.toMatchObject({ name: 'LogDamagedError' });
    expect(readdirSync(folder).sort()).toEqual(['data', 'taken']);
  });
});

describe('verify', () => {
  it('finds nothing where all is well, also with a torn tail, no index, or an old one', async () => {
    await filled('data');
    const clean = await verify(at('data'));
    expect(clean).toMatchObject({ findings: [], events: 27 + 20 + 1 + 1 + 1 + 1 + 5, streams: 9 });
    const last = join(at('data'), segments('data').at(-1) as string);
    const index = join(at('data'), 'events.index');
    const saved = readFileSync(index);
    writeFileSync(index, saved.subarray(0, 0));
    expect(await verify(at('data'))).toEqual(clean);
    rmSync(index);
    expect(await verify(at('data'))).toEqual(clean);
    writeFileSync(last, Buffer.concat([readFileSync(last), Buffer.alloc(50, 7)]));
    expect(await verify(at('data'))).toEqual(clean);
  });

  it.each([0, 1])(
    'says where file %i of the log is damaged, and the node says it when it reads there',
    async (file) => {
      await filled('data');
      spoil('data', file, 20_000);
      const { findings } = await verify(at('data'));
      const where = `${segments('data')[file]}: bytes \\d+ to \\d+ do not match their checksums\\.$`;
      expect(findings).toContainEqual(expect.stringMatching(where));
      const { code, err } = await cli('verify', '--data', at('data'));
      expect([code, err]).toEqual([1, expect.stringContaining('do not match their checksums')]);
      const { findings: refused } = await restore(at('data'), at('again'));
      expect(refused).toEqual(findings);
      expect(existsSync(at('again'))).toBe(false);
      const logged: string[] = [];
      const { client } = await started('data', logged);
      await expect(collected(client.readAll())).rejects.toThrow();
      while (logged.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(logged).toEqual([expect.stringMatching(/LogDamagedError: .* is damaged at byte \d+/)]);
      expect(await collected(client.readStream('small'))).toHaveLength(5);
    },
  );

  it('says where the index is damaged, or tells of another log', async () => {
    await filled('data');
    await filled('other');
    const index = join(at('data'), 'events.index');
    const whole = readFileSync(index);
    const spoiled = Buffer.from(whole);
    spoiled[200] = (spoiled[200] as number) ^ 1;
    writeFileSync(index, spoiled);
    expect((await verify(at('data'))).findings).toEqual([
      `The index is damaged in its last ${whole.length} bytes; the next start of the node rebuilds it.`,
    ]);
    const { node, client } = await started('other');
    await client.appendToStream('one-more', numbered(0));
    await node.close();
    writeFileSync(index, readFileSync(join(at('other'), 'events.index')));
    expect((await verify(at('data'))).findings).toContainEqual(
      expect.stringMatching(/^The index tells of events up to position \d+; the log ends before \d+\.$/),
    );
  });

  it('is for data folders of this kind only', async () => {
    const { code, err } = await cli('verify', '--data', folder);
    expect([code, err]).toEqual([2, `${folder} is no data folder of Tidemark's.`]);
  });
});

function spoil(name: string, file: number, byte: number): void {
  const path = join(at(name), segments(name)[file] as string);
  const bytes = readFileSync(path);
  bytes[byte] = (bytes[byte] as number) ^ 0xff;
  writeFileSync(path, bytes);
}
