import { BACKWARDS, binaryEvent, END } from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import { collected, manyNumbered, nodeUnderTest, numbered, uniqueStream } from './node-under-test.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();

const revisionsOf = async (stream: string, options = {}) =>
  (await collected(node.client.readStream(stream, options))).map(({ event }) => Number(event?.revision));
const withMetadata = async (metadata: Parameters<typeof node.client.setStreamMetadata>[1], count = 5) => {
  const stream = uniqueStream();
  await node.client.appendToStream(stream, manyNumbered(count));
  await node.client.setStreamMetadata(stream, metadata);
  return stream;
};
const backwards = { direction: BACKWARDS, fromRevision: END };

describe('the metadata of a stream', () => {
  it('is kept and given back as it was, with a revision of its own', async () => {
    const stream = uniqueStream();
    expect((await node.client.getStreamMetadata(stream)).metadata).toBeUndefined();
    const metadata = {
      maxAge: 60,
      maxCount: 100,
      cacheControl: 30,
      acl: { readRoles: ['$admins', 'me'], writeRoles: ['me'] },
      custom: { deep: ['x', 1.5, null] },
    };
    const { nextExpectedRevision } = await node.client.setStreamMetadata(stream, metadata);
    expect(nextExpectedRevision).toBe(0n);
    expect((await node.client.getStreamMetadata(stream)).metadata).toMatchObject({
      maxAge: 60,
      maxCount: 100,
      cacheControl: 30,
      custom: metadata.custom,
    });
    await expect(
      node.client.setStreamMetadata(stream, {}, { expectedRevision: 'no_stream' }),
    ).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 0n });
  });

  it('shows its newest event alone to readers of the $$ stream', async () => {
    const stream = uniqueStream();
    for (let each = 0; each < 3; each++) await node.client.setStreamMetadata(stream, { each });
    expect(await revisionsOf(`$$${stream}`)).toEqual([2]);
    expect(await revisionsOf(`$$${stream}`, backwards)).toEqual([2]);
  });

  it('with $maxCount shows the newest events', async () => {
    const stream = await withMetadata({ maxCount: 2 });
    expect(await revisionsOf(stream)).toEqual([3, 4]);
    expect(await revisionsOf(stream, backwards)).toEqual([4, 3]);
    await node.client.appendToStream(stream, numbered(5));
    expect(await revisionsOf(stream)).toEqual([4, 5]);
    await node.client.setStreamMetadata(stream, {});
    expect(await revisionsOf(stream)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('with $tb hides what is before, up to all of it', async () => {
    const stream = await withMetadata({ truncateBefore: 3 });
    expect(await revisionsOf(stream)).toEqual([3, 4]);
    expect(await revisionsOf(stream, { fromRevision: 0n, maxCount: 1 })).toEqual([3]);
    expect(await revisionsOf(stream, backwards)).toEqual([4, 3]);
    await node.client.setStreamMetadata(stream, { truncateBefore: 50 });
    expect(await revisionsOf(stream)).toEqual([]);
  });

  it('with $maxAge hides what is older', async () => {
    const stream = await withMetadata({ maxAge: 3_600 });
    expect(await revisionsOf(stream)).toEqual([0, 1, 2, 3, 4]);
    await node.client.setStreamMetadata(stream, { maxAge: 1 });
    const { created } = (
      await collected(node.client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }))
    )[0]!.event!;
    while (Date.now() <= +created + 1_100) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await revisionsOf(stream)).toEqual([]);
    expect(await revisionsOf(stream, backwards)).toEqual([]);
  });

  it('never limits $all', async () => {
    const stream = await withMetadata({ maxCount: 1 });
    const all = await collected(node.client.readAll());
    expect(all.filter(({ event }) => event?.streamId === stream)).toHaveLength(5);
  });

  it('has no effect where it is malformed, in whole', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(3));
    for (const [text, expected] of [
      ['{"$maxCount":1,"$tb":9223372036854776000}', [0, 1, 2]],
      ['{"$maxCount":"1"}', [0, 1, 2]],
      ['{"$maxCount":-1,"$tb":1}', [1, 2]],
      ['no json', [0, 1, 2]],
    ] as const) {
      const event = { ...binaryEvent({ type: '$metadata', data: Buffer.from(text) }) };
      // The client would make JSON of the data by itself; through this the text arrives as it is.
      await node.client.appendToStream(`$$${stream}`, rawJson(event));
      expect(await revisionsOf(stream)).toEqual(expected);
    }
  });
});

/** The client sends the bytes of a binary event as they are, under the content type it reads first. */
function rawJson<E extends object>(event: E): E {
  let reads = 0;
  return Object.defineProperty(event, 'contentType', {
    get: () => (reads++ === 0 ? 'application/json' : 'application/octet-stream'),
  });
}
