import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { backup, restore, verify } from './backup.js';
import { BackupError, type MongoDb, startMongoDb } from './index.js';
import { KeyValueStore } from './storage/key-value-store.js';
import { Keyspace, rangeOf } from './storage/keyspace.js';

// Embedded only: this is about our own files.
const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
let root: string;
let server: MongoDb | undefined;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tidemark-mongodb-backup-'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(root, { recursive: true, force: true });
});

interface Item {
  _id: number;
  tags: string[];
  group: number;
}

const item = (id: number): Item => ({ _id: id, tags: [`t${id % 7}`, 'all'], group: id % 10 });

/** Starts on a folder, lets the work use it, and stops. */
async function serving<T>(dataDir: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  server = await startMongoDb({ dataDir, sync: 'none' });
  const client = new MongoClient(server.url);
  try {
    return await work(client);
  } finally {
    await client.close();
    await server.close();
    server = undefined;
  }
}

async function fill(client: MongoClient, count: number): Promise<void> {
  const items = client.db('d').collection<Item>('items');
  await items.createIndexes([
    { key: { tags: 1 } },
    { key: { group: 1, _id: -1 } },
    { key: { _id: -1 }, unique: true },
  ]);
  await items.insertMany(Array.from({ length: count }, (_, id) => item(id)));
}

async function command(...args: string[]): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk) => {
      said += String(chunk);
    });
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

describe('a backup', () => {
  it('holds everything acknowledged before it, and nothing by half, while writers go on', async () => {
    const data = join(root, 'data');
    const copies = [join(root, 'by-handle'), join(root, 'by-command')];
    const acknowledgedBefore: number[] = [];
    await serving(data, async (client) => {
      await fill(client, 500);
      const pairs = client.db('d').collection<{ _id: number; twin: boolean }>('pairs');
      let last = 0;
      let writing = true;
      const writer = (async () => {
        while (writing) {
          const next = last + 1;
          await client.withSession((session) =>
            session.withTransaction(async () => {
              await pairs.insertOne({ _id: next, twin: false }, { session });
              await pairs.insertOne({ _id: -next, twin: true }, { session });
            }),
          );
          last = next;
        }
      })();
      acknowledgedBefore.push(last);
      await server!.backup(copies[0]!);
      acknowledgedBefore.push(last);
      await expect(command('backup', '--data', data, '--to', copies[1]!)).resolves.toMatchObject({ code: 0 });
      writing = false;
      await writer;
      expect(last).toBeGreaterThan(acknowledgedBefore[1]!);
      await expect(server!.backup(copies[0]!)).rejects.toBeInstanceOf(BackupError);
    });
    expect((await readdir(root)).sort()).toEqual(['by-command', 'by-handle', 'data']);
    for (const [i, copy] of copies.entries()) {
      expect(await verify(copy)).toEqual([]);
      await serving(copy, async (client) => {
        const pairs = client.db('d').collection('pairs');
        const twins = await pairs.countDocuments({ twin: true });
        expect(await pairs.countDocuments({ twin: false })).toBe(twins);
        expect(twins).toBeGreaterThanOrEqual(acknowledgedBefore[i]!);
        expect(await client.db('d').collection('items').countDocuments({ tags: 'all' })).toBe(500);
      });
    }
  }, 60_000);

  it('is verified before it is restored, into a folder where nothing is yet', async () => {
    const data = join(root, 'data');
    await serving(data, (client) => fill(client, 50));
    await backup(data, join(root, 'copy'));
    expect(await restore(join(root, 'copy'), join(root, 'again'))).toEqual([]);
    await expect(restore(join(root, 'copy'), data)).rejects.toBeInstanceOf(BackupError);
    await serving(join(root, 'again'), async (client) => {
      expect(await client.db('d').collection<Item>('items').findOne({ _id: 7 })).toEqual(item(7));
    });
    await damage(join(root, 'copy'), 'an index entry');
    expect(await restore(join(root, 'copy'), join(root, 'third'))).not.toEqual([]);
    expect((await readdir(root)).sort()).toEqual(['again', 'copy', 'data']);
  }, 30_000);
});

type Damage = 'an index entry' | 'a document' | 'a count' | 'keys of nobody';

/** Does to the files what no client can. */
async function damage(data: string, what: Damage): Promise<void> {
  const store = KeyValueStore.open(join(data, 'store'), 'none');
  await store.write((writer) => {
    const collection = [...writer.range(rangeOf(Keyspace.catalog))][0]!;
    const { ident, indexes } = JSON.parse(collection.value.toString()) as {
      ident: number;
      indexes: { ident: number }[];
    };
    const keysOf = (owner: number) => [...writer.range(rangeOf(owner))].map(({ key }) => Buffer.from(key));
    if (what === 'an index entry') writer.remove(keysOf(indexes[0]!.ident)[3]!);
    else if (what === 'a document') writer.remove(keysOf(ident)[3]!);
    else if (what === 'a count') writer.put(keysOf(Keyspace.counts)[0]!, Buffer.alloc(8));
    else writer.put(Buffer.from([0, 0, 99, 0, 1]), Buffer.from([1]));
  });
  await store.close();
}

describe('verify', () => {
  const damages: [Damage, RegExp][] = [
    ['an index entry', /index tags_1 lacks the document/],
    ['a document', /49 documents are there, 50 are counted[\s\S]*an entry without a document/],
    ['a count', /50 documents are there, 0 are counted/],
    ['keys of nobody', /keys of nobody/],
  ];
  it('finds whatever is gone or wrong', async () => {
    const clean = join(root, 'clean');
    await serving(clean, (client) => fill(client, 50));
    for (const [i, [what, expected]] of damages.entries()) {
      const copy = join(root, `copy-${i}`);
      await backup(clean, copy);
      expect(await verify(copy)).toEqual([]);
      await damage(copy, what);
      expect((await verify(copy)).join('\n')).toMatch(expected);
    }
  }, 30_000);

  it('answers the command line with exit codes: 0 beside a server at work, 1 on findings, 2 where no data is', async () => {
    const data = join(root, 'data');
    await serving(data, async (client) => {
      await fill(client, 50);
      expect(await command('verify', '--data', data)).toEqual({ code: 0, said: `${data} holds together.\n` });
    });
    await damage(data, 'a count');
    const { code, said } = await command('verify', '--data', data);
    expect(said).toContain('50 documents are there, 0 are counted');
    expect(code).toBe(1);
    expect(await command('verify', '--data', root)).toMatchObject({
      code: 2,
      said: expect.stringContaining('is no data folder of a MongoDB server'),
    });
  }, 30_000);
});
