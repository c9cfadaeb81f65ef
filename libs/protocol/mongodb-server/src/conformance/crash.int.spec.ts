import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { startMongoDb } from '../index.js';

const CHILD = fileURLToPath(new URL('./crash-child.js', import.meta.url));
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tidemark-mongodb-crash-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Lets a process write until so many writes were acknowledged, and kills it in the middle of the next. */
async function writeAndKill(count: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  await ended;
  return acknowledged;
}

// Embedded only: a real server is not ours to kill.
describe('kill -9 while clients write', () => {
  it('loses nothing acknowledged and leaves no transaction by half', async () => {
    const acknowledged = [...(await writeAndKill(150)), ...(await writeAndKill(150))];
    const server = await startMongoDb({ dataDir });
    const client = new MongoClient(server.url);
    try {
      const idsOf = async (database: string, collection: string) =>
        new Set(
          (await client.db(database).collection<{ _id: string }>(collection).find().toArray()).map(
            ({ _id }) => _id,
          ),
        );
      const stored = {
        single: await idsOf('crash', 'singles'),
        left: await idsOf('crash', 'left'),
        right: await idsOf('other', 'right'),
      };
      const lost = acknowledged.filter((line) => {
        const [kind, id] = line.split(' ') as ['single' | 'pair', string];
        return kind === 'single' ? !stored.single.has(id) : !(stored.left.has(id) && stored.right.has(id));
      });
      expect(lost).toEqual([]);
      expect([...stored.left].sort()).toEqual([...stored.right].sort());
      expect(await client.db('crash').collection('singles').estimatedDocumentCount()).toBe(
        stored.single.size,
      );
    } finally {
      await client.close();
      await server.close();
    }
  }, 60_000);
});
