import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent, type ResolvedEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { collected, manyNumbered, numbered } from '../conformance/node-under-test.js';
import { watched } from '../conformance/watched-subscription.js';
import { type RunningNode, runNode } from '../node.js';
import { DEFAULT_LIMITS } from '../node-settings.js';
import { type NodeFile, type NodeFiles, nodeFiles } from '../storage/index.js';

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

/** The real files, save that the disk may be full for a while. */
let isDiskFull = () => false;
function refuseWhenFull() {
  if (isDiskFull()) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
}
const files: NodeFiles = {
  ...nodeFiles,
  async open(path, mode) {
    const file = await nodeFiles.open(path, mode);
    const write: NodeFile['write'] = file.write.bind(file);
    const writeNow: NodeFile['writeNow'] = file.writeNow.bind(file);
    return Object.assign(file, {
      async write(bytes: Uint8Array, at: number) {
        refuseWhenFull();
        await write(bytes, at);
      },
      writeNow(bytes: Uint8Array, at: number) {
        refuseWhenFull();
        writeNow(bytes, at);
      },
    });
  },
};

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
    files,
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

  it('waits while the disk is full, then writes what was refused, once', async () => {
    await client.appendToStream('a-1', manyNumbered(3_000));
    await client.enableProjection('$by_category');
    let writes = 0;
    isDiskFull = () => ++writes % 2 === 0;
    let { stateReason } = await client.getProjectionStatus('$by_category');
    while (stateReason === '') ({ stateReason } = await client.getProjectionStatus('$by_category'));
    isDiskFull = () => false;
    expect(stateReason).toMatch('The disk is full');
    await linked(3_000);
    expect(await links()).toEqual(upTo(3_000));
    expect(await client.getProjectionStatus('$by_category')).toMatchObject({ stateReason: '' });
  });

  it('is what it was when the disk refuses to disable or reset it', async () => {
    await client.enableProjection('$by_category');
    await client.appendToStream('a-1', manyNumbered(10));
    await linked(10);
    isDiskFull = () => true;
    await expect(client.disableProjection('$by_category')).rejects.toThrow('The disk is full');
    await expect(client.resetProjection('$by_category')).rejects.toThrow('The disk is full');
    isDiskFull = () => false;
    await client.appendToStream('a-1', numbered(10));
    await linked(11);
    expect(await links()).toEqual(upTo(11));
    expect(await client.getProjectionStatus('$by_category')).toMatchObject({
      version: 1n,
      status: 'Running',
    });
  });

  it('starts as it comes where its own streams hold what makes no sense', async () => {
    await client.enableProjection('$by_category');
    await client.appendToStream('a-1', manyNumbered(2));
    await linked(2);
    const tag = { $v: '3:-1:1:3', $c: 10 ** 15, $p: 10 ** 15 };
    const nonsense = [
      jsonEvent({ type: '$>', data: {}, metadata: { $v: 7 } }),
      jsonEvent({ type: 'x', data: {} }),
    ];
    for (const stream of ['$ce-a', '$projections-$by_category-checkpoint'])
      await client.appendToStream(stream, nonsense);
    await client.appendToStream('$ce-a', jsonEvent({ type: 'mine', data: {}, metadata: tag }));
    await stop();
    await start();
    await client.appendToStream('a-1', numbered(2));
    const seen = await linked(6);
    expect(target(seen[5]!)).toBe('2@a-1');
    await client.appendToStream('$projections-$by_category', nonsense);
    await stop();
    await start();
    expect(await client.getProjectionStatus('$by_category')).toMatchObject({ status: 'Stopped' });
  });
});
