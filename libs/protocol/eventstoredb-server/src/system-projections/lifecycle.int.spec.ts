import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, type ResolvedEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { collected, manyNumbered, numbered } from '../conformance/node-under-test.js';
import { watched } from '../conformance/watched-subscription.js';
import { type RunningNode, runNode } from '../node.js';
import { DEFAULT_LIMITS } from '../node-settings.js';

/** One node through restarts: that a real one does the same cannot be shown without a hand on its process. */
jest.setTimeout(60_000);

let folder: string;
let node: RunningNode;
let client: EventStoreDBClient;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'eventstoredb-projections-'));
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const host = '127.0.0.1';
  node = await runNode(
    {
      dataDir: folder,
      host,
      port: 0,
      advertisedHost: host,
      sync: 'none',
      limits: DEFAULT_LIMITS,
      projectionStartDelayMs: 0,
    },
    (message, error) => {
      throw new Error(message, { cause: error });
    },
  );
  client = EventStoreDBClient.connectionString(`esdb://${host}:${node.address.port}?tls=false`);
}

async function stop(): Promise<void> {
  await client.dispose();
  await node.close();
}

const target = ({ event }: ResolvedEvent) => Buffer.from(event!.data as Uint8Array).toString();
const links = async () => (await collected(client.readStream('$ce-a'))).map(target);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => `${index}@a-1`);

async function linked(count: number, fromRevision?: bigint): Promise<ResolvedEvent[]> {
  const seen = watched(client.subscribeToStream('$ce-a', fromRevision === undefined ? {} : { fromRevision }));
  await seen.events(count);
  await seen.stop();
  return seen.all;
}

/** Resolves when the projection has dealt with all that is in the log. */
async function idle(): Promise<void> {
  for (;;) {
    const { progress } = await client.getProjectionStatus('$by_category');
    if (progress === 100) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a system projection', () => {
  it('is stopped until it is enabled, then begins with the first event', async () => {
    await client.appendToStream('a-1', manyNumbered(1_000));
    expect(await client.getProjectionStatus('$by_category')).toMatchObject({
      projectionStatus: 'Stopped',
      eventsProcessedAfterRestart: 0n,
      position: 'C:-1/P:-1',
    });
    await client.enableProjection('$by_category');
    await client.enableProjection('$by_category'); // which changes nothing
    await linked(1_000);
    expect(await links()).toEqual(upTo(1_000));
    await idle();
    expect(await client.getProjectionStatus('$by_category')).toMatchObject({
      name: '$by_category',
      projectionStatus: 'Running',
      progress: 100,
      eventsProcessedAfterRestart: 1_000n,
      version: 1n,
      epoch: -1n,
      stateReason: '',
    });
  });

  it('writes nothing while it is disabled, and goes on where it was', async () => {
    await client.enableProjection('$by_category');
    await client.appendToStream('a-1', manyNumbered(10));
    await linked(10);
    await client.disableProjection('$by_category');
    await client.appendToStream('a-1', manyNumbered(10, 10));
    expect(await client.getProjectionStatus('$by_category')).toMatchObject({ projectionStatus: 'Stopped' });
    await client.enableProjection('$by_category');
    await linked(20);
    await client.abortProjection('$by_category');
    expect(await client.getProjectionStatus('$by_category')).toMatchObject({ projectionStatus: 'Aborted' });
    expect(await links()).toEqual(upTo(20));
  });

  it('is what it was after a restart of the node', async () => {
    await client.enableProjection('$by_category');
    await client.enableProjection('$streams');
    await client.appendToStream('a-1', manyNumbered(10));
    await linked(10);
    await client.disableProjection('$streams');
    for (let restart = 1; restart <= 2; restart++) {
      await stop();
      await start();
      await client.appendToStream('a-1', manyNumbered(10, 10 * restart));
      await linked(10 * (restart + 1));
    }
    expect(await links()).toEqual(upTo(30));
    const statuses = (await client.listProjections()).map(({ name, status }) => [name, status]);
    expect(Object.fromEntries(statuses)).toMatchObject({ $by_category: 'Running', $streams: 'Stopped' });
  });

  it('writes anew after a reset: what was there before is hidden, numbers go on', async () => {
    await client.enableProjection('$by_category');
    await client.appendToStream('a-1', manyNumbered(10));
    await linked(10);
    await client.setStreamMetadata('$ce-a', { maxCount: 100, custom: 'kept' });
    await client.resetProjection('$by_category');
    const again = await linked(10, 9n);
    expect(again.map(({ event }) => event!.revision)).toEqual(
      Array.from({ length: 10 }, (_, n) => BigInt(n + 10)),
    );
    expect(await links()).toEqual(upTo(10));
    const { metadata } = await client.getStreamMetadata('$ce-a');
    expect(metadata).toEqual({ maxCount: 100, custom: 'kept', truncateBefore: 10 });
    await stop();
    await start();
    await client.appendToStream('a-1', numbered(10));
    await linked(11);
    expect(await links()).toEqual(upTo(11));
    expect(await client.getProjectionStatus('$by_category')).toMatchObject({ version: 2n, epoch: 2n });
  });

  it('that is reset while it is disabled begins with the first event when it is enabled', async () => {
    await client.enableProjection('$by_category');
    await client.appendToStream('a-1', manyNumbered(3));
    await linked(3);
    await client.disableProjection('$by_category');
    await client.resetProjection('$by_category');
    await client.enableProjection('$by_category');
    await linked(3, 2n);
    expect(await links()).toEqual(upTo(3));
  });

  it('takes up a link stream that was deleted, and leaves one alone that is gone for good', async () => {
    await client.enableProjection('$by_category');
    await client.appendToStream('b-1', numbered(0));
    await client.appendToStream('a-1', numbered(0));
    await linked(1);
    await client.deleteStream('$ce-a');
    await client.tombstoneStream('$ce-b');
    await client.appendToStream('b-1', numbered(1));
    await client.appendToStream('a-1', numbered(1));
    const [event] = await linked(1, 0n);
    expect([target(event!), event!.event!.revision]).toEqual(['1@a-1', 1n]);
    await expect(collected(client.readStream('$ce-b'))).rejects.toMatchObject({ type: 'stream-deleted' });
  });

  it('survives restarts of its subsystem in the middle of its work', async () => {
    await client.enableProjection('$by_category');
    await client.appendToStream('a-1', manyNumbered(5_000));
    for (let restart = 0; restart < 5; restart++) await client.restartSubsystem();
    await linked(5_000);
    expect(await links()).toEqual(upTo(5_000));
  });
});
