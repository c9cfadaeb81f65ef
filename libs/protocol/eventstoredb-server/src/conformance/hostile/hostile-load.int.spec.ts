import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import { fileURLToPath } from 'node:url';
import { binaryEvent, EventStoreDBClient } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { dice } from '#libs/testing';
import { collected, numbered, uniqueStream } from '../node-under-test.js';
import { called, framed, NodeProcess, statusOf } from './node-process.js';
import { randomMessage } from './random-message.js';

/** What a crowd of careless clients does to a node: it answers each with a status, and its memory does not grow. */

jest.setTimeout(120_000);

const SERVICE = '/event_store.client';
const GROUPS = `${SERVICE}.persistent_subscriptions.PersistentSubscriptions`;
const PROJECTIONS = `${SERVICE}.projections.Projections`;
const PATHS = [
  ...['Append', 'BatchAppend', 'Read', 'Delete', 'Tombstone'].map(
    (name) => `${SERVICE}.streams.Streams/${name}`,
  ),
  ...['Create', 'Update', 'Delete', 'Read', 'GetInfo', 'List', 'ReplayParked'].map(
    (name) => `${GROUPS}/${name}`,
  ),
  ...['Create', 'Update', 'Enable', 'Disable', 'Reset', 'State', 'Result'].map(
    (name) => `${PROJECTIONS}/${name}`,
  ),
  `${PROJECTIONS}/Statistics`,
  `${SERVICE}.gossip.Gossip/Read`,
  `${SERVICE}.server_features.ServerFeatures/GetSupportedMethods`,
  `${SERVICE}.users.Users/Create`,
];
const READ = `${SERVICE}.streams.Streams/Read`;
const APPEND = `${SERVICE}.streams.Streams/Append`;

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('a node among hostile clients [embedded only: it needs a hand on the process]', () => {
  let node: NodeProcess;
  let session: ClientHttp2Session;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    node = await NodeProcess.start();
    session = node.connect();
    client = EventStoreDBClient.connectionString(node.url);
    await serves();
  });
  afterAll(async () => {
    await client.dispose();
    session.destroy();
    await node.stop();
  });

  /** It answers others as before, and met nothing that it did not expect. */
  async function serves(): Promise<void> {
    const stream = uniqueStream();
    await client.appendToStream(stream, numbered(0));
    expect(await collected(client.readStream(stream))).toHaveLength(1);
    expect(node.isAlive).toBe(true);
    expect(node.complaints).toBe('');
  }

  it('answers requests that make no sense with a status each', async () => {
    const random = dice(20_261_123);
    const statuses = new Map<number, number>();
    const one = async (path: string) => {
      const call = called(session, path, { 'grpc-timeout': '400m' });
      for (let left = 1 + random.upTo(3); left > 0; left--) call.write(framed(randomMessage(random)));
      if (random.upTo(4) > 0) call.end(); // the others stay half-open until their deadline
      const status = await statusOf(call);
      expect([path, status]).toEqual([path, expect.any(Number)]);
      expect(status).not.toBeNaN();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    const round = async () => {
      for (let batch = 0; batch < 3; batch++)
        await Promise.all(PATHS.flatMap((path) => [one(path), one(path), one(path)]));
      await serves();
    };
    await round();
    const before = node.memoryMegabytes();
    for (let rounds = 0; rounds < 2; rounds++) await round();
    expect(node.memoryMegabytes() - before).toBeLessThan(64);
    expect(statuses.get(3)).toBeGreaterThan(20); // invalid argument
    expect(statuses.get(14)).toBeUndefined(); // it would make clients give their connection up
  });

  it('refuses messages over the limits, and an append that never ends', async () => {
    const limit = 16_767_216;
    expect(await statusOf(sent(APPEND, framed(Buffer.alloc(8), limit + 1)))).toBe(8);
    expect(await statusOf(sent(`${GROUPS}/Create`, framed(Buffer.alloc(8), 4 * 1024 * 1024 + 1)))).toBe(8);
    const endless = called(session, APPEND);
    const status = statusOf(endless);
    const over = once(endless, 'close');
    endless.write(framed(appendOptions(uniqueStream())));
    const event = framed(largeMetadata(4 * 1024 * 1024));
    for (let written = 0; written < 64 && !endless.closed; written++)
      if (!endless.write(event)) await Promise.race([once(endless, 'drain'), over]);
    expect(await status).toBe(2);
    await serves();
  });

  function sent(path: string, bytes: Buffer) {
    const call = called(session, path);
    call.write(bytes);
    return call;
  }

  it('ends calls that stay half-open at their deadline, and forgets those given up', async () => {
    const before = node.memoryMegabytes();
    const half = framed(Buffer.alloc(100), 1_000);
    const late = Array.from({ length: 500 }, () => {
      const call = called(session, APPEND, { 'grpc-timeout': '500m' });
      call.write(half);
      return statusOf(call);
    });
    const given = Array.from({ length: 500 }, () => {
      const call = called(session, READ);
      call.write(half);
      return call;
    });
    expect(new Set(await Promise.all(late))).toEqual(new Set([4]));
    for (const call of given) call.close(8);
    await serves();
    expect(node.memoryMegabytes() - before).toBeLessThan(64);
  });

  it('does not do what a request asks for after its deadline', async () => {
    const stream = uniqueStream();
    const call = called(session, APPEND, { 'grpc-timeout': '0m' });
    call.write(framed(appendOptions(stream)));
    call.end(framed(largeMetadata(1)));
    expect(await statusOf(call)).toBe(4);
    await expect(collected(client.readStream(stream))).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  it('waits for readers that do not read, in bounded memory', async () => {
    const data = Buffer.alloc(500_000);
    const fill = async () => {
      for (let each = 0; each < 20; each++)
        await client.appendToStream('slow', binaryEvent({ type: 'large', data }));
    };
    await fill();
    const slow = node.connect();
    const before = node.memoryMegabytes();
    const readers = Array.from({ length: 40 }, () => {
      const call = called(slow, READ);
      call.end(framed(subscriptionToAll()));
      return call; // nobody reads it: its window stays shut
    });
    await Promise.all(readers.map((call) => once(call, 'response')));
    await fill();
    await serves();
    // The cache of events and what is on its way to 40 readers; the events themselves would be 800 MB.
    expect(node.memoryMegabytes() - before).toBeLessThan(160);
    slow.destroy();
  });

  it('bears thousands of idle connections from other processes', async () => {
    const before = node.memoryMegabytes();
    const script = fileURLToPath(new URL('./idle-connections.js', import.meta.url));
    const crowds: ChildProcess[] = [];
    try {
      for (let each = 0; each < 2; each++)
        crowds.push(
          spawn(process.execPath, [script, String(node.port), '1000'], {
            stdio: ['ignore', 'pipe', 'inherit'],
          }),
        );
      const told = await Promise.all(
        crowds.map(async (crowd) => ((await once(crowd.stdout!, 'data')) as [Buffer])[0]),
      );
      expect(told.map(String)).toEqual(['open, 0 refused\n', 'open, 0 refused\n']);
      await serves();
      expect((node.memoryMegabytes() - before) / 2_000).toBeLessThan(0.15);
    } finally {
      const gone = crowds.map((crowd) => once(crowd, 'exit'));
      for (const crowd of crowds) crowd.kill('SIGKILL');
      await Promise.all(gone);
    }
    await serves();
  });
});

function appendOptions(stream: string): Uint8Array {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  const options = new streams.AppendReq.Options();
  options.setStreamIdentifier(identifier);
  options.setAny(new shared.Empty());
  const request = new streams.AppendReq();
  request.setOptions(options);
  return request.serializeBinary();
}

function largeMetadata(sizeBytes: number): Uint8Array {
  const id = new shared.UUID();
  id.setString('0198a000-0000-7000-8000-0000000000ff');
  const message = new streams.AppendReq.ProposedMessage();
  message.setId(id);
  message.getMetadataMap().set('type', 'a').set('content-type', 'application/json');
  message.setCustomMetadata(Buffer.alloc(sizeBytes));
  const request = new streams.AppendReq();
  request.setProposedMessage(message);
  return request.serializeBinary();
}

function subscriptionToAll(): Uint8Array {
  const all = new streams.ReadReq.Options.AllOptions();
  all.setStart(new shared.Empty());
  const ids = new streams.ReadReq.Options.UUIDOption();
  ids.setString(new shared.Empty());
  const options = new streams.ReadReq.Options();
  options.setAll(all);
  options.setUuidOption(ids);
  options.setNoFilter(new shared.Empty());
  options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  const request = new streams.ReadReq();
  request.setOptions(options);
  return request.serializeBinary();
}
