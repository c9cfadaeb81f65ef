import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Db, MongoClient } from 'mongodb';
import { startMongoDb, verifyMongoDb } from '#libs/protocol/mongodb-server';
import { seeded } from '#libs/testing';
import { Child, temporaryFolder } from '../../harness/index.js';
import type { RoundOutcome } from '../standalone-round.js';
import { bulkIds, type Item, Writer } from './writers.js';

const WRITERS = 6;
const MOST_KILLS = 3;
const LONGEST_LOAD_MS = 900;

/**
 * One round on a fresh folder: writers load the MongoDB server until it is killed (`kill -9`) at a random moment, up
 * to three times. After each kill the files must hold together as they are; at the end everything acknowledged is
 * there, nothing is there by half, and `verify` is clean again.
 */
export async function mongoDbRound(seed: number): Promise<RoundOutcome> {
  const random = seeded(seed);
  const folder = temporaryFolder('crash-mongodb');
  const data = join(folder.path, 'data');
  const writers: Writer[] = [];
  const faults: string[] = [];
  try {
    const kills = 1 + Math.floor(random() * MOST_KILLS);
    for (let kill = 0; kill < kills; kill++) {
      writers.push(...(await loadUntilKilled(data, `k${kill}`, random)));
      for (const finding of await verifyMongoDb(data)) faults.push(`after kill ${kill}: ${finding}`);
    }
    faults.push(...(await checkAll(data, writers)));
    for (const finding of await verifyMongoDb(data)) faults.push(`at the end: ${finding}`);
    const sum = (of: 'acknowledged' | 'unknown') =>
      writers.reduce((total, { promises }) => total + promises[of], 0);
    return { acknowledged: sum('acknowledged'), unknown: sum('unknown'), kills, faults };
  } finally {
    folder.remove();
  }
}

async function loadUntilKilled(data: string, name: string, random: () => number): Promise<Writer[]> {
  const server = new Child({
    entry: 'dist/libs/protocol/mongodb-server/src/main.js',
    args: ['--data', data, '--port', '0'],
  });
  const url = await server.until('the server listens', () => {
    const found = /mongodb:\S+(?=,)/.exec(server.stdout);
    if (!found) throw new Error('not yet');
    return found[0];
  });
  const options = { retryWrites: false, serverSelectionTimeoutMS: 1_000, maxPoolSize: WRITERS };
  const client = new MongoClient(url, options);
  try {
    await client.connect();
    const writers = Array.from({ length: WRITERS }, (_none, i) => new Writer(`${name}w${i}`, client, random));
    let killed = false;
    const loads = writers.map((writer) => writer.writeUntilKilled(() => killed));
    const load = Promise.all(loads);
    load.catch(() => undefined); // awaited below, after the kill
    await delay(50 + random() * LONGEST_LOAD_MS);
    killed = true;
    await server.kill();
    await load;
    return writers;
  } finally {
    await server.kill();
    await client.close();
  }
}

/** Starts the server once more and compares what is there with what was promised. */
async function checkAll(data: string, writers: readonly Writer[]): Promise<string[]> {
  const server = await startMongoDb({ dataDir: data });
  const client = new MongoClient(server.url);
  const faults: string[] = [];
  try {
    const db = client.db('crash');
    const items = new Map(
      (await db.collection<Item>('items').find().toArray()).map((item) => [item._id, item]),
    );
    const left = await idsOf(db, 'left');
    const right = await idsOf(client.db('crash_too'), 'right');
    const sums = new Map(
      (await db.collection<Item>('sums').find().toArray()).map(({ _id, n }) => [_id, n ?? 0]),
    );
    const collections = new Set((await db.listCollections().toArray()).map(({ name }) => name));
    for (const writer of writers)
      faults.push(...checkWriter(writer, items, { left, right, sums, collections }));
    for (const id of left) if (!right.has(id)) faults.push(`transaction ${id} is there by half (left)`);
    for (const id of right) if (!left.has(id)) faults.push(`transaction ${id} is there by half (right)`);
    const counted = [...sums.values()].reduce((total, n) => total + n, 0);
    if (counted !== left.size) faults.push(`${left.size} transactions are there, ${counted} are counted`);
  } finally {
    await client.close();
    await server.close();
  }
  return faults;
}

interface Stored {
  readonly left: ReadonlySet<string>;
  readonly right: ReadonlySet<string>;
  readonly sums: ReadonlyMap<string, number>;
  readonly collections: ReadonlySet<string>;
}

function* checkWriter(
  { name, promises }: Writer,
  items: ReadonlyMap<string, Item>,
  stored: Stored,
): Iterable<string> {
  for (const id of promises.inserted) if (!items.has(id)) yield `the acknowledged insert ${id} is lost`;
  for (const id of promises.committed)
    if (!stored.left.has(id)) yield `the acknowledged transaction ${id} is lost`;
  for (const dropped of promises.dropped)
    if (stored.collections.has(dropped)) yield `the dropped collection ${dropped} is there`;
  const n = items.get(`${name}-n`)?.n ?? 0;
  if (n !== promises.increments && n !== promises.increments + 1)
    yield `${promises.increments} increments of ${name} were acknowledged, ${n} are there`;
  const generations = new Set(bulkIds(name).map((id) => items.get(id)?.generation ?? 0));
  const [generation = 0] = generations;
  const isLast = generation === promises.generation || generation === promises.generation + 1;
  if (generations.size > 1 || !isLast)
    yield `bulk write ${promises.generation} of ${name} was acknowledged, there are ${[...generations].join()}`;
}

async function idsOf(db: Db, name: string): Promise<Set<string>> {
  const documents = await db
    .collection<Item>(name)
    .find({}, { projection: { _id: 1 } })
    .toArray();
  return new Set(documents.map(({ _id }) => _id));
}
