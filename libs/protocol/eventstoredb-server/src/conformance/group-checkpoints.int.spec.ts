import {
  persistentSubscriptionToAllSettingsFromDefaults as allSettings,
  eventTypeFilter,
  START,
  persistentSubscriptionToStreamSettingsFromDefaults as settings,
  streamNameFilter,
} from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import { collected, manyNumbered, nodeUnderTest, numbered, uniqueStream } from './node-under-test.js';
import { eventually, numbersOf, watchedConsumer } from './watched-consumer.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const checkpointStream = (source: string, group: string) =>
  `$persistentsubscription-${source}::${group}-checkpoint`;

async function checkpointsOf(source: string, group: string) {
  try {
    const events = await collected(node.client.readStream(checkpointStream(source, group)));
    return events.map(({ event }) => event!);
  } catch {
    return []; // no stream: nothing was stored yet
  }
}

describe('the checkpoint of a group', () => {
  it('is stored at once after so many events, as a JSON string, the newest two visible', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(30));
    await node.client.createPersistentSubscriptionToStream(
      stream,
      'g',
      settings({ startFrom: START, checkPointAfter: 0, checkPointUpperBound: 10 }),
    );
    const consumer = watchedConsumer(
      node.client.subscribeToPersistentSubscriptionToStream(stream, 'g', { bufferSize: 1 }),
    );
    await eventually(async () => {
      const events = await checkpointsOf(stream, 'g');
      expect(events.map(({ data }) => data)).toEqual(['19', '29']);
      expect(events[0]).toMatchObject({ type: '$SubscriptionCheckpoint', isJson: true });
    });
    const { metadata } = await node.client.getStreamMetadata(checkpointStream(stream, 'g'));
    expect(metadata).toEqual({ maxCount: 2 });
    await consumer.stop();
  });

  it('is stored after a while when enough was done', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(20));
    const create = (group: string, checkPointLowerBound: number) =>
      node.client.createPersistentSubscriptionToStream(
        stream,
        group,
        settings({ startFrom: START, checkPointAfter: 100, checkPointLowerBound }),
      );
    await create('enough', 20);
    await create('too little', 21);
    const consumers = ['enough', 'too little'].map((group) =>
      watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, group)),
    );
    await eventually(async () =>
      expect((await checkpointsOf(stream, 'enough')).map(({ data }) => data)).toEqual(['19']),
    );
    expect(await checkpointsOf(stream, 'too little')).toEqual([]);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
  });

  it('stays before the lowest event that is not acknowledged', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(10));
    await node.client.createPersistentSubscriptionToStream(
      stream,
      'g',
      settings({ startFrom: START, checkPointUpperBound: 1 }),
    );
    const consumer = watchedConsumer(
      node.client.subscribeToPersistentSubscriptionToStream(stream, 'g'),
      (event) => (event.event!.revision === 4n ? undefined : consumer.source.ack(event)),
    );
    await consumer.events(10);
    await eventually(async () => {
      const { stats } = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
      expect(stats).toMatchObject({ totalInFlightMessages: 1, lastCheckpointedEventRevision: 3n });
    });
    await consumer.source.ack(consumer.all[4]!);
    await eventually(async () => expect((await checkpointsOf(stream, 'g')).at(-1)?.data).toBe('9'));
    await consumer.stop();
  });

  it('of $all is a position, goes on over what the filter leaves out, and is no event of $all', async () => {
    const [prefix, name] = [uniqueStream('filtered'), uniqueStream('group')];
    await node.client.createPersistentSubscriptionToAll(
      name,
      allSettings({ checkPointUpperBound: 10, checkPointAfter: 0 }),
      { filter: streamNameFilter({ prefixes: [prefix] }) },
    );
    await node.client.appendToStream(prefix, numbered(0));
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToAll(name));
    await consumer.events(1);
    const { position } = await node.client.appendToStream(uniqueStream(), manyNumbered(50));
    await eventually(async () => {
      const checkpoint = (await checkpointsOf('$all', name)).at(-1)?.data as unknown as string;
      expect(checkpoint).toMatch(/^C:\d+\/P:\d+$/);
      expect(BigInt(checkpoint.slice(2, checkpoint.indexOf('/')))).toBeGreaterThanOrEqual(
        position!.commit - 49n,
      );
    });
    for (const { event } of await collected(node.client.readAll()))
      expect(event?.streamId).not.toBe(checkpointStream('$all', name));
    await consumer.stop();
    await node.client.deletePersistentSubscriptionToAll(name);
  });
});

describe('a group of $all', () => {
  it.each([
    [
      'stream prefixes',
      (mark: string) => streamNameFilter({ prefixes: [`a-${mark}`, `b-${mark}`] }),
      [0, 1, 2, 3],
    ],
    ['a stream pattern', (mark: string) => streamNameFilter({ regex: `^b-${mark}$` }), [2, 3]],
    ['type prefixes', (mark: string) => eventTypeFilter({ prefixes: [`even-${mark}`] }), [0, 2, 4]],
    ['a type pattern', (mark: string) => eventTypeFilter({ regex: `^o.d-${mark}$` }), [1, 3, 5]],
  ])('gets what %s let through, stored and to come', async (_name, filterOf, expected) => {
    const mark = uniqueStream();
    const append = async (from: number) => {
      for (const [index, stream] of ['a', 'a', 'b', 'b', 'c', 'c'].entries())
        await node.client.appendToStream(`${stream}-${mark}`, {
          ...numbered(from + index),
          type: `${index % 2 ? 'odd' : 'even'}-${mark}` as 'numbered',
        });
    };
    const { position } = await node.client.appendToStream(uniqueStream(), numbered(0));
    await append(0);
    const name = uniqueStream('group');
    const filter = { filter: filterOf(mark) };
    await node.client.createPersistentSubscriptionToAll(name, allSettings({ startFrom: position! }), filter);
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToAll(name));
    await consumer.events(expected.length);
    await append(100);
    await consumer.events(2 * expected.length);
    expect(numbersOf(consumer.all)).toEqual([...expected, ...expected.map((number) => number + 100)]);
    await consumer.stop();
    await node.client.deletePersistentSubscriptionToAll(name);
  });

  it('gets the event at its start position and all that come, those of the node too', async () => {
    const [stream, name] = [uniqueStream(), uniqueStream('group')];
    const { position } = await node.client.appendToStream(stream, numbered(0));
    await node.client.appendToStream(stream, manyNumbered(20, 1));
    await node.client.createPersistentSubscriptionToAll(name, allSettings({ startFrom: position! }));
    await node.client.setStreamMetadata(stream, { custom: 1 });
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToAll(name));
    await consumer.eventWith(({ event }) => event?.streamId === `$$${stream}`);
    expect(consumer.all[0]!.event).toMatchObject({ streamId: stream, revision: 0n });
    const own = consumer.all.filter(({ event }) => event!.streamId === stream);
    expect(numbersOf(own)).toEqual(Array.from({ length: 21 }, (_, index) => index));
    await consumer.stop();
    await node.client.deletePersistentSubscriptionToAll(name);
  });

  it('gets nothing from before its creation when it starts at the end', async () => {
    const [stream, name] = [uniqueStream(), uniqueStream('group')];
    await node.client.appendToStream(stream, manyNumbered(3));
    await node.client.createPersistentSubscriptionToAll(name, allSettings());
    await node.client.appendToStream(stream, numbered(3));
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToAll(name));
    await consumer.eventWith(({ event }) => event?.streamId === stream);
    const own = consumer.all.filter(({ event }) => event!.streamId === stream);
    expect(numbersOf(own)).toEqual([3]);
    await consumer.stop();
    await node.client.deletePersistentSubscriptionToAll(name);
  });
});
