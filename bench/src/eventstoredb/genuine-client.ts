import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { EventStoreDBClient, NO_STREAM, START } from '@eventstore/db-client';
import { genuineEvent } from './events.js';

const WARM_UP_EVENTS = 20_000;

/** Reads all of `$all` by a 'data' listener. Events per second. */
export function readAllPerSecond(url: string): Promise<number> {
  return withClient(url, async (client) => {
    await readAll(client, WARM_UP_EVENTS);
    const startedAt = performance.now();
    const events = await readAll(client, Number.MAX_SAFE_INTEGER);
    return (events * 1_000) / (performance.now() - startedAt);
  });
}

/** Subscribes to `$all` from the start until it has caught up. Events per second. */
export function subscribeToAllPerSecond(url: string): Promise<number> {
  return withClient(url, async (client) => {
    await readAll(client, WARM_UP_EVENTS);
    const startedAt = performance.now();
    const subscription = client.subscribeToAll({ fromPosition: START });
    let events = 0;
    await new Promise<void>((resolve, reject) => {
      subscription.on('data', () => events++);
      subscription.once('caughtUp', resolve);
      subscription.once('error', reject);
    });
    const tookMs = performance.now() - startedAt;
    await subscription.unsubscribe();
    return (events * 1_000) / tookMs;
  });
}

export interface GenuineAppends {
  readonly url: string;
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly forMs: number;
}

/** Appends of one event each with exact revisions, each of `inFlight` writers on a stream of its own. */
export function genuineAppends({ url, inFlight, warmUpMs, forMs }: GenuineAppends): Promise<{
  readonly perSecond: number;
  readonly p50Ms: number;
}> {
  return withClient(url, async (client) => {
    const run = randomBytes(4).toString('hex');
    let measuring = false;
    let running = true;
    const latenciesMs: number[] = [];
    const writer = async (index: number) => {
      const stream = `order-${run}${String(index).padStart(6, '0')}`;
      let expectedRevision: bigint | typeof NO_STREAM = NO_STREAM;
      while (running) {
        const startedAt = performance.now();
        const appended: { nextExpectedRevision: bigint } = await client.appendToStream(
          stream,
          genuineEvent(),
          {
            expectedRevision,
          },
        );
        expectedRevision = appended.nextExpectedRevision;
        if (measuring) latenciesMs.push(performance.now() - startedAt);
      }
    };
    const all = Promise.all(Array.from({ length: inFlight }, (_, index) => writer(index)));
    await Promise.race([pause(warmUpMs), all]);
    measuring = true;
    const startedAt = performance.now();
    await Promise.race([pause(forMs), all]);
    measuring = false;
    const perSecond = (latenciesMs.length * 1_000) / (performance.now() - startedAt);
    running = false;
    await all;
    return { perSecond, p50Ms: p50(latenciesMs) };
  });
}

export function p50(values: number[]): number {
  if (values.length === 0) throw new Error('Nothing was measured.');
  return values.sort((a, b) => a - b)[values.length >> 1] as number;
}

async function withClient<T>(url: string, work: (client: EventStoreDBClient) => Promise<T>): Promise<T> {
  const client = EventStoreDBClient.connectionString(url);
  try {
    return await work(client);
  } finally {
    await client.dispose();
  }
}

async function readAll(client: EventStoreDBClient, maxCount: number): Promise<number> {
  const events = client.readAll({ fromPosition: START, maxCount });
  let count = 0;
  await new Promise<void>((resolve, reject) => {
    events.on('data', () => count++);
    events.once('end', resolve);
    events.once('error', reject);
  });
  return count;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
