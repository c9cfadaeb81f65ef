import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MongoClient } from 'mongodb';
import type { ContextDefinition, Projection } from '#libs/platform/kernel';
import { createLogger } from '#libs/platform/observability';
import { startTestStores, type TestStores } from '#libs/platform/testing';
import { MongoReadModels } from './mongo/mongo-read-models.js';
import type { ProjectionStatus } from './projector-status.js';
import { ProjectionRegistry } from './registry.js';
import { connectProjector, type RunningProjector, rebuildFromLog } from './run-projector.js';
import { count, forget, realContext } from './testing/real-context.js';
import { type Tally, type TallyEvent, tallies, total } from './testing/tallies.js';

jest.setTimeout(30_000);

let stores: TestStores;
let log: EventStoreDBClient;
let mongo: MongoClient;
let suffix: string;
const running: RunningProjector[] = [];
const databases: string[] = [];

beforeAll(async () => {
  stores = await startTestStores();
  log = EventStoreDBClient.connectionString(stores.eventStoreUrl);
  mongo = new MongoClient(stores.mongoUrl);
});
afterAll(async () => {
  for (const database of databases) await mongo?.db(database).dropDatabase();
  await mongo?.close();
  await log?.dispose();
  await stores?.close();
});
beforeEach(() => {
  suffix = randomBytes(4).toString('hex');
  databases.push(`tidemark_spec_${suffix}`);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()));
});

const settings = (contexts: readonly ContextDefinition[] = [realContext(suffix)]) => ({
  eventStoreUrl: stores.eventStoreUrl,
  mongoUrl: stores.mongoUrl,
  contexts,
  logger: createLogger({ level: 'silent', format: 'json' }),
  watchMs: 200,
});

function start(contexts?: readonly ContextDefinition[]) {
  const connected = connectProjector(settings(contexts));
  running.push(connected);
  connected.projector.start();
  return connected.projector;
}

const documents = (name: string) =>
  mongo
    .db(`tidemark_spec_${suffix}`)
    .collection<Tally & { _id: string }>(name)
    .find()
    .sort({ _id: 1 })
    .toArray();
const checkpoint = (name: string) =>
  mongo
    .db(`tidemark_spec_${suffix}`)
    .collection<{ _id: string; position: number }>('checkpoints')
    .findOne({ _id: name });

/** Appends `events` tallies to some streams; @returns the position of the last one. */
async function appendTallies(events: number, names = 10): Promise<bigint> {
  let position = -1n;
  for (let from = 0; from < events; from += 500) {
    const some = Array.from({ length: Math.min(500, events - from) }, (_, at) =>
      count(`n-${(from + at) % names}`, from + at),
    );
    const appended = await log.appendToStream(`tally${suffix}-${from / 500}`, some);
    position = appended.position!.commit;
  }
  return position;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a projector on real stores', () => {
  it('builds the read models of a whole log, with their indexes and checkpoints', async () => {
    const position = await appendTallies(5_000);
    const { events } = await rebuildFromLog(settings());
    expect(events).toBe(5_000);
    expect(await documents('total@1')).toEqual([{ _id: 'all', events: 5_000, sum: 12_497_500 }]);
    expect(await documents('tallies@1')).toHaveLength(10);
    expect(await checkpoint('total@1')).toEqual({
      _id: 'total@1',
      position: Number(position),
      events: 5_000,
      updatedAt: expect.any(Date),
    });
    const indexes = await mongo.db(`tidemark_spec_${suffix}`).collection('tallies@1').indexes();
    expect(indexes.map(({ name, key }) => [name, key])).toContainEqual(['by-sum', { sum: -1, _id: 1 }]);
  });

  it('follows what is appended; a reader waits for its own write', async () => {
    const contexts = [realContext(suffix)];
    start(contexts);
    const readModels = new MongoReadModels(
      new MongoClient(stores.mongoUrl),
      new ProjectionRegistry(contexts),
    );
    try {
      for (let by = 1; by <= 20; by++) {
        const { position } = await log.appendToStream(`tally${suffix}-a`, count('a', by));
        await readModels.waitFor(['tallies', 'total'], position!.commit, 5_000);
        expect(await readModels.collection(total).findOne({ _id: 'all' })).toMatchObject({ events: by });
      }
      const gone = await log.appendToStream(`tally${suffix}-a`, forget('a'));
      await readModels.waitFor(['tallies'], gone.position!.commit, 5_000);
      expect(await documents('tallies@1')).toEqual([]);
      await expect(
        readModels.waitFor(['total'], gone.position!.commit + 1_000_000n, 50),
      ).rejects.toMatchObject({
        code: 'READ_MODEL_BEHIND',
      });
    } finally {
      await readModels.close();
    }
  });

  it('takes effect once although two projectors run the same projections', async () => {
    start();
    start();
    for (let round = 0; round < 20; round++)
      await log.appendToStream(`tally${suffix}-${round}`, [count('a', 1), count('b', 2), count('a', 3)]);
    const position = await appendTallies(100);
    await until(async () => BigInt((await checkpoint('total@1'))?.position ?? -1) === position);
    expect(await documents('total@1')).toEqual([{ _id: 'all', events: 160, sum: 120 + 4_950 }]);
  });

  it('is exact after being killed again and again', async () => {
    const script = fileURLToPath(new URL('./testing/projector-process.js', import.meta.url));
    const env = { ...process.env, EVENTSTORE_URL: stores.eventStoreUrl, MONGODB_URL: stores.mongoUrl };
    const position = await appendTallies(6_000, 200);
    const isDone = async () => BigInt((await checkpoint('total@1'))?.position ?? -1) === position;
    for (let kill = 1; kill <= 4; kill++) {
      const child = spawn(process.execPath, [script, suffix], { env, stdio: 'ignore' });
      const before = (await checkpoint('total@1'))?.position ?? -1;
      await until(
        async () => ((await checkpoint('total@1'))?.position ?? -1) > before || child.exitCode !== null,
      );
      expect(child.exitCode).toBeNull();
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await isDone()).toBe(false);
    }
    start();
    await until(isDone);
    expect(await documents('total@1')).toEqual([{ _id: 'all', events: 6_000, sum: 17_997_000 }]);
    const sums = (await documents('tallies@1')).reduce((sum, tally) => sum + tally.sum, 0);
    expect(sums).toBe(17_997_000);
  }, 60_000);
});

describe('a projection with a fault', () => {
  const fragile = (overrides: Partial<Projection<object, TallyEvent>>): Projection<object, TallyEvent> => ({
    name: 'fragile',
    version: 1,
    key: ({ event }) => event.data.of,
    on: { Counted: (_none, { event }) => ({ ...event.data }) },
    ...overrides,
  });

  async function statusAfter(projection: Projection<object, TallyEvent>): Promise<ProjectionStatus> {
    const projector = start([realContext(suffix, { projections: [projection, tallies, total] })]);
    await projector.caughtUp();
    expect(await documents('total@1')).toEqual([{ _id: 'all', events: 60, sum: 1_770 }]);
    return projector.list().find(({ name }) => name === 'fragile')!;
  }

  it('stops where its fold throws', async () => {
    await appendTallies(60, 7);
    const status = await statusAfter(
      fragile({
        on: {
          Counted: (_none, { event }) => {
            if (event.data.by === 42) throw new Error('no answer to that');
            return { ...event.data };
          },
        },
      }),
    );
    expect(status).toMatchObject({ state: 'stopped', reason: 'no answer to that' });
    expect(await checkpoint('fragile@1')).toMatchObject({
      events: 42,
      stopped: { message: 'no answer to that', stream: `tally${suffix}-0`, eventType: 'Counted' },
    });
    const readModels = new MongoReadModels(
      new MongoClient(stores.mongoUrl),
      new ProjectionRegistry([realContext(suffix, { projections: [fragile({}), tallies, total] })]),
    );
    await expect(readModels.waitFor(['fragile'], status.position + 1n, 1_000)).rejects.toMatchObject({
      code: 'READ_MODEL_STOPPED',
    });
    await readModels.close();
  });

  it('stops where a unique index refuses its document', async () => {
    await appendTallies(60, 7);
    const status = await statusAfter(
      fragile({
        key: ({ event }) => String(event.data.of === 'n-0' ? 0 : (event.data as { by: number }).by),
        indexes: [{ name: 'one-each', key: { unlike: 1 }, unique: true }],
        on: { Counted: (_none, { event: { data } }) => ({ unlike: data.by === 33 ? 32 : data.by }) },
      }),
    );
    expect(status).toMatchObject({
      state: 'stopped',
      reason: expect.stringMatching(/"33" cannot be stored/),
    });
    expect(await checkpoint('fragile@1')).toMatchObject({ events: 33, stopped: { key: '33' } });
  });

  it('stops where its document is too large', async () => {
    await appendTallies(60, 7);
    const status = await statusAfter(
      fragile({
        key: ({ event }) => String((event.data as { by: number }).by),
        on: {
          Counted: (_none, { event: { data } }) => ({ text: 'x'.repeat(data.by === 5 ? 17 * 2 ** 20 : 10) }),
        },
      }),
    );
    expect(status).toMatchObject({ state: 'stopped', reason: expect.stringMatching(/bytes/) });
    expect(await checkpoint('fragile@1')).toMatchObject({ events: 5, stopped: { key: '5' } });
  });

  it('stops where there are documents that no checkpoint explains', async () => {
    await mongo
      .db(`tidemark_spec_${suffix}`)
      .collection<{ _id: string }>('fragile@1')
      .insertOne({ _id: 'left over' });
    await appendTallies(60, 7);
    const status = await statusAfter(fragile({}));
    expect(status).toMatchObject({ state: 'stopped', reason: expect.stringMatching(/no checkpoint/) });
  });
});
