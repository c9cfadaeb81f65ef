import { performance } from 'node:perf_hooks';
import { type Collection, MongoClient } from 'mongodb';
import { BATCH, type BenchDocument, documentOf, INDEXES, PER_GROUP } from './documents.js';

async function withItems<T>(
  url: string,
  work: (items: Collection<BenchDocument>, client: MongoClient) => Promise<T>,
) {
  const client = new MongoClient(url);
  try {
    return await work(client.db('bench').collection('items'), client);
  } finally {
    await client.close();
  }
}

const batchOf = (first: number, count = BATCH) =>
  Array.from({ length: count }, (_none, i) => documentOf(first + i));
const perSecond = (count: number, startedAt: number) => (count * 1_000) / (performance.now() - startedAt);

export interface Filling {
  readonly url: string;
  readonly count: number;
  readonly indexes: boolean;
}

/** Fills the collection anew with documents 0 to `count`. */
export function fill({ url, count, indexes }: Filling): Promise<void> {
  return withItems(url, async (items) => {
    await items.drop();
    if (indexes) await items.createIndexes([...INDEXES]);
    for (let first = 0; first < count; first += BATCH) await items.insertMany(batchOf(first));
  });
}

export interface Reading {
  readonly url: string;
  readonly count: number;
  readonly inFlight: number;
  readonly forMs: number;
  readonly query: 'by _id' | 'by index';
}

/** Finds per second: one document by `_id`, or the first 5 of 6 that an index gives in order. */
export function finds({ url, count, inFlight, forMs, query }: Reading): Promise<number> {
  return withItems(url, async (items) => {
    let found = 0;
    let next = 1;
    const one = async () => {
      next = (next * 48_271) % 2_147_483_647;
      if (query === 'by _id') await items.findOne({ _id: next % count });
      else {
        const group = next % Math.floor(count / PER_GROUP);
        await items.find({ group }).sort({ rank: 1 }).limit(5).toArray();
      }
      found++;
    };
    const until = async (end: number) => {
      while (performance.now() < end) await one();
    };
    const all = (ms: number) =>
      Promise.all(Array.from({ length: inFlight }, () => until(performance.now() + ms)));
    await all(forMs / 4);
    found = 0;
    const startedAt = performance.now();
    await all(forMs);
    return perSecond(found, startedAt);
  });
}

export interface Writing {
  readonly url: string;
  readonly batches: number;
  readonly indexes: boolean;
  readonly how: 'bulk upserts' | 'insertMany';
}

/** Documents per second with new `_id`s, one batch of 1,000 in flight, into a collection of its own. */
export function writes({ url, batches, indexes, how }: Writing): Promise<number> {
  return withItems(url, async (items) => {
    await items.drop();
    if (indexes) await items.createIndexes([...INDEXES]);
    const write = async (first: number) => {
      const documents = batchOf(first);
      if (how === 'insertMany') await items.insertMany(documents);
      else
        await items.bulkWrite(
          documents.map((replacement) => ({
            replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true },
          })),
        );
    };
    await write(-BATCH);
    const startedAt = performance.now();
    for (let batch = 0; batch < batches; batch++) await write(batch * BATCH);
    return perSecond(batches * BATCH, startedAt);
  });
}

export interface Committing {
  readonly url: string;
  readonly rounds: number;
  readonly how: 'transaction' | 'bulkWrite';
}

/** 50 replaces and a checkpoint together, as often per second: in a transaction, or as one bulk write. */
export function commits({ url, rounds, how }: Committing): Promise<number> {
  return withItems(url, async (items, client) => {
    const together = (round: number) => [
      ...batchOf((round * 50) % 5_000, 50).map((replacement) => ({
        replaceOne: {
          filter: { _id: replacement._id },
          replacement: { ...replacement, rank: round },
          upsert: true,
        },
      })),
      { updateOne: { filter: { _id: -1 }, update: { $set: { rank: round } }, upsert: true } },
    ];
    const commit = async (round: number) => {
      if (how === 'bulkWrite') await items.bulkWrite(together(round));
      else
        await client.withSession((session) =>
          session.withTransaction(() => items.bulkWrite(together(round), { session })),
        );
    };
    for (let round = 0; round < rounds / 4; round++) await commit(round);
    const startedAt = performance.now();
    for (let round = 0; round < rounds; round++) await commit(round);
    return perSecond(rounds, startedAt);
  });
}

export interface Scanning {
  readonly url: string;
  readonly count: number;
}

/** Documents scanned per second by a query without an index that 1 % match. */
export function scan({ url, count }: Scanning): Promise<number> {
  return withItems(url, async (items) => {
    const startedAt = performance.now();
    const found = await items.find({ bucket: 7 }, { hint: { $natural: 1 } }).toArray();
    if (found.length !== Math.floor(count / 100)) throw new Error(`${found.length} found of ${count}`);
    return perSecond(count, startedAt);
  });
}

export interface Updating {
  readonly url: string;
  readonly batches: number;
}

/** Bulk writes of 1,000 updates with $set, $inc and $push, each document once. */
export function updates({ url, batches }: Updating): Promise<number> {
  return withItems(url, async (items) => {
    const startedAt = performance.now();
    for (let batch = 0; batch < batches; batch++) {
      const update = { $set: { bucket: 5 }, $inc: { rank: 1 }, $push: { tags: batch } };
      await items.bulkWrite(
        Array.from({ length: BATCH }, (_none, i) => ({
          updateOne: { filter: { _id: batch * BATCH + i }, update },
        })),
      );
    }
    return perSecond(batches * BATCH, startedAt);
  });
}
