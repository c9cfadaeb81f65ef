import { expect, it, jest } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { newId } from '#libs/platform/kernel';
import { commandContext, counterAggregate, openCounter, startTestEventStore } from '#libs/platform/testing';
import { AggregateStore } from '../aggregate-store.js';
import { EventStoreModule } from '../event-store.module.js';
import type { AppendSeen } from '../event-store-observer.js';
import { EventStoreClient } from './event-store-client.js';

jest.setTimeout(30_000);

it('gives an app its event store, tells the observer, and closes with the app', async () => {
  const store = await startTestEventStore();
  const appends: AppendSeen[] = [];
  const observer = { onAppend: (seen: AppendSeen) => appends.push(seen) };
  const app = await Test.createTestingModule({
    imports: [EventStoreModule.forRoot({ url: store.url, observer })],
  }).compile();
  await app.init();
  await app.get(EventStoreClient).ping();
  await app
    .get(AggregateStore)
    .execute(counterAggregate, newId(), openCounter, commandContext('OpenCounter'));
  expect(appends).toMatchObject([{ category: 'counter', outcome: 'appended', events: 1 }]);
  await app.close();
  await store.close();
});

it('starts while the store is away, and says so', async () => {
  const app = await Test.createTestingModule({
    imports: [EventStoreModule.forRoot({ url: 'esdb://127.0.0.1:1?tls=false' })],
  }).compile();
  await app.init();
  await expect(app.get(EventStoreClient).ping()).rejects.toThrow('ECONNREFUSED');
  await expect(
    app.get(AggregateStore).execute(counterAggregate, 'a', openCounter, commandContext('OpenCounter')),
  ).rejects.toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE' });
  await app.close();
});
