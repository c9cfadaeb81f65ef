import { randomUUID } from 'node:crypto';
import {
  persistentSubscriptionToAllSettingsFromDefaults as allSettings,
  binaryEvent,
  DISPATCH_TO_SINGLE,
  EventStoreDBClient,
  jsonEvent,
  PINNED,
  START,
  persistentSubscriptionToStreamSettingsFromDefaults as settings,
} from '@eventstore/db-client';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { embeddedOnly, manyNumbered, nodeUnderTest, numbered, uniqueStream } from './node-under-test.js';
import { type Delivered, eventually, numbersOf, watchedConsumer } from './watched-consumer.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const clients: EventStoreDBClient[] = [];
afterAll(async () => {
  await Promise.all(clients.map((client) => client.dispose()));
});
const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

/** A group `g` from the start of a new stream with `count` numbered events. */
async function streamWithGroup(count: number, changes: Parameters<typeof settings>[0] = {}): Promise<string> {
  const stream = uniqueStream();
  if (count > 0) await node.client.appendToStream(stream, manyNumbered(count));
  await node.client.createPersistentSubscriptionToStream(
    stream,
    'g',
    settings({ startFrom: START, ...changes }),
  );
  return stream;
}

function consumerOf(
  stream: string,
  handle?: (event: Delivered) => Promise<void> | undefined,
  bufferSize = 10,
  client = node.client,
) {
  return watchedConsumer(
    client.subscribeToPersistentSubscriptionToStream(stream, 'g', { bufferSize }),
    handle,
  );
}
const infoOf = (stream: string) => node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
const keepAll = () => undefined;

describe('a consumer of a group', () => {
  it('gets what the stream holds, then what comes', async () => {
    const stream = await streamWithGroup(100);
    const consumer = consumerOf(stream);
    await consumer.events(100);
    await node.client.appendToStream(stream, manyNumbered(50, 100));
    await consumer.events(150);
    expect(numbersOf(consumer.all)).toEqual(upTo(150));
    expect(new Set(consumer.all.map(({ retryCount }) => retryCount))).toEqual(new Set([0]));
    expect(consumer.source.id).toBe(`${stream}::g`);
    await consumer.stop();
  });

  it('gets a start revision itself, and what comes after the creation of a group from the end', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(5));
    await node.client.createPersistentSubscriptionToStream(stream, 'from 3', settings({ startFrom: 3n }));
    await node.client.createPersistentSubscriptionToStream(stream, 'from end', settings());
    await node.client.createPersistentSubscriptionToStream(stream, 'from 6', settings({ startFrom: 6n }));
    await node.client.appendToStream(stream, manyNumbered(2, 5));
    for (const [name, numbers] of [
      ['from 3', [3, 4, 5, 6]],
      ['from end', [5, 6]],
      ['from 6', [6]],
    ] as const) {
      const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, name));
      await consumer.events(numbers.length);
      expect(numbersOf(consumer.all)).toEqual(numbers);
      await consumer.stop();
    }
  });

  it('gets no more than it has room for until it acknowledges', async () => {
    const stream = await streamWithGroup(30);
    const consumer = consumerOf(stream, keepAll, 4);
    await consumer.events(4);
    expect((await infoOf(stream)).connections[0]).toMatchObject({ availableSlots: 0, inFlightMessages: 4 });
    await consumer.source.ack(consumer.all[1]!, consumer.all[2]!);
    await consumer.events(6);
    await eventually(async () => expect((await infoOf(stream)).stats.totalItems).toBe(6n));
    expect(numbersOf(consumer.all)).toEqual(upTo(6));
    await consumer.stop();
  });

  it('gets data that is no JSON as it was stored', async () => {
    const stream = uniqueStream();
    const data = Buffer.from([0, 1, 2, 255]);
    await node.client.appendToStream(stream, binaryEvent({ type: 'binary', data }));
    await node.client.createPersistentSubscriptionToStream(stream, 'g', settings({ startFrom: START }));
    const consumer = consumerOf(stream);
    await consumer.events(1);
    expect(consumer.all[0]!.event).toMatchObject({ type: 'binary', isJson: false });
    expect(Buffer.from(consumer.all[0]!.event!.data as Uint8Array)).toEqual(data);
    await consumer.stop();
  });

  it('is refused when there are as many as may be, and takes the place of one that left', async () => {
    const stream = await streamWithGroup(0, { maxSubscriberCount: 1 });
    const first = consumerOf(stream);
    await first.confirmed();
    await expect(consumerOf(stream).failure).resolves.toMatchObject({
      type: 'maximum-subscribers-reached',
      code: 9,
      streamName: stream,
      groupName: 'g',
    });
    await first.stop();
    await eventually(async () => expect((await infoOf(stream)).connections).toEqual([]));
    const second = consumerOf(stream);
    await second.confirmed();
    await second.stop();
  });

  it('loses nothing of a flood that it reads slowly', async () => {
    const stream = await streamWithGroup(0, { historyBufferSize: 50, readBatchSize: 10, liveBufferSize: 20 });
    const consumer = consumerOf(stream, undefined, 500);
    for (let from = 0; from < 3_000; from += 500) {
      consumer.source.pause();
      await node.client.appendToStream(stream, manyNumbered(500, from));
      consumer.source.resume();
    }
    await consumer.events(3_000);
    expect(numbersOf(consumer.all)).toEqual(upTo(3_000));
    await consumer.stop();
  });
});

describe('an event that is not acknowledged', () => {
  it('is delivered again when that is asked for, with the count of retries', async () => {
    const stream = await streamWithGroup(3);
    const consumer = consumerOf(stream, (event) =>
      event.event!.revision === 1n && event.retryCount < 3
        ? consumer.source.nack('retry', 'not yet', event)
        : consumer.source.ack(event),
    );
    await consumer.eventWith(({ retryCount }) => retryCount === 3);
    const ofOne = consumer.all.filter(({ event }) => event!.revision === 1n);
    expect(ofOne.map(({ retryCount }) => retryCount)).toEqual([0, 1, 2, 3]);
    expect(consumer.all).toHaveLength(6);
    await consumer.stop();
  });

  it.each(['skip', 'stop'] as const)('is done with on %s, and the subscription goes on', async (action) => {
    const stream = await streamWithGroup(3, { checkPointUpperBound: 1 });
    const consumer = consumerOf(stream, (event) => consumer.source.nack(action, 'enough', event), 1);
    await consumer.events(3);
    await eventually(async () =>
      expect((await infoOf(stream)).stats).toMatchObject({
        totalInFlightMessages: 0,
        parkedMessageCount: 0n,
        lastCheckpointedEventRevision: 2n,
      }),
    );
    expect(numbersOf(consumer.all)).toEqual([0, 1, 2]);
    await consumer.stop();
  });

  it('is delivered again after the message timeout, also to another consumer', async () => {
    const stream = await streamWithGroup(2, { messageTimeout: 200 });
    const silent = consumerOf(stream, keepAll, 1);
    await silent.events(1);
    const other = consumerOf(stream, undefined, 1);
    await other.eventWith(({ event, retryCount }) => event!.revision === 0n && retryCount > 0);
    await Promise.all([silent.stop(), other.stop()]);
  });

  it('is parked when its last retry has timed out', async () => {
    const stream = await streamWithGroup(1, { messageTimeout: 100, maxRetryCount: 1 });
    const silent = consumerOf(stream, keepAll);
    await eventually(async () => expect((await infoOf(stream)).stats.parkedMessageCount).toBe(1n));
    expect(silent.all.map(({ retryCount }) => retryCount)).toEqual([0, 1]);
    await silent.stop();
  });

  it('goes in order to others when its consumer is gone, counted as a retry', async () => {
    const stream = await streamWithGroup(8, { maxRetryCount: 0 });
    const first = consumerOf(stream, keepAll, 5);
    await first.events(5);
    const other = consumerOf(stream, undefined, 20);
    await other.events(3);
    await first.stop();
    await other.events(8);
    expect(numbersOf(other.all)).toEqual([5, 6, 7, 0, 1, 2, 3, 4]);
    expect(other.all.map(({ retryCount }) => retryCount)).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
    expect((await infoOf(stream)).stats.parkedMessageCount).toBe(0n);
    await other.stop();
  });

  it('goes to others when the connection of its consumer breaks', async () => {
    const stream = await streamWithGroup(5);
    const client = EventStoreDBClient.connectionString(node.url);
    const first = consumerOf(stream, keepAll, 10, client);
    await first.events(5);
    await client.dispose();
    const other = consumerOf(stream);
    await other.events(5);
    expect(numbersOf(other.all)).toEqual(upTo(5));
    await other.stop();
  });
});

describe('many consumers', () => {
  const consumersOf = async (stream: string, count: number, bufferSize: number, handle?: () => undefined) => {
    const consumers = upTo(count).map(() => consumerOf(stream, handle, bufferSize));
    await Promise.all(consumers.map((consumer) => consumer.confirmed()));
    return consumers;
  };
  const counts = (consumers: { all: Delivered[] }[]) => consumers.map(({ all }) => all.length);
  const total = (consumers: { all: Delivered[] }[]) =>
    counts(consumers).reduce((sum, count) => sum + count, 0);

  it('share the events evenly by turns', async () => {
    const stream = await streamWithGroup(0);
    const consumers = await consumersOf(stream, 3, 100);
    await node.client.appendToStream(stream, manyNumbered(90));
    await Promise.all(consumers.map((consumer) => consumer.events(30)));
    expect(counts(consumers)).toEqual([30, 30, 30]);
    expect(sorted(consumers.flatMap(({ all }) => numbersOf(all)))).toEqual(upTo(90));
    await Promise.all(consumers.map((consumer) => consumer.stop()));
  });

  it('get events one after the other when the first is full, where one is preferred', async () => {
    const stream = await streamWithGroup(0, { consumerStrategyName: DISPATCH_TO_SINGLE });
    const [first, second] = await consumersOf(stream, 2, 10, keepAll);
    await node.client.appendToStream(stream, manyNumbered(15));
    await first!.events(10);
    await second!.events(5);
    expect(numbersOf(first!.all)).toEqual(upTo(10));
    expect(numbersOf(second!.all)).toEqual(upTo(5, 10));
    await Promise.all([first!.stop(), second!.stop()]);
  });

  it('have each stream with one of them where streams are pinned', async () => {
    const name = uniqueStream('pinned');
    await node.client.createPersistentSubscriptionToAll(name, allSettings({ consumerStrategyName: PINNED }));
    const consumers = upTo(3).map(() =>
      watchedConsumer(node.client.subscribeToPersistentSubscriptionToAll(name, { bufferSize: 50 })),
    );
    await Promise.all(consumers.map((consumer) => consumer.confirmed()));
    const streams = upTo(12).map(() => uniqueStream('pin'));
    for (let round = 0; round < 5; round++)
      await Promise.all(streams.map((stream) => node.client.appendToStream(stream, numbered(round))));
    const own = ({ all }: { all: Delivered[] }) =>
      all.filter(({ event }) => streams.includes(event?.streamId ?? ''));
    await eventually(async () => expect(consumers.flatMap(own)).toHaveLength(60));
    for (const stream of streams) {
      const holders = consumers.filter((consumer) =>
        own(consumer).some(({ event }) => event!.streamId === stream),
      );
      expect(holders).toHaveLength(1);
      expect(numbersOf(own(holders[0]!).filter(({ event }) => event!.streamId === stream))).toEqual(upTo(5));
    }
    expect(consumers.filter((consumer) => own(consumer).length > 0).length).toBeGreaterThan(1);
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await node.client.deletePersistentSubscriptionToAll(name);
  });

  it('are served as fast as each acknowledges: a silent one holds nobody up', async () => {
    const stream = await streamWithGroup(0);
    const silent = consumerOf(stream, keepAll, 5);
    await silent.confirmed();
    const eager = await consumersOf(stream, 2, 20);
    await node.client.appendToStream(stream, manyNumbered(500));
    await eventually(async () => expect(total(eager)).toBe(495));
    expect(silent.all).toHaveLength(5);
    const all = [silent, ...eager].flatMap(({ all }) => numbersOf(all));
    expect(sorted(all)).toEqual(upTo(500));
    await Promise.all([silent, ...eager].map((consumer) => consumer.stop()));
  });

  it('of many clients come and go, and every event is acknowledged by one of them', async () => {
    const stream = await streamWithGroup(0, { consumerStrategyName: PINNED });
    const acknowledged = new Set<number>();
    const consumers = await Promise.all(
      upTo(8).map(async () => {
        const client = EventStoreDBClient.connectionString(node.url);
        clients.push(client);
        const consumer = consumerOf(
          stream,
          (event) => {
            acknowledged.add((event.event!.data as { number: number }).number);
            return consumer.source.ack(event);
          },
          7,
          client,
        );
        await consumer.confirmed();
        return consumer;
      }),
    );
    for (let from = 0; from < 800; from += 100) {
      await node.client.appendToStream(stream, manyNumbered(100, from));
      if (consumers.length > 2) await consumers.pop()!.stop();
    }
    await eventually(async () => expect(acknowledged.size).toBe(800));
    await Promise.all(consumers.map((consumer) => consumer.stop()));
  });
});

describe('events with one id', () => {
  embeddedOnly('a real node loses a slot of the consumer')(
    'are both delivered, and acknowledged as one',
    async () => {
      const stream = uniqueStream();
      const event = jsonEvent({ id: randomUUID(), type: 'twin', data: {} });
      await node.client.appendToStream(stream, [event, event]);
      await node.client.createPersistentSubscriptionToStream(
        stream,
        'g',
        settings({ startFrom: START, checkPointUpperBound: 1 }),
      );
      const consumer = consumerOf(stream, keepAll);
      await consumer.events(2);
      expect((await infoOf(stream)).stats.outstandingMessagesCount).toBe(1);
      await consumer.source.ack(consumer.all[0]!);
      await eventually(async () =>
        expect((await infoOf(stream)).stats).toMatchObject({
          outstandingMessagesCount: 0,
          lastCheckpointedEventRevision: 1n,
        }),
      );
      await consumer.stop();
    },
  );
});

describe('links', () => {
  const linkTo = (text: string) => binaryEvent({ type: '$>', data: Buffer.from(text) });

  async function linked(resolveLinkTos: boolean) {
    const [target, gone, links] = [uniqueStream('target'), uniqueStream('gone'), uniqueStream('links')];
    await node.client.appendToStream(target, manyNumbered(2));
    await node.client.appendToStream(gone, numbered(0));
    await node.client.tombstoneStream(gone);
    await node.client.appendToStream(links, [linkTo(`1@${target}`), linkTo(`0@${gone}`), linkTo('nothing')]);
    await node.client.createPersistentSubscriptionToStream(
      links,
      'g',
      settings({ startFrom: START, resolveLinkTos }),
    );
    const consumer = consumerOf(links, keepAll);
    await consumer.events(3);
    return { links, target, consumer };
  }

  it('are followed where that is asked for, and acknowledged by their own id', async () => {
    const { links, target, consumer } = await linked(true);
    const [followed, unfollowable, meaningless] = consumer.all;
    expect(followed!.event).toMatchObject({ streamId: target, revision: 1n });
    expect(followed!.link).toMatchObject({ streamId: links, revision: 0n, type: '$>' });
    expect(followed!.event!.position).toEqual(followed!.link!.position);
    expect(unfollowable!.event).toBeUndefined();
    expect(unfollowable!.link).toMatchObject({ streamId: links, revision: 1n });
    expect([meaningless!.event?.type, meaningless!.link]).toEqual(['$>', undefined]);
    for (const event of consumer.all) await consumer.source.ack(event);
    await eventually(async () => expect((await infoOf(links)).stats.totalInFlightMessages).toBe(0));
    await consumer.stop();
  });

  it('that a projection writes are a source like any other', async () => {
    const category = uniqueStream('category').replaceAll('-', '');
    await node.client.enableProjection('$by_category');
    const source = `$ce-${category}`;
    await node.client.createPersistentSubscriptionToStream(
      source,
      'g',
      settings({ startFrom: START, resolveLinkTos: true }),
    );
    const consumer = consumerOf(source);
    await node.client.appendToStream(`${category}-1`, manyNumbered(3));
    await node.client.appendToStream(`${category}-2`, manyNumbered(3, 3));
    await consumer.events(6);
    expect(numbersOf(consumer.all)).toEqual(upTo(6));
    expect(consumer.all[5]!.link).toMatchObject({ streamId: source, revision: 5n });
    await consumer.stop();
  });

  it('are events like any other where it is not', async () => {
    const { links, consumer } = await linked(false);
    expect(consumer.all.map(({ event, link }) => [event?.streamId, event?.type, link])).toEqual([
      [links, '$>', undefined],
      [links, '$>', undefined],
      [links, '$>', undefined],
    ]);
    await consumer.stop();
  });
});

describe('the stream below', () => {
  it('need not be there yet', async () => {
    const stream = await streamWithGroup(0);
    const consumer = consumerOf(stream);
    await consumer.confirmed();
    await node.client.appendToStream(stream, manyNumbered(2));
    await consumer.events(2);
    await consumer.stop();
  });

  it('goes on after it was deleted, with what it gets when it lives again', async () => {
    const stream = await streamWithGroup(3);
    const consumer = consumerOf(stream);
    await consumer.events(3);
    await node.client.deleteStream(stream);
    await node.client.appendToStream(stream, manyNumbered(2, 3));
    await consumer.events(5);
    expect(numbersOf(consumer.all)).toEqual(upTo(5));
    await consumer.stop();
  });

  it('shows a new group only what is not deleted or truncated', async () => {
    const [deleted, truncated] = [uniqueStream(), uniqueStream()];
    for (const stream of [deleted, truncated]) await node.client.appendToStream(stream, manyNumbered(4));
    await node.client.deleteStream(deleted);
    await node.client.setStreamMetadata(truncated, { truncateBefore: 3 });
    for (const stream of [deleted, truncated]) {
      await node.client.createPersistentSubscriptionToStream(stream, 'g', settings({ startFrom: START }));
      await node.client.appendToStream(stream, numbered(4));
    }
    const [afterDelete, afterCut] = [consumerOf(deleted), consumerOf(truncated)];
    await afterDelete.events(1);
    await afterCut.events(2);
    expect([numbersOf(afterDelete.all), numbersOf(afterCut.all)]).toEqual([[4], [3, 4]]);
    await Promise.all([afterDelete.stop(), afterCut.stop()]);
  });

  embeddedOnly('not established what a real node does')(
    'may end for good: what was delivered is still delivered again, and the consumer stays',
    async () => {
      const stream = await streamWithGroup(2);
      const consumer = consumerOf(stream, keepAll);
      await consumer.events(2);
      await node.client.tombstoneStream(stream);
      await consumer.source.nack('retry', 'once more', consumer.all[0]!);
      await consumer.events(3);
      expect(consumer.all[2]).toMatchObject({ event: { revision: 0n }, retryCount: 1 });
      await consumer.source.ack(consumer.all[1]!, consumer.all[2]!);
      await eventually(async () => expect((await infoOf(stream)).stats.totalInFlightMessages).toBe(0));
      expect((await infoOf(stream)).connections).toHaveLength(1);
      await consumer.stop();
    },
  );

  it('shows all of a burst to a group that is live, whatever its limit', async () => {
    const stream = await streamWithGroup(1);
    await node.client.setStreamMetadata(stream, { maxCount: 1 });
    const consumer = consumerOf(stream);
    await consumer.events(1);
    await node.client.appendToStream(stream, manyNumbered(5, 1));
    await consumer.events(6);
    expect(numbersOf(consumer.all)).toEqual(upTo(6));
    await consumer.stop();
  });
});
