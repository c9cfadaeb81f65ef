import {
  persistentSubscriptionToAllSettingsFromDefaults as allSettings,
  DISPATCH_TO_SINGLE,
  END,
  eventTypeFilter,
  type PersistentSubscriptionToStreamSettings,
  PINNED,
  ROUND_ROBIN,
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
import { eventually, watchedConsumer } from './watched-consumer.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const group = () => uniqueStream('group');

/** Settings that are all different from the defaults and from each other. */
const UNUSUAL = settings({
  startFrom: 7n,
  resolveLinkTos: true,
  extraStatistics: true,
  messageTimeout: 12_345,
  maxRetryCount: 3,
  checkPointAfter: 4_321,
  checkPointLowerBound: 5,
  checkPointUpperBound: 60,
  maxSubscriberCount: 8,
  liveBufferSize: 90,
  readBatchSize: 21,
  historyBufferSize: 110,
  consumerStrategyName: PINNED,
});

describe('creating a group', () => {
  it.each<[string, PersistentSubscriptionToStreamSettings]>([
    ['the defaults', settings()],
    ['a start', settings({ startFrom: START, consumerStrategyName: DISPATCH_TO_SINGLE })],
    ['everything unusual', UNUSUAL],
    ['nothing in time', settings({ messageTimeout: 0, checkPointAfter: 0, maxRetryCount: 0 })],
    ['a far start', settings({ startFrom: 2n ** 62n, consumerStrategyName: ROUND_ROBIN })],
  ])('keeps the settings: %s', async (_name, chosen) => {
    const stream = uniqueStream();
    await node.client.createPersistentSubscriptionToStream(stream, 'g', chosen);
    const info = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
    expect(info.settings).toEqual(chosen);
    expect(info).toMatchObject({ eventSource: stream, groupName: 'g', connections: [] });
  });

  it('of $all keeps the settings, positions among them', async () => {
    const { position } = await node.client.appendToStream(uniqueStream(), numbered(0));
    for (const startFrom of [START, END, position!] as const) {
      const name = group();
      await node.client.createPersistentSubscriptionToAll(name, allSettings({ startFrom }));
      const info = await node.client.getPersistentSubscriptionToAllInfo(name);
      expect(info.settings).toEqual(allSettings({ startFrom }));
      expect(info.eventSource).toBe('$all');
      await node.client.deletePersistentSubscriptionToAll(name);
    }
  });

  it('fails when it is there', async () => {
    const [stream, name] = [uniqueStream(), group()];
    await node.client.createPersistentSubscriptionToStream(stream, 'g', settings());
    await node.client.createPersistentSubscriptionToAll(name, allSettings());
    await expect(
      node.client.createPersistentSubscriptionToStream(stream, 'g', settings()),
    ).rejects.toMatchObject({
      type: 'persistent-subscription-exists',
      streamName: stream,
      groupName: 'g',
      code: 6,
    });
    await expect(node.client.createPersistentSubscriptionToAll(name, allSettings())).rejects.toMatchObject({
      type: 'persistent-subscription-exists',
      groupName: name,
    });
    await node.client.deletePersistentSubscriptionToAll(name);
  });

  it('fails with settings that cannot work, and says why', async () => {
    const stream = uniqueStream();
    const create = node.client.createPersistentSubscriptionToStream(
      stream,
      'g',
      settings({ readBatchSize: 20, historyBufferSize: 20 }),
    );
    await expect(create).rejects.toMatchObject({
      type: 'persistent-subscription-failed',
      code: 13,
      streamName: stream,
      groupName: 'g',
    });
    await expect(
      node.client.createPersistentSubscriptionToAll(
        group(),
        allSettings({ startFrom: { commit: 2n ** 60n, prepare: 2n ** 60n } }),
      ),
    ).rejects.toMatchObject({ type: 'persistent-subscription-failed' });
    await expect(
      node.client.createPersistentSubscriptionToAll(
        group(),
        allSettings({ startFrom: { commit: 1n, prepare: 2n } }),
      ),
    ).rejects.toMatchObject({ type: 'persistent-subscription-failed' });
    await expect(node.client.getPersistentSubscriptionToStreamInfo(stream, 'g')).rejects.toMatchObject({
      type: 'persistent-subscription-does-not-exist',
    });
  });

  it('fails with a filter that is no pattern', async () => {
    const create = node.client.createPersistentSubscriptionToAll(group(), allSettings(), {
      filter: eventTypeFilter({ regex: '(' }),
    });
    await expect(create).rejects.toMatchObject({ type: 'unknown' });
  });

  it('works at the same time from many sides, each once', async () => {
    const stream = uniqueStream();
    const creations = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        node.client.createPersistentSubscriptionToStream(stream, `g${index % 5}`, settings()),
      ),
    );
    expect(creations.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(await node.client.listPersistentSubscriptionsToStream(stream)).toHaveLength(5);
  });

  it('takes names of all kinds, in errors too', async () => {
    const [stream, name] = [`${uniqueStream()}-어학/0️⃣ 100%`, 'ヽ༼ຈل͜ຈ༽ﾉ'];
    await node.client.createPersistentSubscriptionToStream(stream, name, settings({ startFrom: START }));
    await node.client.appendToStream(stream, numbered(0));
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, name));
    await consumer.events(1);
    await consumer.stop();
    expect((await node.client.getPersistentSubscriptionToStreamInfo(stream, name)).groupName).toBe(name);
    await expect(
      node.client.createPersistentSubscriptionToStream(stream, name, settings()),
    ).rejects.toMatchObject({ type: 'persistent-subscription-exists' });
  });

  it('is seen in the log', async () => {
    const stream = uniqueStream();
    await node.client.createPersistentSubscriptionToStream(stream, 'g', UNUSUAL);
    const config = node.client.readStream('$persistentSubscriptionConfig', {
      direction: 'backwards',
      fromRevision: END,
      maxCount: 1,
    });
    const [newest] = await collected(config);
    expect(newest!.event).toMatchObject({ type: '$PersistentConfig', isJson: true });
    const { version, entries } = newest!.event!.data as unknown as { version: string; entries: object[] };
    expect(version).toBe('2');
    expect(entries).toContainEqual(
      expect.objectContaining({
        stream,
        group: 'g',
        startPosition: '7',
        messageTimeout: 12_345,
        namedConsumerStrategy: 'Pinned',
      }),
    );
    const { metadata } = await node.client.getStreamMetadata('$persistentSubscriptionConfig');
    expect(metadata).toEqual({ maxCount: 2 });
  });
});

describe('what is not there', () => {
  const missing = 'persistent-subscription-does-not-exist';

  it('is said by each call, with the names', async () => {
    const [stream, name] = [uniqueStream(), group()];
    const { client } = node;
    const text = `5 NOT_FOUND: Subscription group ${name} on stream ${stream} does not exist.`;
    const expected = { type: missing, code: 5, message: text, streamName: stream, groupName: name };
    for (const call of [
      client.updatePersistentSubscriptionToStream(stream, name, settings()),
      client.deletePersistentSubscriptionToStream(stream, name),
      client.getPersistentSubscriptionToStreamInfo(stream, name),
      client.replayParkedMessagesToStream(stream, name),
      watchedConsumer(client.subscribeToPersistentSubscriptionToStream(stream, name)).failure.then(
        (error) => {
          throw error;
        },
      ),
    ])
      await expect(call).rejects.toMatchObject(expected);
    for (const call of [
      client.updatePersistentSubscriptionToAll(name, allSettings()),
      client.deletePersistentSubscriptionToAll(name),
      client.getPersistentSubscriptionToAllInfo(name),
      client.replayParkedMessagesToAll(name),
    ])
      await expect(call).rejects.toMatchObject({
        type: missing,
        groupName: name,
        message: `5 NOT_FOUND: Subscription group ${name} on stream $all does not exist.`,
      });
  });

  it('is said by a list of a stream that never had a group', async () => {
    const stream = uniqueStream();
    await expect(node.client.listPersistentSubscriptionsToStream(stream)).rejects.toMatchObject({
      type: missing,
      streamName: stream,
      groupName: '',
    });
    await node.client.createPersistentSubscriptionToStream(stream, 'g', settings());
    await node.client.deletePersistentSubscriptionToStream(stream, 'g');
    expect(await node.client.listPersistentSubscriptionsToStream(stream)).toEqual([]);
  });
});

describe('a list', () => {
  it('has the groups that were asked for', async () => {
    const [one, two] = [uniqueStream(), uniqueStream()];
    const name = group();
    await node.client.createPersistentSubscriptionToStream(one, 'a', settings());
    await node.client.createPersistentSubscriptionToStream(one, 'b', settings());
    await node.client.createPersistentSubscriptionToStream(two, 'a', UNUSUAL);
    await node.client.createPersistentSubscriptionToAll(name, allSettings());
    const names = (infos: { eventSource: string; groupName: string }[]) =>
      infos.map(({ eventSource, groupName }) => `${eventSource} ${groupName}`);
    expect(names(await node.client.listPersistentSubscriptionsToStream(one)).sort()).toEqual([
      `${one} a`,
      `${one} b`,
    ]);
    expect(names(await node.client.listPersistentSubscriptionsToAll())).toContain(`$all ${name}`);
    const all = await node.client.listAllPersistentSubscriptions();
    expect(names(all)).toEqual(expect.arrayContaining([`${one} a`, `${one} b`, `${two} a`, `$all ${name}`]));
    expect(all.find(({ eventSource }) => eventSource === two)?.settings).toEqual(UNUSUAL);
    await node.client.deletePersistentSubscriptionToAll(name);
  });
});

describe('updating a group', () => {
  it('drops its consumers and takes the new settings', async () => {
    const stream = uniqueStream();
    await node.client.createPersistentSubscriptionToStream(stream, 'g', settings());
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, 'g'));
    await consumer.confirmed();
    await node.client.updatePersistentSubscriptionToStream(stream, 'g', UNUSUAL);
    await expect(consumer.failure).resolves.toMatchObject({
      type: 'persistent-subscription-dropped',
      code: 1,
      streamName: stream,
      groupName: 'g',
    });
    const info = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
    expect(info.settings).toEqual(UNUSUAL);
    expect(info.connections).toEqual([]);
  });

  it('keeps the checkpoint, so that a new start counts only without one', async () => {
    const [started, fresh] = [uniqueStream(), uniqueStream()];
    for (const stream of [started, fresh]) {
      await node.client.appendToStream(stream, manyNumbered(4));
      await node.client.createPersistentSubscriptionToStream(
        stream,
        'g',
        settings({ startFrom: START, checkPointUpperBound: 1 }),
      );
    }
    const first = watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(started, 'g'));
    await eventually(async () => {
      const { stats } = await node.client.getPersistentSubscriptionToStreamInfo(started, 'g');
      expect(stats.lastCheckpointedEventRevision).toBe(3n);
    });
    for (const stream of [started, fresh]) {
      await node.client.updatePersistentSubscriptionToStream(stream, 'g', settings({ startFrom: 2n }));
      await node.client.appendToStream(stream, numbered(4));
    }
    const [after, from] = [started, fresh].map((stream) =>
      watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, 'g')),
    );
    await after!.events(1);
    await from!.events(3);
    expect(after!.all[0]!.event!.revision).toBe(4n);
    expect(from!.all.map(({ event }) => event!.revision)).toEqual([2n, 3n, 4n]);
    await Promise.all([after!.stop(), from!.stop(), first.stop()]);
  });

  it('that cannot work changes nothing', async () => {
    const stream = uniqueStream();
    await node.client.createPersistentSubscriptionToStream(stream, 'g', UNUSUAL);
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, 'g'));
    await consumer.confirmed();
    await expect(
      node.client.updatePersistentSubscriptionToStream(stream, 'g', settings({ historyBufferSize: 1 })),
    ).rejects.toMatchObject({ type: 'persistent-subscription-failed' });
    const info = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
    expect(info.settings).toEqual(UNUSUAL);
    expect(info.connections).toHaveLength(1);
    await consumer.stop();
  });

  it('of $all keeps the filter', async () => {
    const [stream, name] = [uniqueStream('kept'), group()];
    await node.client.createPersistentSubscriptionToAll(name, allSettings(), {
      filter: streamNameFilter({ prefixes: [stream] }),
    });
    await node.client.updatePersistentSubscriptionToAll(name, allSettings({ maxRetryCount: 1 }));
    await node.client.appendToStream(uniqueStream(), numbered(1));
    await node.client.appendToStream(stream, numbered(2));
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToAll(name));
    await consumer.events(1);
    expect(consumer.all[0]!.event!.streamId).toBe(stream);
    await consumer.stop();
    await node.client.deletePersistentSubscriptionToAll(name);
  });
});

describe('deleting a group', () => {
  it('drops its consumers, and one of the same name starts anew', async () => {
    const stream = uniqueStream();
    const create = () =>
      node.client.createPersistentSubscriptionToStream(
        stream,
        'g',
        settings({ startFrom: START, checkPointUpperBound: 1 }),
      );
    await node.client.appendToStream(stream, manyNumbered(3));
    await create();
    const park = watchedConsumer(
      node.client.subscribeToPersistentSubscriptionToStream(stream, 'g'),
      (event) =>
        event.event!.revision === 0n ? park.source.nack('park', 'no', event) : park.source.ack(event),
    );
    await eventually(async () => {
      const { stats } = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
      expect(stats).toMatchObject({ lastCheckpointedEventRevision: 2n, parkedMessageCount: 1n });
    });
    await node.client.deletePersistentSubscriptionToStream(stream, 'g');
    await expect(park.failure).resolves.toMatchObject({ type: 'persistent-subscription-dropped' });
    await create();
    const { stats } = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
    expect(stats).toMatchObject({ parkedMessageCount: 0n });
    expect(stats.lastCheckpointedEventRevision).toBeUndefined();
    const again = watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, 'g'));
    await again.events(3);
    expect(again.all.map(({ event }) => event!.revision)).toEqual([0n, 1n, 2n]);
    await again.stop();
  });

  it('works for $all', async () => {
    const name = group();
    await node.client.createPersistentSubscriptionToAll(name, allSettings());
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToAll(name));
    await consumer.confirmed();
    await node.client.deletePersistentSubscriptionToAll(name);
    await expect(consumer.failure).resolves.toMatchObject({ type: 'persistent-subscription-dropped' });
  });
});

describe('restarting the subsystem', () => {
  embeddedOnly('it would disturb other users of a real node')(
    'drops all consumers and goes on from what is stored',
    async () => {
      const stream = uniqueStream();
      await node.client.createPersistentSubscriptionToStream(stream, 'g', UNUSUAL);
      const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, 'g'));
      await consumer.confirmed();
      await expect(node.client.restartPersistentSubscriptionSubsystem()).resolves.toBeUndefined();
      await expect(consumer.failure).resolves.toMatchObject({ type: 'persistent-subscription-dropped' });
      const info = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
      expect(info.settings).toEqual(UNUSUAL);
      await node.client.appendToStream(stream, manyNumbered(8));
      const again = watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, 'g'));
      await again.events(1);
      expect(again.all[0]!.event!.revision).toBe(7n);
      await again.stop();
    },
  );
});

describe('the information about a group', () => {
  it('tells of consumers, of what they have and of how long they take', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(30));
    await node.client.createPersistentSubscriptionToStream(
      stream,
      'g',
      settings({ startFrom: START, extraStatistics: true }),
    );
    const consumer = watchedConsumer(
      node.client.subscribeToPersistentSubscriptionToStream(stream, 'g', { bufferSize: 6 }),
      (event) => (event.event!.revision < 10n ? consumer.source.ack(event) : undefined),
    );
    await consumer.events(16);
    await eventually(async () => {
      const info = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
      expect(info.stats).toMatchObject({
        totalItems: 16n,
        readBufferCount: 14,
        retryBufferCount: 0,
        totalInFlightMessages: 6,
        outstandingMessagesCount: 6,
        parkedMessageCount: 0n,
        lastKnownEventRevision: 29n,
      });
      expect(info.connections).toHaveLength(1);
      const [connection] = info.connections;
      expect(connection).toMatchObject({
        connectionName: node.client.connectionName,
        totalItems: 16n,
        availableSlots: 0,
        inFlightMessages: 6,
      });
      expect([...connection!.extraStatistics!.keys()]).toEqual([
        'mean',
        'median',
        'fastest',
        'quintile 1',
        'quintile 2',
        'quintile 3',
        'quintile 4',
        'quintile 5',
        '90%',
        '95%',
        '99%',
        '99.5%',
        '99.9%',
        'highest',
      ]);
    });
    const { status } = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
    expect(status).toBe('Live');
    await consumer.stop();
  });

  it('has no measurements unless they were asked for', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(3));
    await node.client.createPersistentSubscriptionToStream(stream, 'g', settings({ startFrom: START }));
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToStream(stream, 'g'));
    await consumer.events(3);
    const { connections } = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
    expect(connections[0]!.extraStatistics).toBeUndefined();
    await consumer.stop();
  });

  it('says how far a group without consumers has read, and that it is behind', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(100));
    await node.client.createPersistentSubscriptionToStream(
      stream,
      'g',
      settings({ startFrom: START, historyBufferSize: 50, readBatchSize: 20 }),
    );
    await eventually(async () => {
      const { status, stats } = await node.client.getPersistentSubscriptionToStreamInfo(stream, 'g');
      expect(stats.readBufferCount).toBe(40);
      expect(status).toContain('Behind');
    });
  });

  it('of $all has positions', async () => {
    const name = group();
    await node.client.createPersistentSubscriptionToAll(name, allSettings({ checkPointUpperBound: 1 }));
    const { nextExpectedRevision, position } = await node.client.appendToStream(
      uniqueStream(),
      manyNumbered(5),
    );
    expect(nextExpectedRevision).toBe(4n);
    const consumer = watchedConsumer(node.client.subscribeToPersistentSubscriptionToAll(name));
    await consumer.eventWith(({ event }) => event?.position?.commit === position!.commit);
    await eventually(async () => {
      const { stats } = await node.client.getPersistentSubscriptionToAllInfo(name);
      expect(stats.lastKnownEventPosition!.commit).toBeGreaterThanOrEqual(position!.commit);
      expect(stats.lastCheckpointedEventPosition!.commit).toBeGreaterThanOrEqual(position!.commit);
    });
    await consumer.stop();
    await node.client.deletePersistentSubscriptionToAll(name);
  });
});
