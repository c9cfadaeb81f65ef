import { END, EventStoreDBClient } from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import { killableNodes } from './conformance/killable-node.js';
import { collected, manyNumbered } from './conformance/node-under-test.js';

jest.setTimeout(120_000);

const started = killableNodes();

interface Acknowledged {
  readonly stream: string;
  readonly ids: readonly string[];
  readonly revision: bigint;
  readonly position: bigint;
}

/** Appends of one to five events to a few streams until the node is gone; gives what was acknowledged. */
async function writeUntilGone(client: EventStoreDBClient, writer: number, onAcknowledged: () => void) {
  const acknowledged: Acknowledged[] = [];
  for (let number = 0; ; number++) {
    const stream = `stream-${writer % 5}`;
    const events = manyNumbered(1 + (number % 5));
    try {
      const { nextExpectedRevision, position } = await client.appendToStream(stream, events);
      const ids = events.map(({ id }) => id);
      acknowledged.push({ stream, ids, revision: nextExpectedRevision, position: position!.commit });
      onAcknowledged();
    } catch {
      return acknowledged; // the node was killed: the outcome of this one is unknown
    }
  }
}

describe('a node killed in the middle of appends', () => {
  it('has every acknowledged event once, whole and where it was said to be, after each restart', async () => {
    const all: Acknowledged[] = [];
    let port = '0';
    for (let round = 0; round < 4; round++) {
      const node = await started(port);
      port = node.port;
      const client = EventStoreDBClient.connectionString(node.url);
      let left = 60 + 35 * round;
      let enough: () => void;
      const reached = new Promise<void>((resolve) => {
        enough = resolve;
      });
      const writers = Array.from({ length: 16 }, (_, writer) =>
        writeUntilGone(client, writer, () => --left === 0 && enough()),
      );
      await reached;
      await node.kill();
      all.push(...(await Promise.all(writers)).flat());
      await client.dispose();
    }
    const node = await started(port);
    const client = EventStoreDBClient.connectionString(node.url);
    const log = await collected(client.readAll());
    const places = new Map(log.map(({ event }) => [event!.id, event!]));
    expect(places.size).toBe(log.length);
    expect(all.length).toBeGreaterThan(400);
    for (const { stream, ids, revision, position } of all)
      for (const [index, id] of ids.entries()) {
        const before = BigInt(ids.length - 1 - index);
        expect(places.get(id)).toMatchObject({
          streamId: stream,
          revision: revision - before,
          position: { commit: position - before },
          type: 'numbered',
        });
      }
    for (let stream = 0; stream < 5; stream++) {
      const revisions = (await collected(client.readStream(`stream-${stream}`))).map(
        ({ event }) => event!.revision,
      );
      expect(revisions).toEqual(revisions.map((_, index) => BigInt(index)));
    }
    await client.dispose();
    await node.kill();
  });

  it('has linked each event once and in order, whatever its system projections were at', async () => {
    const links: [projection: string, stream: string][] = [
      ['$by_category', '$ce-stream'],
      ['$by_event_type', '$et-numbered'],
    ];
    let port = '0';
    for (let round = 0; round < 3; round++) {
      const node = await started(port);
      port = node.port;
      const client = EventStoreDBClient.connectionString(node.url);
      if (round === 0) for (const [projection] of links) await client.enableProjection(projection);
      const linked = client.subscribeToStream('$ce-stream', { fromRevision: END });
      let left = 60 + 40 * round;
      const reached = new Promise<void>((resolve) => linked.on('data', () => --left === 0 && resolve()));
      linked.on('error', () => undefined); // that is what killing the node does
      const writers = Array.from({ length: 8 }, (_, writer) =>
        writeUntilGone(client, writer, () => undefined),
      );
      await reached;
      await node.kill();
      await Promise.all(writers);
      await client.dispose();
    }
    const node = await started(port);
    const client = EventStoreDBClient.connectionString(node.url);
    const sources = (await collected(client.readAll()))
      .filter(({ event }) => event!.streamId.startsWith('stream-'))
      .map(({ event }) => `${event!.revision}@${event!.streamId}`);
    for (const [, stream] of links) {
      const written = client.subscribeToStream(stream);
      const targets: string[] = [];
      for await (const { event } of written) {
        expect(event!.revision).toBe(BigInt(targets.length));
        if (targets.push(Buffer.from(event!.data as Uint8Array).toString()) === sources.length) break;
      }
      expect(targets).toEqual(sources);
    }
    await client.dispose();
    await node.kill();
  });

  it('is found again by the same client on the same port', async () => {
    const node = await started();
    const client = EventStoreDBClient.connectionString(node.url);
    await client.appendToStream('stream', manyNumbered(1));
    await node.kill();
    await expect(client.appendToStream('stream', manyNumbered(1))).rejects.toThrow();
    const again = await started(node.port);
    for (let tries = 0; ; tries++)
      try {
        await client.appendToStream('stream', manyNumbered(1));
        break;
      } catch (error) {
        if (tries === 10) throw error; // the channel notices within a few calls
      }
    expect((await collected(client.readStream('stream'))).length).toBeGreaterThanOrEqual(2);
    await client.dispose();
    await again.kill();
  });
});
