import { once } from 'node:events';
import { BACKWARDS, binaryEvent, END, FORWARDS, START } from '@eventstore/db-client';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { collected, embeddedOnly, manyNumbered, nodeUnderTest, uniqueStream } from './node-under-test.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const stream = uniqueStream();
type Options = Parameters<typeof node.client.readStream>[1];

const revisions = async (options: Options, of = stream) =>
  (await collected(node.client.readStream(of, options))).map(({ event }) => Number(event?.revision));

beforeAll(async () => {
  await node.client.appendToStream(stream, manyNumbered(10));
});

describe('reading a stream', () => {
  it.each<[string, Options, number[]]>([
    ['from the start', { fromRevision: START }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['from a revision, that one included', { fromRevision: 7n }, [7, 8, 9]],
    ['so many', { fromRevision: 2n, maxCount: 3 }, [2, 3, 4]],
    ['from beyond the end', { fromRevision: 100n }, []],
    ['forwards by name', { direction: FORWARDS, maxCount: 1 }, [0]],
    ['backwards from the end', { direction: BACKWARDS, fromRevision: END, maxCount: 3 }, [9, 8, 7]],
    ['backwards from a revision, that one included', { direction: BACKWARDS, fromRevision: 2n }, [2, 1, 0]],
    ['backwards from beyond the end', { direction: BACKWARDS, fromRevision: 100n, maxCount: 2 }, [9, 8]],
    ['backwards from the start', { direction: BACKWARDS, fromRevision: START }, [0]],
  ])('%s', async (_name, options, expected) => {
    expect(await revisions(options)).toEqual(expected);
  });

  it('tells a stream that was never written', async () => {
    await expect(revisions({}, uniqueStream())).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  it('tells one whose metadata alone was written', async () => {
    const named = uniqueStream();
    await node.client.setStreamMetadata(named, { maxCount: 3 });
    await expect(revisions({}, named)).rejects.toMatchObject({ type: 'stream-not-found' });
  });

  it('reads thousands, larger than any window', async () => {
    const long = uniqueStream();
    for (let from = 0; from < 6_000; from += 2_000)
      await node.client.appendToStream(long, manyNumbered(2_000, from));
    expect(await revisions({}, long)).toEqual(Array.from({ length: 6_000 }, (_, index) => index));
    expect(await revisions({ direction: BACKWARDS, fromRevision: END, maxCount: 5_000 }, long)).toHaveLength(
      5_000,
    );
  });

  it('stops when the reader gives up', async () => {
    const large = uniqueStream();
    const data = Buffer.alloc(500_000);
    for (let each = 0; each < 20; each++)
      await node.client.appendToStream(large, binaryEvent({ type: 'large', data }));
    const read = node.client.readStream(large);
    await once(read, 'data');
    await read.cancel();
    expect(await revisions({ maxCount: 1 }, large)).toEqual([0]);
  });

  embeddedOnly('a real node fails')('ends at once when none is asked for', async () => {
    expect(await revisions({ maxCount: 0 })).toEqual([]);
  });

  it('keeps names with any characters apart', async () => {
    const name = `größe/漢字 %41@\u0001-${uniqueStream()}`;
    await node.client.appendToStream(name, manyNumbered(1));
    const [read] = await collected(node.client.readStream(name));
    expect(read?.event?.streamId).toBe(name);
    const long = `${'x'.repeat(3_000)}-${uniqueStream()}`;
    await node.client.appendToStream(long, manyNumbered(2));
    expect(await revisions({}, long)).toEqual([0, 1]);
  });
});
