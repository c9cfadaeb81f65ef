import { once } from 'node:events';
import {
  binaryEvent,
  END,
  eventTypeFilter,
  type Filter,
  type Position,
  type ResolvedEvent,
  START,
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
import { watched } from './watched-subscription.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const ids = (events: ResolvedEvent[]) => events.map(({ event }) => event?.id);

describe('subscribing to $all', () => {
  it('gives every event from the start, then what comes', async () => {
    await node.client.appendToStream(uniqueStream(), manyNumbered(10));
    const before = ids(await collected(node.client.readAll()));
    const seen = watched(node.client.subscribeToAll({ fromPosition: START }));
    await seen.caughtUp();
    expect(ids(seen.all)).toEqual(before);
    const next = manyNumbered(10);
    for (const event of next) await node.client.appendToStream(uniqueStream(), event);
    await seen.events(before.length + 10);
    expect(ids(seen.all.slice(before.length))).toEqual(next.map(({ id }) => id));
    expect(seen.log.filter((what) => what === 'caught up')).toHaveLength(1);
    await seen.stop();
  });

  it('resumes behind a position, that one excluded', async () => {
    const events = manyNumbered(4);
    const stream = uniqueStream();
    await node.client.appendToStream(stream, events);
    const { position } = (await collected(node.client.readStream(stream)))[1]!.event!;
    const seen = watched(node.client.subscribeToAll({ fromPosition: position! }));
    await seen.events(2);
    expect(ids(seen.all.slice(0, 2))).toEqual([events[2]!.id, events[3]!.id]);
    await seen.stop();
  });

  it('starts at the end with what comes after the confirmation', async () => {
    await node.client.appendToStream(uniqueStream(), manyNumbered(3));
    const seen = watched(node.client.subscribeToAll({ fromPosition: END }));
    await seen.caughtUp();
    const event = numbered(1);
    await node.client.appendToStream(uniqueStream(), event);
    await seen.events(1);
    expect(ids(seen.all)).toEqual([event.id]);
    await seen.stop();
  });

  it('loses, repeats and reorders nothing for a reader that pauses', async () => {
    const { position } = await node.client.appendToStream(uniqueStream(), numbered(0));
    const subscription = node.client.subscribeToAll({ fromPosition: position! });
    const seen: string[] = [];
    subscription.on('data', ({ event }) => {
      seen.push(event!.id);
      if (seen.length % 400 === 1) {
        subscription.pause();
        setImmediate(() => subscription.resume());
      }
    });
    await once(subscription, 'confirmation');
    const events = manyNumbered(3_000);
    for (let from = 0; from < events.length; from += 300)
      await node.client.appendToStream(uniqueStream(), events.slice(from, from + 300));
    while (seen.length < events.length) await once(subscription, 'data');
    expect(seen).toEqual(events.map(({ id }) => id));
    await subscription.unsubscribe();
  });

  it('hides what persistent subscriptions to $all keep for themselves', async () => {
    const { position } = await node.client.appendToStream(uniqueStream(), numbered(0));
    const group = uniqueStream('group');
    const hidden = [
      `$persistentsubscription-$all::${group}-checkpoint`,
      `$persistentsubscription-$all::${group}-parked`,
    ];
    for (const stream of hidden) await node.client.appendToStream(stream, numbered(1));
    const last = numbered(2);
    await node.client.appendToStream(uniqueStream(), last);
    const seen = watched(node.client.subscribeToAll({ fromPosition: position! }));
    await seen.caughtUp();
    expect(ids(seen.all)).toEqual([last.id]);
    await seen.stop();
    expect(await collected(node.client.readStream(hidden[0]!))).toHaveLength(1);
  });

  it('gives an event to many subscribers', async () => {
    const all = Array.from({ length: 50 }, () => watched(node.client.subscribeToAll({ fromPosition: END })));
    await Promise.all(all.map((seen) => seen.caughtUp()));
    const event = numbered(1);
    await node.client.appendToStream(uniqueStream(), event);
    await Promise.all(all.map((seen) => seen.events(1)));
    for (const seen of all) expect(ids(seen.all)).toEqual([event.id]);
    await Promise.all(all.map((seen) => seen.stop()));
  });
});

describe('a filter', () => {
  const mark = uniqueStream('filter');
  const type = (name: string, number: number) => ({ ...numbered(number), type: `${name}-${mark}` }) as const;

  it.each<[string, Filter, number[]]>([
    ['stream prefixes', streamNameFilter({ prefixes: [`a-${mark}`, `b-${mark}`] }), [0, 1, 2, 3]],
    ['a stream pattern', streamNameFilter({ regex: `^b-${mark}` }), [2, 3]],
    ['a stream pattern that matches anywhere', streamNameFilter({ regex: mark }), [0, 1, 2, 3, 4, 5]],
    ['type prefixes', eventTypeFilter({ prefixes: [`even-${mark}`] }), [0, 2, 4]],
    ['a type pattern', eventTypeFilter({ regex: `^o.d-${mark}$` }), [1, 3, 5]],
  ])('by %s lets through what matches', async (_name, filter, expected) => {
    const known = await collected(node.client.readAll());
    if (!known.some(({ event }) => event?.streamId === `a-${mark}`))
      for (const [index, stream] of ['a', 'a', 'b', 'b', 'c', 'c'].entries())
        await node.client.appendToStream(`${stream}-${mark}`, type(index % 2 ? 'odd' : 'even', index));
    const seen = watched(node.client.subscribeToAll({ filter }));
    await seen.caughtUp();
    expect(seen.all.map(({ event }) => (event!.data as { number: number }).number)).toEqual(expected);
    await seen.stop();
  });

  it('sees links as they are stored, not what they lead to', async () => {
    const [stream, links] = [uniqueStream('target'), uniqueStream('links')];
    const { position } = await node.client.appendToStream(stream, type('target', 7));
    await node.client.appendToStream(links, [
      binaryEvent({ type: '$>', data: Buffer.from(`0@${stream}`) }),
      binaryEvent({ type: '$>', data: Buffer.from(`9@${stream}`) }),
    ]);
    const followed = async (filter: Filter) => {
      const seen = watched(
        node.client.subscribeToAll({ filter, fromPosition: position!, resolveLinkTos: true }),
      );
      await seen.caughtUp();
      await seen.stop();
      return seen.all.map(({ event, link }) => [event?.streamId, link?.streamId]);
    };
    const both = [
      [stream, links],
      [undefined, links],
    ];
    expect(await followed(streamNameFilter({ prefixes: [links] }))).toEqual(both);
    expect(await followed(streamNameFilter({ prefixes: [stream] }))).toEqual([]);
    expect(await followed(eventTypeFilter({ prefixes: [`target-${mark}`] }))).toEqual([]);
  });

  it('checkpoints at the interval while catching up, and once at the end of it', async () => {
    const prefix = uniqueStream('checkpoints');
    for (let batch = 0; batch < 12; batch++) await node.client.appendToStream(prefix, manyNumbered(32));
    const checkpoints: Position[] = [];
    const filter = streamNameFilter({
      prefixes: [prefix],
      maxSearchWindow: 32,
      checkpointInterval: 2,
      checkpointReached: async (_subscription, position) => void checkpoints.push(position),
    });
    const { position: before } = (await collected(node.client.readStream(prefix, { maxCount: 1 })))[0]!
      .event!;
    const seen = watched(node.client.subscribeToAll({ filter, fromPosition: before! }));
    await seen.caughtUp();
    expect(seen.all).toHaveLength(383);
    expect(checkpoints.length).toBeGreaterThanOrEqual(6);
    expect(checkpoints.length).toBeLessThanOrEqual(7);
    expect(checkpoints.map(({ commit }) => commit)).toEqual(
      [...checkpoints.map(({ commit }) => commit)].sort((a, b) => Number(a - b)),
    );
    expect(checkpoints.at(-1)).toEqual(seen.all.at(-1)?.event?.position);
    await seen.stop();
  });

  it('checkpoints live for events that do not match, and resumes behind a checkpoint', async () => {
    const prefix = uniqueStream('live');
    let reached: (position: Position) => void;
    const checkpoint = new Promise<Position>((resolve) => {
      reached = resolve;
    });
    const filter = streamNameFilter({
      prefixes: [prefix],
      maxSearchWindow: 10,
      checkpointInterval: 1,
      checkpointReached: async (_subscription, position) => reached(position),
    });
    const seen = watched(node.client.subscribeToAll({ filter, fromPosition: END }));
    await seen.caughtUp();
    await node.client.appendToStream(uniqueStream(), manyNumbered(20));
    const position = await checkpoint;
    await node.client.appendToStream(prefix, numbered(1));
    await seen.events(1);
    await seen.stop();
    const resumed = watched(node.client.subscribeToAll({ filter, fromPosition: position }));
    await resumed.events(1);
    expect(ids(resumed.all)).toEqual(ids(seen.all));
    await resumed.stop();
  });

  embeddedOnly('a real node reads patterns as .NET does')('that is no pattern is refused', async () => {
    const seen = watched(node.client.subscribeToAll({ filter: streamNameFilter({ regex: '(' }) }));
    await expect(seen.failure).resolves.toMatchObject({ type: 'unknown' });
  });
});
