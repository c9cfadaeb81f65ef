import { once } from 'node:events';
import { END, type ResolvedEvent, START } from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import { manyNumbered, nodeUnderTest, numbered, uniqueStream } from './node-under-test.js';
import { watched } from './watched-subscription.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const numberOf = ({ event }: ResolvedEvent) => (event!.data as { number: number }).number;

describe('subscribing to a stream', () => {
  it('gives what is stored, says once that it has caught up, then what comes', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(100));
    const seen = watched(node.client.subscribeToStream(stream));
    await seen.events(100);
    await seen.caughtUp();
    await node.client.appendToStream(stream, manyNumbered(50, 100));
    await seen.events(150);
    expect(seen.all.map(numberOf)).toEqual(Array.from({ length: 150 }, (_, index) => index));
    expect(seen.log.filter((what) => what === 'caught up')).toHaveLength(1);
    expect(seen.log.indexOf('caught up')).toBe(101); // behind the confirmation and 100 events
    expect(seen.log[0]).toBe('confirmed');
    await seen.stop();
  });

  it('resumes behind a revision, that one excluded', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(5));
    const seen = watched(node.client.subscribeToStream(stream, { fromRevision: 2n }));
    await seen.caughtUp();
    expect(seen.all.map(numberOf)).toEqual([3, 4]);
    await seen.stop();
  });

  it('starts at the end with what comes after the confirmation', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(5));
    const seen = watched(node.client.subscribeToStream(stream, { fromRevision: END }));
    await seen.caughtUp();
    await node.client.appendToStream(stream, numbered(5));
    await seen.events(1);
    expect(seen.all.map(numberOf)).toEqual([5]);
    await seen.stop();
  });

  it('waits for a revision beyond the end', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, numbered(0));
    const seen = watched(node.client.subscribeToStream(stream, { fromRevision: 2n }));
    await seen.caughtUp();
    await node.client.appendToStream(stream, manyNumbered(4, 1));
    await seen.events(2);
    expect(seen.all.map(numberOf)).toEqual([3, 4]);
    await seen.stop();
  });

  it('waits for a stream that is not there, and for one that was deleted', async () => {
    const [missing, deleted] = [uniqueStream(), uniqueStream()];
    await node.client.appendToStream(deleted, manyNumbered(3));
    await node.client.deleteStream(deleted);
    for (const stream of [missing, deleted]) {
      const seen = watched(node.client.subscribeToStream(stream, { fromRevision: START }));
      await seen.caughtUp();
      await node.client.appendToStream(stream, numbered(7));
      await seen.events(1);
      expect(seen.all.map(numberOf)).toEqual([7]);
      await seen.stop();
    }
  });

  it('refuses a tombstoned stream', async () => {
    const stream = uniqueStream();
    await node.client.tombstoneStream(stream);
    const seen = watched(node.client.subscribeToStream(stream));
    await expect(seen.failure).resolves.toMatchObject({ type: 'stream-deleted', streamName: stream });
    expect(seen.log).toEqual([]);
  });

  it('gives the tombstone of a stream that ends meanwhile, then the error', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, numbered(0));
    const seen = watched(node.client.subscribeToStream(stream));
    await seen.caughtUp();
    await node.client.tombstoneStream(stream);
    await expect(seen.failure).resolves.toMatchObject({ type: 'stream-deleted' });
    expect(seen.all).toHaveLength(2);
    expect(seen.all[1]?.event).toMatchObject({
      type: '$streamDeleted',
      revision: 2n ** 63n - 1n,
      isJson: false,
    });
  });

  it('loses, repeats and reorders nothing for a reader that pauses', async () => {
    const stream = uniqueStream();
    const subscription = node.client.subscribeToStream(stream);
    const numbers: number[] = [];
    subscription.on('data', (resolved) => {
      numbers.push(numberOf(resolved));
      if (numbers.length % 500 === 1) {
        subscription.pause();
        setImmediate(() => subscription.resume());
      }
    });
    await once(subscription, 'confirmation');
    for (let from = 0; from < 4_000; from += 500)
      await node.client.appendToStream(stream, manyNumbered(500, from));
    while (numbers.length < 4_000) await once(subscription, 'data');
    expect(numbers).toEqual(Array.from({ length: 4_000 }, (_, index) => index));
    await subscription.unsubscribe();
  });
});
