import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestEventStore, type TestStore } from '#libs/platform/testing';
import type { LoggedItem } from '../log-feed.js';
import { count } from '../testing/real-context.js';
import { EsdbLogFeed } from './esdb-log-feed.js';

let store: TestStore;
let client: EventStoreDBClient;
let category: string;
let feed: EsdbLogFeed;

beforeAll(async () => {
  store = await startTestEventStore();
  client = EventStoreDBClient.connectionString(store.url);
});
afterAll(async () => {
  await client?.dispose();
  await store?.close();
});
beforeEach(() => {
  category = `feed${randomBytes(4).toString('hex')}`;
  feed = new EsdbLogFeed(store.url, [`${category}-`]);
});
afterEach(() => feed.close());

async function append(stream: string, ...by: number[]): Promise<bigint> {
  const { position } = await client.appendToStream(
    stream,
    by.map((each) => count('a', each)),
  );
  return position!.commit;
}

/** The first `many` events that a subscription brings, as it is read piece by piece. */
async function first(many: number, subscription: Readable): Promise<number[]> {
  const found: number[] = [];
  for await (const { event } of subscription as AsyncIterable<LoggedItem>) {
    if (event) found.push((event.data as { by: number }).by);
    if (found.length === many) break;
  }
  return found;
}

describe('EsdbLogFeed', () => {
  it('brings the followed streams only, after a position, then what is appended', async () => {
    const position = await append(`${category}-a`, 1, 2);
    await append(`other${category}-a`, 3);
    await append(`${category}-b`, 4);
    const later = append(`${category}-a`, 5);
    expect(await first(4, feed.follow(-1n))).toEqual([1, 2, 4, 5]);
    await later;
    expect(await first(2, feed.follow(position))).toEqual([4, 5]);
  });

  it('says when the past is delivered', async () => {
    await append(`${category}-a`, 1);
    const subscription = feed.follow(-1n);
    subscription.resume();
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    subscription.destroy();
  });

  it('sees past the subscription what comes next, and how far there is nothing', async () => {
    const start = await append(`other${category}-a`, 0);
    const none = await feed.firstAfter(start);
    expect(none.event).toBeUndefined();
    const skipped = await append(`other${category}-a`, 1);
    const position = await append(`${category}-a`, 2, 3);
    const { event, scannedTo } = await feed.firstAfter(none.scannedTo);
    expect(event?.data).toEqual({ of: 'a', by: 2 });
    expect(scannedTo).toBeGreaterThanOrEqual(skipped);
    expect((await feed.firstAfter(position)).event).toBeUndefined();
    expect(await feed.head()).toBeGreaterThanOrEqual(position);
  });

  it('fails, and does not hang, where there is no store', async () => {
    const nowhere = new EsdbLogFeed('esdb://127.0.0.1:1?tls=false', [`${category}-`]);
    const failure = new Promise((resolve) => nowhere.follow(-1n).once('error', resolve));
    expect(await failure).toBeInstanceOf(Error);
    await expect(nowhere.head()).rejects.toThrow();
    const startedAt = performance.now();
    await nowhere.close();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
