import { jest } from '@jest/globals';
import { startTestEventStore } from '#libs/platform/testing';
import { eventStreamsContract } from '../contract-suite/event-streams-contract.js';
import { EsdbEventStreams } from './esdb-event-streams.js';
import { EventStoreClient } from './event-store-client.js';

jest.setTimeout(30_000);

eventStreamsContract('EventStoreDB', async () => {
  const store = await startTestEventStore();
  const client = new EventStoreClient(store.url);
  return {
    streams: new EsdbEventStreams(client),
    close: async () => {
      await client.close();
      await store.close();
    },
  };
});
