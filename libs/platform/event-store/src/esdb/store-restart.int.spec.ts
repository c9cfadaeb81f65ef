import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { newId } from '#libs/platform/kernel';
import { counterTotals, openCounter, raiseCounter, startCounters } from '#libs/platform/testing';
import { type EventStoreDbNode, startEventStoreDb } from '#libs/protocol/eventstoredb-server';
import { EsdbEventStreams } from './esdb-event-streams.js';
import { EventStoreClient } from './event-store-client.js';

jest.setTimeout(30_000);

// Only an embedded node can be stopped and started here, whatever EVENTSTORE_URL says.
let dataDir: string;
let node: EventStoreDbNode;
let client: EventStoreClient;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'store-restart-'));
  node = await startEventStoreDb({ dataDir });
  client = new EventStoreClient(node.url);
});
afterEach(async () => {
  await client.close();
  await node.close();
  await rm(dataDir, { recursive: true });
});

it('goes on by itself when the store is back, and loses nothing that was answered', async () => {
  const { run, log } = startCounters(new EsdbEventStreams(client));
  const counterId = newId();
  await run(openCounter, { counterId });
  let raised = 0;
  let refused = 0;
  const raiseUntil = async (done: () => boolean) => {
    while (!done())
      try {
        await run(raiseCounter, { counterId });
        raised++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE' });
        refused++;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
  };
  await raiseUntil(() => raised === 5);
  const restarted = (async () => {
    await node.close();
    while (refused === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    node = await startEventStoreDb({ dataDir, port: node.address.port });
  })();
  await raiseUntil(() => refused > 0);
  await restarted;
  const sinceRestart = raised;
  await raiseUntil(() => raised === sinceRestart + 5);
  const totals = await counterTotals(log, counterId);
  // A refused command may have been recorded: its outcome was not known. None was recorded twice.
  expect(totals.length).toBeGreaterThanOrEqual(1 + raised);
  expect(totals.length).toBeLessThanOrEqual(1 + raised + refused);
  expect(totals).toEqual(totals.map((_none, n) => 1 + 2 * n));
});
