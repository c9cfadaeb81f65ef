import { EventStoreDBClient } from '@eventstore/db-client';
import { expect, it, jest } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { startTestStores } from './test-stores.js';

jest.setTimeout(30_000);

it('starts both stores, which answer the genuine clients', async () => {
  const stores = await startTestStores();
  const mongo = new MongoClient(stores.mongoUrl);
  const eventStore = EventStoreDBClient.connectionString(stores.eventStoreUrl);
  expect(await mongo.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
  const events: unknown[] = [];
  for await (const event of eventStore.readAll({ maxCount: 1 })) events.push(event);
  expect(events).toHaveLength(1);
  await mongo.close();
  await eventStore.dispose();
  await stores.close();
});
