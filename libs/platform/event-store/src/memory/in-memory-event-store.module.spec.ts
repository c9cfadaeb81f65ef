import { expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { commandContext, counterAggregate, openCounter } from '#libs/platform/testing';
import { AggregateStore } from '../aggregate-store.js';
import { EventStreams } from '../event-streams.js';
import { InMemoryEventStoreModule } from './in-memory-event-store.module.js';
import { InMemoryEventStreams } from './in-memory-event-streams.js';

it('gives a module an event store whose log the spec can read', async () => {
  const streams = new InMemoryEventStreams();
  const app = await Test.createTestingModule({
    imports: [InMemoryEventStoreModule.forRoot(streams)],
  }).compile();
  await app.get(AggregateStore).execute(counterAggregate, 'a', openCounter, commandContext('OpenCounter'));
  expect(streams.all()).toMatchObject([{ stream: 'counter-a', type: 'CounterOpened' }]);
  expect(app.get(EventStreams)).toBe(streams);
  await app.close();
});
