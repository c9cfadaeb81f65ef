import { BACKWARDS, END, START } from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import { collected, embeddedOnly, manyNumbered, nodeUnderTest, uniqueStream } from './node-under-test.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();

const ids = (events: { event?: { id: string } }[]) => events.map(({ event }) => event?.id);

describe('reading $all', () => {
  it('gives every event once, in the order of positions, both ways alike', async () => {
    const [one, two] = [uniqueStream(), uniqueStream()];
    const events = manyNumbered(6);
    for (const [index, event] of events.entries())
      await node.client.appendToStream(index % 2 ? one : two, event);
    const forwards = await collected(node.client.readAll());
    const positions = forwards.map(({ event }) => event!.position!.commit);
    expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
    expect(ids(forwards).filter((id) => events.some((event) => event.id === id))).toEqual(
      events.map(({ id }) => id),
    );
    const backwards = await collected(node.client.readAll({ direction: BACKWARDS, fromPosition: END }));
    expect(ids(backwards).reverse()).toEqual(ids(forwards));
  });

  it('starts at a position: with it forwards, before it backwards', async () => {
    const stream = uniqueStream();
    const events = manyNumbered(4);
    await node.client.appendToStream(stream, events);
    const { position } = (await collected(node.client.readStream(stream)))[2]!.event!;
    const forwards = await collected(node.client.readAll({ fromPosition: position!, maxCount: 2 }));
    expect(ids(forwards)).toEqual([events[2]!.id, events[3]!.id]);
    const backwards = node.client.readAll({ fromPosition: position!, direction: BACKWARDS, maxCount: 2 });
    expect(ids(await collected(backwards))).toEqual([events[1]!.id, events[0]!.id]);
  });

  it('has nothing before the start and nothing after the end', async () => {
    expect(await collected(node.client.readAll({ fromPosition: START, direction: BACKWARDS }))).toEqual([]);
    expect(await collected(node.client.readAll({ fromPosition: END }))).toEqual([]);
  });

  it('holds system events from the start', async () => {
    const [first] = await collected(node.client.readAll({ maxCount: 1 }));
    expect(first?.event?.type).toMatch(/^\$/);
  });

  it('keeps the events of deleted streams', async () => {
    const stream = uniqueStream();
    const [event] = manyNumbered(1);
    await node.client.appendToStream(stream, event!);
    await node.client.deleteStream(stream);
    expect(ids(await collected(node.client.readAll()))).toContain(event!.id);
  });

  embeddedOnly('a real node takes positions of events only')('takes any position', async () => {
    const { position } = await node.client.appendToStream(uniqueStream(), manyNumbered(1));
    const beyond = { commit: position!.commit + 1_000n, prepare: position!.commit + 1_000n };
    expect(await collected(node.client.readAll({ fromPosition: beyond }))).toEqual([]);
  });
});
