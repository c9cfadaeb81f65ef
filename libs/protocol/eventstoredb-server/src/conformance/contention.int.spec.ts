import { randomUUID } from 'node:crypto';
import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { dice } from '#libs/testing';
import { collected, nodeUnderTest, uniqueStream } from './node-under-test.js';

jest.setTimeout(120_000);

const CLIENTS = 64;
const STREAMS = 4;
const WRITES_EACH = 2;
const LAST = { direction: BACKWARDS, fromRevision: END, maxCount: 1 } as const;
/** With credentials the client takes the Append call; without them it takes BatchAppend. */
const VIA_APPEND = { credentials: { username: 'admin', password: 'changeit' } };

const node = nodeUnderTest();
let clients: EventStoreDBClient[];
beforeAll(() => {
  clients = Array.from({ length: CLIENTS }, () => EventStoreDBClient.connectionString(node.url));
});
afterAll(() => Promise.all(clients.map((client) => client.dispose())));

/** What a writer saw last: the balance up to a revision, as an aggregate would have it. */
interface Seen {
  readonly revision: bigint | typeof NO_STREAM;
  readonly total: number;
}

async function load(client: EventStoreDBClient, stream: string): Promise<Seen> {
  let seen: Seen = { revision: NO_STREAM, total: 0 };
  try {
    for await (const { event } of client.readStream(stream, LAST))
      seen = { revision: event!.revision, total: (event!.data as { total: number }).total };
  } catch (error) {
    if ((error as { type?: string }).type !== 'stream-not-found') throw error;
  }
  return seen;
}

describe('64 clients that expect revisions of few streams', () => {
  it('lose no update and repeat none: each total rests on the one before it', async () => {
    const streams = Array.from({ length: STREAMS }, () => uniqueStream('account'));
    const written = new Map(streams.map((stream) => [stream, [] as { id: string; revision: bigint }[]]));
    let conflicts = 0;

    /** Reads, adds one to the total, and appends, expecting what it read, until nobody was faster. */
    const addOne = async (client: EventStoreDBClient, stream: string, index: number) => {
      const id = randomUUID();
      for (;;) {
        const { revision, total } = await load(client, stream);
        const event = jsonEvent({ id, type: 'added', data: { total: total + 1 } });
        const options = { expectedRevision: revision, deadline: 60_000, ...(index % 2 === 0 && VIA_APPEND) };
        try {
          const { nextExpectedRevision } = await client.appendToStream(stream, event, options);
          written.get(stream)?.push({ id, revision: nextExpectedRevision });
          // A repeat of what was acknowledged is the same append, whoever has written since.
          const again = await client.appendToStream(stream, event, options);
          expect(again.nextExpectedRevision).toBe(nextExpectedRevision);
          return;
        } catch (error) {
          if (!(error instanceof WrongExpectedVersionError)) throw error;
          conflicts++;
        }
      }
    };

    await Promise.all(
      clients.map(async (client, index) => {
        const random = dice(index);
        for (let write = 0; write < WRITES_EACH; write++) await addOne(client, random.oneOf(streams), index);
      }),
    );

    expect(conflicts).toBeGreaterThan(CLIENTS);
    let sum = 0;
    for (const [stream, acknowledged] of written) {
      const events = (await collected(node.client.readStream(stream))).map(({ event }) => event!);
      expect(events.map(({ data }) => (data as { total: number }).total)).toEqual(
        events.map((_event, index) => index + 1),
      );
      expect(events.map(({ id }) => id)).toEqual(
        acknowledged.sort((a, b) => Number(a.revision - b.revision)).map(({ id }) => id),
      );
      sum += events.length;
    }
    expect(sum).toBe(CLIENTS * WRITES_EACH);
  });
});
