import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { createLogger } from '#libs/platform/observability';
import { startEventStoreDb } from '#libs/protocol/eventstoredb-server';
import { startMongoDb } from '#libs/protocol/mongodb-server';
import { connectProjector } from './run-projector.js';
import { count, realContext } from './testing/real-context.js';
import type { Tally } from './testing/tallies.js';

// On embedded stores only: a spec does not stop a store that it was given.
const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-recovery-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  const startLog = (port = 0) => startEventStoreDb({ dataDir: join(folder, 'log'), port, sync: 'none' });
  const startMongo = (port = 0) => startMongoDb({ dataDir: join(folder, 'mongo'), port, sync: 'none' });
  const stores = { log: await startLog(), mongo: await startMongo() };
  undo.push(async () => void (await Promise.all([stores.log.close(), stores.mongo.close()])));
  const { projector, close } = connectProjector({
    eventStoreUrl: stores.log.url,
    mongoUrl: stores.mongo.url,
    contexts: [realContext('r')],
    logger: createLogger({ level: 'silent', format: 'json' }),
    watchMs: 100,
  });
  undo.push(close);
  projector.start();
  const append = async (...by: number[]) => {
    const client = EventStoreDBClient.connectionString(stores.log.url);
    const { position } = await client.appendToStream(
      'tallyr-a',
      by.map((each) => count('a', each)),
    );
    await client.dispose();
    return position!.commit;
  };
  const sum = async () => {
    const client = new MongoClient(stores.mongo.url);
    try {
      return await client
        .db('tidemark_spec_r')
        .collection<Tally & { _id: string }>('total@1')
        .findOne({ _id: 'all' });
    } finally {
      await client.close();
    }
  };
  return { stores, startLog, startMongo, projector, append, sum };
}

describe('a projector whose stores go away', () => {
  it('says so, and goes on by itself when EventStoreDB is back', async () => {
    const { stores, startLog, projector, append, sum } = await setUp();
    const first = await append(1, 2);
    await until(() => projector.list()[0]!.position === first);
    const { port } = stores.log.address;
    await stores.log.close();
    await until(() => projector.list()[0]!.state === 'reconnecting');
    expect(projector.list()[0]!.reason).toEqual(expect.any(String));
    stores.log = await startLog(port);
    const second = await append(3);
    await until(() => projector.list()[0]!.position === second && projector.list()[0]!.state === 'live');
    expect(await sum()).toEqual({ _id: 'all', events: 3, sum: 6 });
  }, 30_000);

  it('goes on by itself when MongoDB is back', async () => {
    const { stores, startMongo, projector, append, sum } = await setUp();
    const first = await append(1, 2);
    await until(() => projector.list()[0]!.position === first);
    const { port } = stores.mongo.address;
    await stores.mongo.close();
    const second = await append(3, 4);
    await until(() => projector.list()[0]!.state === 'reconnecting');
    stores.mongo = await startMongo(port);
    await until(() => projector.list()[0]!.position === second && projector.list()[0]!.state === 'live');
    expect(await sum()).toEqual({ _id: 'all', events: 4, sum: 10 });
  }, 30_000);

  it('stops in under 3 seconds although both are gone', async () => {
    const { stores, projector, append } = await setUp();
    const first = await append(1);
    await until(() => projector.list()[0]!.position === first);
    await Promise.all([stores.log.close(), stores.mongo.close()]);
    await until(() => projector.list()[0]!.state === 'reconnecting');
    const startedAt = performance.now();
    await undo.pop()!();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  }, 30_000);
});
