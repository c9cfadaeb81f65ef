import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import { startEventStoreDb } from '../index.js';
import {
  collected,
  embeddedOnly,
  manyNumbered,
  nodeUnderTest,
  numbered,
  uniqueStream,
} from './node-under-test.js';
import { watched } from './watched-subscription.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const hostOf = () => new URL(node.url).host;

async function works(connectionString: string): Promise<void> {
  const client = EventStoreDBClient.connectionString(connectionString);
  const stream = uniqueStream();
  await client.appendToStream(stream, numbered(0));
  expect(await collected(client.readStream(stream))).toHaveLength(1);
  await client.dispose();
}

describe('a connection string', () => {
  it.each<[string, () => string]>([
    ['one host', () => `esdb://${hostOf()}?tls=false`],
    ['a slash and odd spelling', () => `esdb://${hostOf()}/?TLS=false&keep-alive-interval=10000`],
    ['a user, who is not asked for', () => `esdb://admin:changeit@${hostOf()}?tls=false`],
    ['discovery through one host', () => `esdb+discover://${hostOf()}?tls=false`],
    ['two hosts, one of them gone', () => `esdb://127.0.0.1:1,${hostOf()}?tls=false&gossipTimeout=2`],
    ['a preference that no node has', () => `esdb+discover://${hostOf()}?tls=false&nodePreference=follower`],
    ['a name for the connection', () => `esdb://${hostOf()}?tls=false&connectionName=name`],
  ])('with %s reaches the node', (_words, url) => works(url()));

  it('may ask for the leader, which this node is', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, numbered(0), { requiresLeader: true });
    expect(await collected(node.client.readStream(stream, { requiresLeader: true }))).toHaveLength(1);
  });
});

describe('a client', () => {
  it('hears that its deadline has passed, and the node goes on', async () => {
    const stream = uniqueStream();
    const append = node.client.appendToStream(stream, manyNumbered(3_000), {
      deadline: 1,
      credentials: { username: 'admin', password: 'changeit' },
    });
    await expect(append).rejects.toMatchObject({ type: 'deadline-exceeded' });
    await node.client.appendToStream(stream, numbered(0));
  });

  it('may leave while many of its streams are open', async () => {
    const client = EventStoreDBClient.connectionString(node.url);
    await client.appendToStream(uniqueStream(), manyNumbered(2_000));
    const subscriptions = Array.from({ length: 20 }, () => client.subscribeToAll());
    const reads = Array.from({ length: 5 }, () => client.readAll());
    await Promise.all(subscriptions.map((subscription) => once(subscription, 'confirmation')));
    for (const stream of [...subscriptions, ...reads]) stream.on('error', () => undefined);
    await client.dispose();
    await works(node.url);
  });

  it('is told a wrong revision without an error where it asks for that', async () => {
    const client = EventStoreDBClient.connectionString(`${node.url}&throwOnAppendFailure=false`);
    const stream = uniqueStream();
    await client.appendToStream(stream, manyNumbered(3));
    const viaAppend = { credentials: { username: 'admin', password: 'changeit' }, expectedRevision: 7n };
    expect(await client.appendToStream(stream, numbered(3), viaAppend)).toMatchObject({
      success: false,
      nextExpectedRevision: 2n,
    });
    // Through BatchAppend the client itself loses the revision, whatever it is told.
    const viaBatchAppend = await client.appendToStream(stream, numbered(3), { expectedRevision: 7n });
    expect(viaBatchAppend.success).toBe(false);
    await client.dispose();
  });

  embeddedOnly('it needs a hand on the node')(
    'goes on by itself after the node has stopped and started again, its subscriptions where they were',
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'eventstoredb-again-'));
      const first = await startEventStoreDb({ dataDir });
      const client = EventStoreDBClient.connectionString(first.url);
      const stream = uniqueStream();
      await client.appendToStream(stream, manyNumbered(3));
      const before = watched(client.subscribeToStream(stream));
      await before.caughtUp();
      await first.close();
      await expect(before.failure).resolves.toMatchObject({ type: 'cancelled' });
      const second = await startEventStoreDb({ dataDir, port: first.address.port });
      const last = before.all.at(-1)!.event!.revision;
      for (let tries = 0; ; tries++)
        try {
          await client.appendToStream(stream, numbered(3), { expectedRevision: last });
          break;
        } catch (error) {
          if (tries === 10) throw error; // the channel notices within a few calls
        }
      const after = watched(client.subscribeToStream(stream, { fromRevision: last }));
      await after.events(1);
      expect(after.all[0]?.event?.revision).toBe(3n);
      await after.stop();
      await client.dispose();
      await second.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  );
});
