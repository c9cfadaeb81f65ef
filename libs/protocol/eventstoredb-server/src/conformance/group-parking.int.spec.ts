import {
  persistentSubscriptionToAllSettingsFromDefaults as allSettings,
  binaryEvent,
  START,
  persistentSubscriptionToStreamSettingsFromDefaults as settings,
  streamNameFilter,
} from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import {
  collected,
  embeddedOnly,
  manyNumbered,
  nodeUnderTest,
  numbered,
  uniqueStream,
} from './node-under-test.js';
import { type Delivered, eventually, numbersOf, watchedConsumer } from './watched-consumer.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const parkedStream = (stream: string) => `$persistentsubscription-${stream}::g-parked`;
const parkedCount = async (stream: string) =>
  (await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g')).stats.parkedMessageCount;

/** A consumer that parks each event of a new stream when it comes first, and acknowledges what is replayed. */
async function parkedEvents(count: number, changes: Parameters<typeof settings>[0] = {}) {
  const stream = uniqueStream();
  await node.client.appendToStream(stream, manyNumbered(count));
  await node.client.createPersistentSubscriptionToStream(
    stream,
    'g',
    settings({ startFrom: START, ...changes }),
  );
  const replayed: Delivered[] = [];
  const consumer = watchedConsumer(
    node.client.subscribeToPersistentSubscriptionToStream(stream, 'g'),
    (event) => {
      if (event.link === undefined) return consumer.source.nack('park', 'not now', event);
      replayed.push(event);
      return consumer.source.ack(event);
    },
  );
  await eventually(async () => expect(await parkedCount(stream)).toBe(BigInt(count)));
  return { stream, consumer, replayed };
}

describe('a parked event', () => {
  it('is a link in a stream of the group, with the reason', async () => {
    const before = Date.now();
    const { stream, consumer } = await parkedEvents(2);
    const parked = await collected(node.client.readStream(parkedStream(stream)));
    expect(parked).toHaveLength(2);
    const { event } = parked[1]!;
    expect(event).toMatchObject({ type: '$>', isJson: false });
    expect(Buffer.from(event!.data as unknown as Uint8Array).toString()).toBe(`1@${stream}`);
    const { added, ...metadata } = event!.metadata as { added: string };
    expect(metadata).toEqual({
      reason: "Client explicitly NAK'ed message.\nnot now",
      subscriptionEventNumber: 1,
    });
    expect(Date.parse(added)).toBeGreaterThanOrEqual(before - 1_000);
    await consumer.stop();
  });

  it('counts as done for the checkpoint', async () => {
    const { stream, consumer } = await parkedEvents(3, { checkPointUpperBound: 1 });
    await eventually(async () => {
      const { stats } = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
      expect(stats).toMatchObject({ lastCheckpointedEventRevision: 2n, outstandingMessagesCount: 0 });
    });
    await consumer.stop();
  });

  it('is what was delivered: the target of a link', async () => {
    const [target, gone, stream] = [uniqueStream('target'), uniqueStream('gone'), uniqueStream('links')];
    await node.client.appendToStream(target, manyNumbered(2));
    const links = [`1@${target}`, `0@${gone}`].map((text) =>
      binaryEvent({ type: '$>', data: Buffer.from(text) }),
    );
    await node.client.appendToStream(stream, links);
    await node.client.createPersistentSubscriptionToStream(
      stream,
      'g',
      settings({ startFrom: START, resolveLinkTos: true }),
    );
    const consumer = watchedConsumer(
      node.client.subscribeToPersistentSubscriptionToStream(stream, 'g'),
      (event) =>
        event.link?.streamId === stream
          ? consumer.source.nack('park', '', event)
          : consumer.source.ack(event),
    );
    await eventually(async () => expect(await parkedCount(stream)).toBe(2n));
    const parked = await collected(node.client.readStream(parkedStream(stream)));
    expect(parked.map(({ event }) => Buffer.from(event!.data as unknown as Uint8Array).toString())).toEqual([
      `1@${target}`,
      `0@${gone}`,
    ]);
    await node.client.replayParkedMessagesToStream(stream, 'g');
    await consumer.events(3);
    expect(consumer.all[2]).toMatchObject({
      event: { streamId: target, revision: 1n },
      link: { streamId: parkedStream(stream), revision: 0n },
    });
    await consumer.stop();
  });
});

describe('replaying', () => {
  it('delivers all that is parked again, in order, as links with no retries, and lets go of it', async () => {
    const { stream, consumer, replayed } = await parkedEvents(50);
    await node.client.replayParkedMessagesToStream(stream, 'g');
    await eventually(async () => expect(replayed).toHaveLength(50));
    expect(numbersOf(replayed)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(new Set(replayed.map(({ retryCount }) => retryCount))).toEqual(new Set([0]));
    expect(replayed[7]).toMatchObject({
      event: { streamId: stream, revision: 7n },
      link: { streamId: parkedStream(stream), revision: 7n, type: '$>' },
    });
    expect(await parkedCount(stream)).toBe(0n);
    await eventually(async () => {
      const { metadata } = await node.client.getStreamMetadata(parkedStream(stream));
      expect(metadata).toMatchObject({ truncateBefore: 50 });
    });
    await consumer.stop();
  });

  it('stops before a parked event when that is asked for', async () => {
    const { stream, consumer, replayed } = await parkedEvents(10);
    await node.client.replayParkedMessagesToStream(stream, 'g', { stopAt: 4 });
    await eventually(async () => expect(replayed).toHaveLength(4));
    expect(await parkedCount(stream)).toBe(6n);
    expect(numbersOf(replayed)).toEqual([0, 1, 2, 3]);
    await consumer.stop();
  });

  embeddedOnly('a real node looks for the very event to stop at')(
    'stops at once before what has been replayed already',
    async () => {
      const { stream, consumer, replayed } = await parkedEvents(5);
      await node.client.replayParkedMessagesToStream(stream, 'g', { stopAt: 3 });
      await eventually(async () => expect(replayed).toHaveLength(3));
      await node.client.replayParkedMessagesToStream(stream, 'g', { stopAt: 2 });
      await node.client.appendToStream(stream, numbered(5));
      await eventually(async () => expect(await parkedCount(stream)).toBe(3n));
      expect(numbersOf(replayed)).toEqual([0, 1, 2]);
      await consumer.stop();
    },
  );

  it('refuses to stop before the first', async () => {
    const { stream, consumer } = await parkedEvents(1);
    await expect(node.client.replayParkedMessagesToStream(stream, 'g', { stopAt: -1 })).rejects.toMatchObject(
      { type: 'persistent-subscription-failed', streamName: stream, groupName: 'g' },
    );
    await consumer.stop();
  });

  it('of nothing does nothing', async () => {
    const { stream, consumer, replayed } = await parkedEvents(0);
    await node.client.replayParkedMessagesToStream(stream, 'g');
    await node.client.appendToStream(stream, numbered(0));
    await eventually(async () => expect(await parkedCount(stream)).toBe(1n));
    expect(replayed).toEqual([]);
    await consumer.stop();
  });

  it('parks again what is refused again', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, numbered(0));
    await node.client.createPersistentSubscriptionToStream(stream, 'g', settings({ startFrom: START }));
    const consumer = watchedConsumer(
      node.client.subscribeToPersistentSubscriptionToStream(stream, 'g'),
      (event) => consumer.source.nack('park', 'never', event),
    );
    for (let round = 0; round < 3; round++) {
      await consumer.events(round + 1);
      await eventually(async () => expect(await parkedCount(stream)).toBe(1n));
      await node.client.replayParkedMessagesToStream(stream, 'g');
    }
    await consumer.events(4);
    expect(consumer.all[3]!.event).toMatchObject({ streamId: stream, revision: 0n });
    expect(consumer.all[3]!.link).toMatchObject({ streamId: parkedStream(stream), revision: 2n });
    await consumer.stop();
  });

  it('passes over what cannot be read any more', async () => {
    const { stream, consumer, replayed } = await parkedEvents(4);
    await node.client.setStreamMetadata(stream, { truncateBefore: 2 });
    await node.client.replayParkedMessagesToStream(stream, 'g');
    await eventually(async () => expect(replayed).toHaveLength(2));
    expect(numbersOf(replayed)).toEqual([2, 3]);
    expect(await parkedCount(stream)).toBe(0n);
    await consumer.stop();
  });

  it('works for $all', async () => {
    const [stream, name] = [uniqueStream(), uniqueStream('group')];
    await node.client.createPersistentSubscriptionToAll(name, allSettings(), {
      filter: streamNameFilter({ prefixes: [stream] }),
    });
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToAll(name), (event) =>
      event.link === undefined ? consumer.source.nack('park', '', event) : consumer.source.ack(event),
    );
    await consumer.confirmed();
    await node.client.appendToStream(stream, manyNumbered(3));
    const countIs = (count: bigint) =>
      eventually(async () => {
        const { stats } = await node.client.getPersistentSubscriptionToAllInfo(name);
        expect(stats.parkedMessageCount).toBe(count);
      });
    await countIs(3n);
    await node.client.replayParkedMessagesToAll(name);
    await consumer.events(6);
    expect(numbersOf(consumer.all)).toEqual([0, 1, 2, 0, 1, 2]);
    await countIs(0n);
    await consumer.stop();
    await node.client.deletePersistentSubscriptionToAll(name);
  });
});
