import { EventStoreDBClient, START } from '@eventstore/db-client';
import { MongoClient } from 'mongodb';
import { CONTEXTS } from '#libs/contexts';
import { createLogger } from '#libs/platform/observability';
import { rebuildFromLog } from '#libs/platform/projections';
import { run, StoreProcess, temporaryFolder } from '../../test/harness/index.js';
import type { Bench } from './bench.js';
import { sampleFile } from './import.js';
import { fsyncsPerSecond, interleaved, seconds } from './measure.js';

type Document = { _id: string };
/** `database.collection` -> its documents. */
type ReadModels = Map<string, Document[]>;

/**
 * All read models from the imported log, against what cannot be avoided: the genuine client's plain `readAll` of
 * the log, then one bulkWrite of the same final documents.
 */
export const rebuild: Bench = async ({ quick, log }) => {
  const rounds = quick ? 1 : 5;
  const folder = temporaryFolder('bench-rebuild');
  const eventStore = await StoreProcess.start('eventstoredb', `${folder.path}/log`);
  try {
    log('importing the log');
    await importInto(eventStore, folder.path);
    let count = 0;
    let events = 0;
    let finished: ReadModels = new Map();
    const fresh = async (work: (mongo: StoreProcess) => Promise<number>) => {
      const mongo = await StoreProcess.start('mongodb', `${folder.path}/mongo-${count++}`);
      try {
        return await work(mongo);
      } finally {
        await mongo.stop();
      }
    };
    const ratio = await interleaved(
      rounds,
      () =>
        fresh(async (mongo) => {
          const settings = { eventStoreUrl: eventStore.url, mongoUrl: mongo.url, contexts: CONTEXTS };
          const result = await rebuildFromLog({
            ...settings,
            logger: createLogger({ level: 'error', format: 'json' }),
          });
          events = result.events;
          finished = await readModelsOf(mongo);
          log(`rebuild: ${(result.tookMs / 1_000).toFixed(2)} s`);
          return 1_000 / result.tookMs;
        }),
      () =>
        fresh(async (mongo) => {
          await makeCollections(mongo);
          const took = await seconds(async () => {
            await readAll(eventStore);
            await writeAll(mongo, finished);
          });
          log(`readAll, then bulkWrite: ${took.toFixed(2)} s`);
          return 1 / took;
        }),
    );
    const documents = [...finished.values()].reduce((sum, { length }) => sum + length, 0);
    return {
      bench: 'rebuild',
      workload: `all read models from the imported log into an empty MongoDB, fsync on; ${rounds} rounds, median`,
      figures: [
        { name: 'rebuild', value: 1 / ratio.numerator, unit: 's' },
        { name: 'readAll, then one bulkWrite', value: 1 / ratio.denominator, unit: 's' },
        {
          name: 'speed of rebuild ÷ readAll and bulkWrite',
          value: ratio.ratio,
          unit: '',
          aim: { atLeast: 0.6 },
        },
        { name: 'events', value: events, unit: '' },
        { name: 'events/s', value: events * ratio.numerator, unit: '/s' },
        { name: 'events per order or credit note', value: events / (18_532 + 3_654), unit: '' },
        { name: 'documents', value: documents, unit: '' },
        { name: 'documents per event', value: documents / events, unit: '' },
        { name: 'fsync of 4 KiB', value: fsyncsPerSecond(), unit: '/s' },
      ],
    };
  } finally {
    await eventStore.stop();
    folder.remove();
  }
};

async function importInto(eventStore: StoreProcess, folder: string): Promise<void> {
  const mongo = await StoreProcess.start('mongodb', `${folder}/mongo-import`);
  try {
    const { code, stderr } = await run({
      entry: 'dist/apps/ops/src/main.js',
      args: ['import', 'online-retail', sampleFile(), '--rejects', `${folder}/rejects.csv`],
      env: { EVENTSTORE_URL: eventStore.url, MONGODB_URL: mongo.url, TIDEMARK_DATA: `${folder}/none` },
    });
    if (code !== 0) throw new Error(`The import ended with ${code}: ${stderr}`);
  } finally {
    await mongo.stop();
  }
}

function collections(): {
  database: string;
  name: string;
  indexes: { name: string; key: Record<string, 1 | -1> }[];
}[] {
  return CONTEXTS.flatMap(({ database, projections }) =>
    projections.map(({ name, version, indexes = [] }) => ({
      database,
      name: `${name}@${version}`,
      indexes: indexes.map((index) => ({ ...index, key: { ...index.key } })),
    })),
  );
}

async function makeCollections(mongo: StoreProcess): Promise<void> {
  const client = await MongoClient.connect(mongo.url);
  try {
    for (const { database, name, indexes } of collections()) {
      const collection = await client.db(database).createCollection(name);
      if (indexes.length > 0) await collection.createIndexes(indexes);
    }
  } finally {
    await client.close();
  }
}

async function readModelsOf(mongo: StoreProcess): Promise<ReadModels> {
  const client = await MongoClient.connect(mongo.url);
  try {
    const found: ReadModels = new Map();
    for (const { database, name } of collections())
      found.set(`${database}.${name}`, await client.db(database).collection<Document>(name).find().toArray());
    return found;
  } finally {
    await client.close();
  }
}

async function readAll({ url }: StoreProcess): Promise<void> {
  const client = EventStoreDBClient.connectionString(url);
  try {
    for await (const _event of client.readAll({ fromPosition: START }));
  } finally {
    await client.dispose();
  }
}

async function writeAll(mongo: StoreProcess, readModels: ReadModels): Promise<void> {
  const client = await MongoClient.connect(mongo.url);
  try {
    const models = [...readModels].flatMap(([namespace, documents]) =>
      documents.map((document) => ({ name: 'insertOne' as const, namespace, document })),
    );
    await client.bulkWrite<Record<string, Document>>(models, { ordered: false });
  } finally {
    await client.close();
  }
}
