import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { numbered } from './conformance/node-under-test.js';
import { watched } from './conformance/watched-subscription.js';
import { type EventStoreDbNode, startEventStoreDb } from './index.js';

jest.setTimeout(60_000);

let folder: string;
const nodes: EventStoreDbNode[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'eventstoredb-start-'));
});
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close();
  rmSync(folder, { recursive: true, force: true });
});

async function started(options: Parameters<typeof startEventStoreDb>[0] = {}): Promise<EventStoreDbNode> {
  const node = await startEventStoreDb(options);
  nodes.push(node);
  return node;
}

const temporaryFolders = () => readdirSync(tmpdir()).filter((name) => /^eventstoredb-\w{6}$/.test(name));

describe('starting a node', () => {
  it('keeps a temporary log only as long as it runs', async () => {
    const before = temporaryFolders();
    const node = await started();
    const own = temporaryFolders().filter((name) => !before.includes(name));
    expect(own.length).toBeGreaterThanOrEqual(1);
    await node.close();
    await node.close();
    await node.closed;
    expect(own.filter((name) => temporaryFolders().includes(name)).length).toBeLessThan(own.length);
    const socket = connect(node.address.port, node.address.host);
    await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('keeps a log in a folder of its own across restarts', async () => {
    const dataDir = join(folder, 'deep', 'data');
    for (const expected of [0n, 1n]) {
      const node = await started({ dataDir });
      const client = EventStoreDBClient.connectionString(node.url);
      expect((await client.appendToStream('s', numbered(0))).nextExpectedRevision).toBe(expected);
      await client.dispose();
      await node.close();
    }
    expect(existsSync(dataDir)).toBe(true);
  });

  it('remembers after a restart which events it has', async () => {
    const event = numbered(0);
    for (let each = 0; each < 2; each++) {
      const node = await started({ dataDir: folder });
      const client = EventStoreDBClient.connectionString(node.url);
      expect((await client.appendToStream('s', event)).nextExpectedRevision).toBe(0n);
      await client.dispose();
      await node.close();
    }
  });

  it('refuses what it cannot do, and leaves nothing behind', async () => {
    await expect(startEventStoreDb({ port: 70_000 })).rejects.toThrow(
      'The port must be a whole number from 0 to 65535, not 70000.',
    );
    await expect(startEventStoreDb({ host: '0.0.0.0' })).rejects.toMatchObject({
      name: 'EventStoreDbOptionError',
    });
    const node = await started({ dataDir: folder });
    await expect(startEventStoreDb({ dataDir: folder })).rejects.toMatchObject({
      name: 'DataFolderError',
      problem: 'in-use',
    });
    await expect(startEventStoreDb({ port: node.address.port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  it('listens on the network where that is asked for by its name', async () => {
    const node = await started({ host: '0.0.0.0', insecureListenOnNetwork: true });
    expect(node.url).toBe(`esdb://127.0.0.1:${node.address.port}?tls=false`);
  });

  it('takes the limits it is given', async () => {
    const node = await started({ limits: { maxAppendBytes: 10, maxAppendEventBytes: 5 } });
    const client = EventStoreDBClient.connectionString(node.url);
    const append = (text: string, times = 1) =>
      client.appendToStream('s', Array(times).fill({ ...numbered(0), data: text }));
    await append('abc', 2);
    await expect(append('abc', 3)).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: 10,
    });
    await expect(append('abcd')).rejects.toMatchObject({ type: 'unknown' });
    await client.dispose();
  });
});

describe('stopping a node', () => {
  it('ends subscriptions and batches as cancelled, and an append under way as unavailable', async () => {
    const node = await started();
    const client = EventStoreDBClient.connectionString(node.url);
    const seen = watched(client.subscribeToAll());
    await seen.caughtUp();
    const raw = new StreamsClient(new URL(node.url).host, credentials.createInsecure());
    const batch = raw.batchAppend();
    const batchEnd = once(batch, 'error').catch((error: unknown) => [error]);
    const appendEnd = new Promise<ServiceError | null>((resolve) => {
      raw.append((error) => resolve(error)).on('error', () => undefined);
    });
    await new Promise<void>((resolve, reject) =>
      raw.waitForReady(Date.now() + 5_000, (error) => (error ? reject(error) : resolve())),
    );
    await client.appendToStream('s', numbered(0)); // both calls have reached the node by now
    await node.close();
    expect(await seen.failure).toMatchObject({ type: 'cancelled' });
    expect(((await batchEnd) as [ServiceError])[0].code).toBe(1);
    expect((await appendEnd)?.code).toBe(14);
    raw.close();
    await client.dispose();
  });
});
