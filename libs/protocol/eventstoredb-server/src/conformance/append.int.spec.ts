import { randomUUID } from 'node:crypto';
import {
  ANY,
  binaryEvent,
  type EventStoreDBClient,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  STREAM_EXISTS,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import { collected, manyNumbered, nodeUnderTest, numbered, uniqueStream } from './node-under-test.js';

jest.setTimeout(180_000); // some of it is bound by the disk, which tests share

const node = nodeUnderTest();
type Append = EventStoreDBClient['appendToStream'];

/** Credentials make the client take the Append call; without them it takes BatchAppend. */
const viaAppend: Append = (stream, events, options) =>
  node.client.appendToStream(stream, events, {
    ...options,
    credentials: { username: 'admin', password: 'changeit' },
  });
const viaBatchAppend: Append = (stream, events, options) =>
  node.client.appendToStream(stream, events, options);

const revisionsOf = async (stream: string) =>
  (await collected(node.client.readStream(stream))).map(({ event }) => Number(event?.revision));

describe.each([
  ['Append', viaAppend],
  ['BatchAppend', viaBatchAppend],
])('%s', (_name, append) => {
  it('stores events whole, in order, and says where', async () => {
    const stream = uniqueStream();
    const before = Date.now();
    const id = randomUUID();
    const events = [
      jsonEvent({ id, type: 'größer', data: { text: 'ü 漢 😀' }, metadata: { by: 'me' } }),
      binaryEvent({ type: 'raw', data: Buffer.from([0, 1, 255]), metadata: Buffer.from([9, 8]) }),
      jsonEvent({ type: 'none', data: {} }),
    ];
    const result = await append(stream, events);
    expect(result).toMatchObject({ success: true, nextExpectedRevision: 2n });
    const read = (await collected(node.client.readStream(stream))).map(({ event }) => event!);
    expect(read.map(({ type }) => type)).toEqual(['größer', 'raw', 'none']);
    expect(read[0]).toMatchObject({
      id,
      streamId: stream,
      revision: 0n,
      isJson: true,
      data: { text: 'ü 漢 😀' },
      metadata: { by: 'me' },
    });
    expect(Buffer.from(read[1]!.data as Uint8Array)).toEqual(Buffer.from([0, 1, 255]));
    expect(Buffer.from(read[1]!.metadata as Uint8Array)).toEqual(Buffer.from([9, 8]));
    expect(read[1]!.isJson).toBe(false);
    expect(read[2]!.metadata).toBeUndefined();
    expect(read[2]!.position).toEqual(result.position);
    expect(+read[0]!.created).toBeGreaterThanOrEqual(before);
    expect(+read[0]!.created).toBeLessThanOrEqual(Date.now());
    expect(read[0]!.position!.commit).toBeLessThan(read[1]!.position!.commit);
  });

  describe('expecting', () => {
    it('no stream: writes once', async () => {
      const stream = uniqueStream();
      expect(await append(stream, numbered(0), { expectedRevision: NO_STREAM })).toMatchObject({
        success: true,
      });
      await expect(append(stream, numbered(1), { expectedRevision: NO_STREAM })).rejects.toMatchObject({
        type: 'wrong-expected-version',
        streamName: stream,
        expectedVersion: 'no_stream',
        actualVersion: 0n,
      });
    });

    it('a revision: writes at that one, not below, not above', async () => {
      const stream = uniqueStream();
      await append(stream, manyNumbered(3));
      expect(await append(stream, numbered(3), { expectedRevision: 2n })).toMatchObject({
        nextExpectedRevision: 3n,
      });
      for (const expectedRevision of [2n, 4n, 2n ** 62n])
        await expect(append(stream, numbered(4), { expectedRevision })).rejects.toMatchObject({
          expectedVersion: expectedRevision,
          actualVersion: 3n,
        });
      await expect(append(uniqueStream(), numbered(0), { expectedRevision: 0n })).rejects.toMatchObject({
        actualVersion: 'no_stream',
      });
      expect(await revisionsOf(stream)).toEqual([0, 1, 2, 3]);
    });

    it('that the stream exists: refuses a missing one, and takes one with metadata alone', async () => {
      const stream = uniqueStream();
      const options = { expectedRevision: STREAM_EXISTS } as const;
      await expect(append(stream, numbered(0), options)).rejects.toBeInstanceOf(WrongExpectedVersionError);
      await node.client.setStreamMetadata(stream, { maxCount: 10 });
      expect(await append(stream, numbered(0), options)).toMatchObject({ nextExpectedRevision: 0n });
      expect(await append(stream, numbered(1), options)).toMatchObject({ nextExpectedRevision: 1n });
    });

    it('anything: writes always', async () => {
      const stream = uniqueStream();
      for (const next of [0n, 1n])
        expect(await append(stream, numbered(0), { expectedRevision: ANY })).toMatchObject({
          nextExpectedRevision: next,
        });
    });
  });

  describe('repeated', () => {
    it.each([['any', ANY] as const, ['stream_exists', STREAM_EXISTS] as const])(
      'expecting %s: answers as the first time and writes nothing',
      async (_words, expectedRevision) => {
        const stream = uniqueStream();
        await append(stream, numbered(0));
        const events = manyNumbered(3, 1);
        const first = await append(stream, events, { expectedRevision });
        await append(stream, numbered(4));
        expect(await append(stream, events, { expectedRevision })).toEqual(first);
        // Neither order nor neighbours matter: the last id says what is answered.
        expect(await append(stream, [events[2]!, events[0]!], { expectedRevision })).toMatchObject({
          nextExpectedRevision: 1n,
        });
        expect(await revisionsOf(stream)).toEqual([0, 1, 2, 3, 4]);
      },
    );

    it('expecting anything: a known first id with an unknown later one is a wrong version', async () => {
      const stream = uniqueStream();
      const known = numbered(0);
      await append(stream, known);
      await expect(append(stream, [known, numbered(1)])).rejects.toMatchObject({ actualVersion: 0n });
      // Only the first id is asked for before writing.
      expect(await append(stream, [numbered(1), known])).toMatchObject({ nextExpectedRevision: 2n });
    });

    it('in another stream: an id is written there too', async () => {
      const event = numbered(0);
      expect(await append(uniqueStream(), event)).toMatchObject({ nextExpectedRevision: 0n });
      expect(await append(uniqueStream(), event)).toMatchObject({ nextExpectedRevision: 0n });
    });

    it('with duplicates within: writes both', async () => {
      const stream = uniqueStream();
      const event = numbered(0);
      expect(await append(stream, [event, event])).toMatchObject({ nextExpectedRevision: 1n });
    });

    it.each([['no stream', NO_STREAM] as const, ['a revision', 1n] as const])(
      'expecting %s: whole it is the same append, in part or beyond the end it is a wrong version',
      async (_words, expectedRevision) => {
        const stream = uniqueStream();
        if (expectedRevision !== NO_STREAM) await append(stream, manyNumbered(2));
        const events = manyNumbered(3, 2);
        const last = expectedRevision === NO_STREAM ? 2n : 4n;
        const first = await append(stream, events, { expectedRevision });
        expect(await append(stream, events, { expectedRevision })).toEqual(first);
        expect(await append(stream, events.slice(0, 2), { expectedRevision })).toMatchObject({
          nextExpectedRevision: last - 1n,
        });
        for (const other of [
          [...events, numbered(9)],
          [events[0]!, numbered(9)],
          [numbered(9)],
          [events[1]!, events[2]!],
        ])
          await expect(append(stream, other, { expectedRevision })).rejects.toMatchObject({
            actualVersion: last,
          });
      },
    );
  });

  describe('of no events', () => {
    it('succeeds and writes nothing', async () => {
      const stream = uniqueStream();
      await append(stream, []);
      await append(stream, numbered(0));
      expect(await append(stream, [])).toMatchObject({ success: true, nextExpectedRevision: 0n });
      expect(await append(stream, [], { expectedRevision: 0n })).toMatchObject({ nextExpectedRevision: 0n });
      await expect(append(stream, [], { expectedRevision: NO_STREAM })).rejects.toMatchObject({
        actualVersion: 0n,
      });
      expect(await revisionsOf(stream)).toEqual([0]);
    });
  });

  describe('limits', () => {
    it('takes 1 MiB of data in one append, and no byte more', async () => {
      const half = () => binaryEvent({ type: 'half', data: Buffer.alloc(512 * 1024, 'x') });
      const stream = uniqueStream();
      expect(await append(stream, [half(), half()])).toMatchObject({ success: true });
      const more = [half(), half(), binaryEvent({ type: 'one', data: Buffer.from('x') })];
      await expect(append(stream, more)).rejects.toBeInstanceOf(MaxAppendSizeExceededError);
      await expect(append(stream, more)).rejects.toMatchObject({ maxAppendSize: 1_048_576 });
      expect(await revisionsOf(stream)).toEqual([0, 1]);
    });

    it('refuses ids of zeros and empty types', async () => {
      const stream = uniqueStream();
      const zeros = jsonEvent({ id: '00000000-0000-0000-0000-000000000000', type: 'a', data: {} });
      await expect(append(stream, zeros)).rejects.toThrow();
      await expect(append(stream, jsonEvent({ type: '', data: {} }))).rejects.toThrow();
      await expect(append('$$', numbered(0))).rejects.toThrow();
      await expect(append('', numbered(0))).rejects.toThrow();
      await expect(collected(node.client.readStream(stream))).rejects.toMatchObject({
        type: 'stream-not-found',
      });
    });
  });

  it('is refused by a tombstoned stream', async () => {
    const stream = uniqueStream();
    await append(stream, numbered(0));
    await node.client.tombstoneStream(stream);
    for (const expectedRevision of [ANY, NO_STREAM, STREAM_EXISTS, 0n] as const)
      await expect(append(stream, numbered(1), { expectedRevision })).rejects.toBeInstanceOf(
        StreamDeletedError,
      );
  });

  it('lets exactly one of many writers have each revision', async () => {
    const stream = uniqueStream();
    const won = await Promise.all(
      Array.from({ length: 64 }, async (_, writer) => {
        const [result] = await Promise.allSettled([
          append(stream, numbered(writer), { expectedRevision: NO_STREAM }),
        ]);
        return result.status === 'fulfilled';
      }),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await revisionsOf(stream)).toEqual([0]);
  });
});

describe('a batch of appends', () => {
  it('carries thousands at once, each answered once', async () => {
    const stream = uniqueStream();
    const results = await Promise.all(
      Array.from({ length: 5_000 }, (_, number) =>
        viaBatchAppend(`${stream}-${number % 50}`, numbered(number), { deadline: 60_000 }),
      ),
    );
    expect(new Set(results.map(({ position }) => position?.commit)).size).toBe(5_000);
    expect(await revisionsOf(`${stream}-7`)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it('puts an append together from its chunks', async () => {
    const stream = uniqueStream();
    // Each event is a chunk; the node waits 2 s for the last one, as the original does.
    const result = await node.client.appendToStream(stream, manyNumbered(200), { batchAppendSize: 100 });
    expect(result.nextExpectedRevision).toBe(199n);
    const read = await collected(node.client.readStream(stream));
    expect(read.map(({ event }) => (event!.data as { number: number }).number)).toEqual(
      Array.from({ length: 200 }, (_, index) => index),
    );
  });

  it('answers a passed deadline with one timeout and writes nothing', async () => {
    const stream = uniqueStream();
    await expect(
      node.client.appendToStream(stream, manyNumbered(2_000), { deadline: 1, batchAppendSize: 10 }),
    ).rejects.toMatchObject({ type: 'deadline-exceeded' });
    await expect(collected(node.client.readStream(stream))).rejects.toMatchObject({
      type: 'stream-not-found',
    });
  });

  // Through Append, which has no budget of 2 s for the chunks of one append to arrive.
  it('keeps 30,000 small events and refuses 40,000', async () => {
    const small = (count: number) =>
      Array.from({ length: count }, (_, number) =>
        jsonEvent({ type: 'test', data: { message: 'test', number } }),
      );
    expect(await viaAppend(uniqueStream(), small(30_000), { deadline: 60_000 })).toMatchObject({
      success: true,
    });
    await expect(viaAppend(uniqueStream(), small(40_000), { deadline: 60_000 })).rejects.toBeInstanceOf(
      MaxAppendSizeExceededError,
    );
  });
});
