import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventStoreDBClient,
  persistentSubscriptionToStreamSettingsFromDefaults,
  START,
} from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { collected, manyNumbered, numbered } from './conformance/node-under-test.js';
import { watchedConsumer } from './conformance/watched-consumer.js';
import { watched } from './conformance/watched-subscription.js';

/** What clients see when a node goes and comes back: needs a hand on its process. */
jest.setTimeout(60_000);

const MAIN = new URL('./main.js', import.meta.url).pathname;
let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventstoredb-stop-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function started(port = '0') {
  const node = spawn(process.execPath, [MAIN, '--data', folder, '--port', port], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(node);
  const [line] = (await once(node.stdout, 'data')) as [Buffer];
  const url = /esdb:\S+(?=,)/.exec(line.toString())?.[0] as string;
  return {
    url,
    port: new URL(url).port,
    async end(signal: 'SIGTERM' | 'SIGKILL') {
      const gone = once(node, 'exit');
      node.kill(signal);
      return (await gone) as [code: number | null, signal: string | null];
    },
  };
}

/** Tries again until the client has noticed that the node is back. */
async function soon<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++)
    try {
      return await attempt();
    } catch (error) {
      if (tries === 20) throw error;
    }
}

describe.each([
  ['stopped', 'SIGTERM', 'cancelled'],
  ['killed', 'SIGKILL', 'unavailable'],
] as const)('a node that is %s', (_how, signal, type) => {
  it('ends what is open in a way from which the same client goes on where it was', async () => {
    const node = await started();
    const client = EventStoreDBClient.connectionString(node.url);
    await client.appendToStream('s', manyNumbered(10));
    await client.createPersistentSubscriptionToStream(
      's',
      'group',
      persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START, checkPointLowerBound: 1 }),
    );
    const all = watched(client.subscribeToAll());
    const stream = watched(client.subscribeToStream('s'));
    const consumer = watchedConsumer(client.subscribeToPersistentSubscriptionToStream('s', 'group'));
    await Promise.all([all.caughtUp(), stream.events(10), consumer.events(10)]);
    const [code] = await node.end(signal);
    expect(code).toBe(signal === 'SIGTERM' ? 0 : null);
    for (const { failure } of [all, stream, consumer]) expect(await failure).toMatchObject({ type });

    await started(node.port);
    const { nextExpectedRevision } = await soon(() => client.appendToStream('s', numbered(10)));
    expect(nextExpectedRevision).toBe(10n);
    const resumed = watched(
      client.subscribeToStream('s', { fromRevision: stream.all.at(-1)!.event!.revision }),
    );
    const { position } = all.all.at(-1)!.event!;
    const resumedAll = watched(client.subscribeToAll({ fromPosition: position! }));
    const again = watchedConsumer(client.subscribeToPersistentSubscriptionToStream('s', 'group'));
    await resumed.events(1);
    await resumedAll.caughtUp();
    await again.eventWith(({ event }) => event?.revision === 10n);
    expect(resumed.all.map(({ event }) => event!.revision)).toEqual([10n]);
    const numbers = resumedAll.all.filter(({ event }) => event?.streamId === 's');
    expect(numbers.map(({ event }) => event!.revision)).toEqual([10n]);
    await Promise.all([resumed.stop(), resumedAll.stop(), again.stop()]);
    await client.dispose();
  });

  // Where a node is killed, kill.int.spec.ts shows it.
  (signal === 'SIGTERM' ? it : it.skip)('has every append that it acknowledged, once', async () => {
    const node = await started();
    const client = EventStoreDBClient.connectionString(node.url);
    const acknowledged: bigint[] = [];
    let hasBegun: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      hasBegun = resolve;
    });
    const writing = (async () => {
      for (;;)
        try {
          const flood = manyNumbered(20).map((event) => client.appendToStream('s', event));
          for (const outcome of await Promise.allSettled(flood)) {
            if (outcome.status === 'rejected') throw outcome.reason;
            acknowledged.push(outcome.value.nextExpectedRevision);
          }
          hasBegun();
        } catch (error) {
          return error;
        }
    })();
    await begun;
    await node.end(signal);
    expect(await writing).toMatchObject({ code: expect.any(Number) });
    await started(node.port);
    const stored = await soon(() => collected(client.readStream('s')));
    const ids = new Set(stored.map(({ event }) => event!.id));
    expect(ids.size).toBe(stored.length);
    const revisions = stored.map(({ event }) => event!.revision);
    for (const revision of acknowledged) expect(revisions).toContain(revision);
    await client.dispose();
  });
});

describe('a node within a program', () => {
  it('leaves nothing behind: the program ends by itself, and its temporary folder is gone', async () => {
    const program = `(async () => {
      const { EventStoreDBClient, jsonEvent } = await import('@eventstore/db-client');
      const { startEventStoreDb } = await import('${new URL('./index.js', import.meta.url).href}');
      const node = await startEventStoreDb();
      const client = EventStoreDBClient.connectionString(node.url);
      for (const name of ['$by_category', '$streams']) await client.enableProjection(name);
      await client.appendToStream('a-1', jsonEvent({ type: 'x', data: {} }));
      const subscription = client.subscribeToAll();
      subscription.on('error', () => undefined);
      await new Promise((resolve) => subscription.once('caughtUp', resolve));
      await fetch('http://127.0.0.1:' + node.address.port + '/metrics');
      await node.close();
      await client.dispose();
      console.log('closed');
    })()`;
    const child = spawn(process.execPath, ['--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: folder },
    });
    children.push(child);
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    const [code] = (await once(child, 'exit')) as [number | null];
    expect([code, Buffer.concat(output).toString().trim()]).toEqual([0, 'closed']);
    expect(readdirSync(folder)).toEqual([]);
  });
});
