import { ANY, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import { collected, manyNumbered, nodeUnderTest, numbered, uniqueStream } from './node-under-test.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();

const revisionsOf = async (stream: string) =>
  (await collected(node.client.readStream(stream))).map(({ event }) => Number(event?.revision));
const written = async (count = 3) => {
  const stream = uniqueStream();
  await node.client.appendToStream(stream, manyNumbered(count));
  return stream;
};
const notFound = { type: 'stream-not-found' };
const deleted = { type: 'stream-deleted' };
const wrong = (expectedVersion: bigint, actualVersion: bigint) => ({
  type: 'wrong-expected-version',
  expectedVersion,
  actualVersion,
});

describe('deleting a stream', () => {
  it('hides it, and says where the deletion stands in the log', async () => {
    const stream = await written();
    const { position } = await node.client.deleteStream(stream);
    await expect(revisionsOf(stream)).rejects.toMatchObject(notFound);
    const [event] = await collected(node.client.readAll({ fromPosition: position!, maxCount: 1 }));
    expect(event?.event).toMatchObject({ streamId: `$$${stream}`, type: '$metadata' });
  });

  it.each([
    ['the last revision', 2n],
    ['anything', ANY],
  ] as const)('takes %s as expected', async (_words, expectedRevision) => {
    const stream = await written();
    await node.client.deleteStream(stream, { expectedRevision });
    await expect(revisionsOf(stream)).rejects.toMatchObject(notFound);
  });

  it('refuses another revision, and that there be no stream', async () => {
    const stream = await written();
    await expect(node.client.deleteStream(stream, { expectedRevision: 1n })).rejects.toMatchObject(
      wrong(1n, 2n),
    );
    await expect(node.client.deleteStream(stream, { expectedRevision: 9n })).rejects.toMatchObject(
      wrong(9n, 2n),
    );
    await expect(node.client.deleteStream(stream, { expectedRevision: NO_STREAM })).rejects.toMatchObject({
      ...wrong(-1n, 2n),
      streamName: stream,
    });
    expect(await revisionsOf(stream)).toEqual([0, 1, 2]);
  });

  it('refuses a stream that was never written, but takes one with metadata alone', async () => {
    const stream = uniqueStream();
    await expect(node.client.deleteStream(stream)).rejects.toMatchObject(wrong(-2n, -1n));
    await expect(node.client.deleteStream(stream, { expectedRevision: NO_STREAM })).rejects.toMatchObject(
      wrong(-1n, -1n),
    );
    await node.client.setStreamMetadata(stream, { maxCount: 1 });
    await node.client.deleteStream(stream, { expectedRevision: NO_STREAM });
  });

  it.each([
    ['anything', ANY],
    ['no stream', NO_STREAM],
    ['the last revision', 2n],
  ] as const)(
    'lets it live again when %s is expected, numbers going on',
    async (_words, expectedRevision) => {
      const stream = await written();
      await node.client.setStreamMetadata(stream, { maxCount: 100, colour: 'red' });
      await node.client.deleteStream(stream);
      const { nextExpectedRevision } = await node.client.appendToStream(stream, manyNumbered(2), {
        expectedRevision,
      });
      expect(nextExpectedRevision).toBe(4n);
      expect(await revisionsOf(stream)).toEqual([3, 4]);
      // Deleting took all other metadata away; living again keeps the old events hidden.
      expect((await node.client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 3 });
      await node.client.deleteStream(stream);
      await node.client.appendToStream(stream, numbered(9));
      expect(await revisionsOf(stream)).toEqual([5]);
    },
  );

  it('leaves no stream for those who expect one', async () => {
    const stream = await written();
    await node.client.deleteStream(stream);
    const append = node.client.appendToStream(stream, numbered(0), { expectedRevision: STREAM_EXISTS });
    await expect(append).rejects.toMatchObject(deleted);
  });

  it('can be done again', async () => {
    const stream = await written();
    for (const expectedRevision of [ANY, 2n, NO_STREAM] as const)
      await node.client.deleteStream(stream, { expectedRevision });
    await expect(revisionsOf(stream)).rejects.toMatchObject(notFound);
  });

  it('stays deleted when its metadata is written', async () => {
    const stream = await written();
    await node.client.deleteStream(stream);
    await node.client.setStreamMetadata(stream, { colour: 'blue' });
    expect((await node.client.getStreamMetadata(stream)).metadata).toEqual({
      colour: 'blue',
      truncateBefore: 3,
    });
    expect(await collected(node.client.readStream(stream))).toEqual([]);
  });

  it('does not take an idempotent append for a new one', async () => {
    const stream = uniqueStream();
    const events = manyNumbered(2);
    await node.client.appendToStream(stream, events);
    await node.client.deleteStream(stream);
    const again = await node.client.appendToStream(stream, events);
    expect(again).toMatchObject({ success: true, nextExpectedRevision: 1n, position: undefined });
    await expect(revisionsOf(stream)).rejects.toMatchObject(notFound);
  });
});

describe('a tombstone', () => {
  it('ends a stream for good', async () => {
    const stream = await written();
    const { position } = await node.client.tombstoneStream(stream, { expectedRevision: 2n });
    const [tombstone] = await collected(node.client.readAll({ fromPosition: position!, maxCount: 1 }));
    expect(tombstone?.event).toMatchObject({
      streamId: stream,
      type: '$streamDeleted',
      revision: 2n ** 63n - 1n,
    });
    await expect(revisionsOf(stream)).rejects.toMatchObject({ ...deleted, streamName: stream });
    await expect(node.client.deleteStream(stream)).rejects.toMatchObject(deleted);
    await expect(node.client.tombstoneStream(stream)).rejects.toMatchObject(deleted);
    await expect(node.client.setStreamMetadata(stream, {})).rejects.toMatchObject(deleted);
    await expect(node.client.getStreamMetadata(stream)).rejects.toMatchObject(deleted);
  });

  it('can be set where nothing is', async () => {
    for (const expectedRevision of [ANY, NO_STREAM] as const) {
      const stream = uniqueStream();
      await node.client.tombstoneStream(stream, { expectedRevision });
      await expect(revisionsOf(stream)).rejects.toMatchObject(deleted);
    }
    await expect(node.client.tombstoneStream(uniqueStream(), { expectedRevision: 3n })).rejects.toMatchObject(
      wrong(3n, -1n),
    );
  });

  it('can be set on a deleted stream, and only as expected', async () => {
    const stream = await written();
    await expect(node.client.tombstoneStream(stream, { expectedRevision: 7n })).rejects.toMatchObject(
      wrong(7n, 2n),
    );
    await node.client.deleteStream(stream);
    await node.client.tombstoneStream(stream, { expectedRevision: NO_STREAM });
    await expect(revisionsOf(stream)).rejects.toMatchObject(deleted);
  });

  it('names streams with other letters in its error', async () => {
    const stream = `größe-${uniqueStream()}`;
    await node.client.tombstoneStream(stream);
    await expect(revisionsOf(stream)).rejects.toMatchObject(deleted);
  });
});
