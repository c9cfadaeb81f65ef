import { BACKWARDS, binaryEvent, END, jsonEvent } from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import {
  collected,
  embeddedOnly,
  manyNumbered,
  nodeUnderTest,
  numbered,
  uniqueStream,
} from './node-under-test.js';
import { rawClientOf, rawDataOf } from './raw-client.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const raw = rawClientOf(node);

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
      ['{"$maxCount":0,"$maxAge":-5,"$tb":2}', [2]],
      ['{"$tb":1.0}', [0, 1, 2]],
      ['{"$tb":1e0}', [0, 1, 2]],
      ['{"$tb":null,"$maxCount":1}', [0, 1, 2]],
      ['{"$tempStream":1,"$maxCount":1}', [0, 1, 2]],
      ['{"$acl":"all","$maxCount":1}', [0, 1, 2]],
      ['{"$acl":{"$r":["me",1]},"$maxCount":1}', [0, 1, 2]],
      ['{"$acl":{"$r":"me","$w":["you","they"]},"$maxCount":1}', [2]],
      ['{"custom":{"$tb":9223372036854776000},"$tb":1}', [1, 2]],
      ['[{"$tb":1}]', [0, 1, 2]],
      ['no json', [0, 1, 2]],
    ] as const) {
      const event = { ...binaryEvent({ type: '$metadata', data: Buffer.from(text) }) };
      // The client would make JSON of the data by itself; through this the text arrives as it is.
      await node.client.appendToStream(`$$${stream}`, rawJson(event));
      expect(await revisionsOf(stream)).toEqual(expected);
    }
  });

  it('of other types than $metadata, or that is not JSON, takes earlier one away', async () => {
    const stream = await withMetadata({ maxCount: 1 }, 3);
    expect(await revisionsOf(stream)).toEqual([2]);
    await node.client.appendToStream(`$$${stream}`, numbered(0));
    expect(await revisionsOf(stream)).toEqual([0, 1, 2]);
  });

  it('of metadata has no effect: not to hide it, not to delete it', async () => {
    const stream = await withMetadata({ maxCount: 1 }, 3);
    await node.client.setStreamMetadata(`$$${stream}`, { truncateBefore: 100 });
    expect(await revisionsOf(`$$${stream}`)).toEqual([0]);
    await node.client.deleteStream(`$$${stream}`);
    expect(await revisionsOf(`$$${stream}`)).toEqual([0]);
    expect(await revisionsOf(stream)).toEqual([2]);
  });

  it('of a system stream has three signs before its name', async () => {
    const stream = `$${uniqueStream()}`;
    await node.client.appendToStream(stream, manyNumbered(3));
    await node.client.setStreamMetadata(stream, { maxCount: 1 });
    expect(await revisionsOf(`$$${stream}`)).toEqual([0]);
    expect(await revisionsOf(stream)).toEqual([2]);
  });

  it('repeated answers where it stands, as long as it is the newest', async () => {
    const stream = uniqueStream();
    const event = jsonEvent({ type: '$metadata', data: { $maxCount: 5 } });
    const again = () => node.client.appendToStream(`$$${stream}`, event);
    const first = await again();
    expect(await again()).toEqual(first);
    await node.client.setStreamMetadata(stream, {});
    expect(await again()).toMatchObject({ nextExpectedRevision: 0n, position: undefined });
  });

  embeddedOnly('the order of keys is its own')(
    'keeps every digit when a deleted stream lives again',
    async () => {
      const stream = uniqueStream();
      await node.client.appendToStream(stream, numbered(0));
      const text = '{"large":123456789012345678901234567890,"$tb":9223372036854775807,"text":"a\\"b"}';
      await node.client.appendToStream(
        `$$${stream}`,
        rawJson(binaryEvent({ type: '$metadata', data: Buffer.from(text) })),
      );
      await expect(revisionsOf(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
      const { position } = await node.client.appendToStream(stream, numbered(1));
      expect(await revisionsOf(stream)).toEqual([1]);
      // The metadata of the new life stands right behind its first event.
      const next = { commit: position!.commit + 1n, prepare: position!.commit + 1n };
      const [written] = await collected(node.client.readAll({ fromPosition: next, maxCount: 1 }));
      expect(written?.event).toMatchObject({ streamId: `$$${stream}`, type: '$metadata', revision: 1n });
      expect(await rawDataOf(raw, `$$${stream}`)).toEqual([
        '{"large":123456789012345678901234567890,"text":"a\\"b","$tb":1}',
      ]);
    },
  );
});

/** The client sends the bytes of a binary event as they are, under the content type it reads first. */
function rawJson<E extends object>(event: E): E {
  let reads = 0;
  return Object.defineProperty(event, 'contentType', {
    get: () => (reads++ === 0 ? 'application/json' : 'application/octet-stream'),
  });
}
