import { randomUUID } from 'node:crypto';
import { binaryEvent, jsonEvent, type ResolvedEvent, START } from '@eventstore/db-client';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { collected, embeddedOnly, manyNumbered, nodeUnderTest, numbered } from './node-under-test.js';
import { watched } from './watched-subscription.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();

/** A category of its own, so that a real node may be used again and again. */
const uniqueCategory = () => `cat${randomUUID().replaceAll('-', '')}`;
const text = ({ event }: ResolvedEvent) => Buffer.from(event!.data as Uint8Array).toString();
const tag = ({ event }: ResolvedEvent) =>
  (event!.metadata instanceof Uint8Array
    ? JSON.parse(Buffer.from(event!.metadata).toString())
    : event!.metadata) as Record<string, unknown>;

/** The first `count` events of a stream that a projection writes, once it has. */
async function written(stream: string, count: number): Promise<ResolvedEvent[]> {
  const seen = watched(node.client.subscribeToStream(stream, { fromRevision: START }));
  await seen.events(count);
  await seen.stop();
  return seen.all.slice(0, count);
}

describe('$by_category', () => {
  beforeAll(() => node.client.enableProjection('$by_category'));

  it('links events to the stream of what stands before the first dash', async () => {
    const category = uniqueCategory();
    const stream = `${category}-1-2`;
    const { position } = await node.client.appendToStream(stream, manyNumbered(3));
    const links = await written(`$ce-${category}`, 3);
    expect(links.map(text)).toEqual([`0@${stream}`, `1@${stream}`, `2@${stream}`]);
    expect(links.map(({ event }) => event!.revision)).toEqual([0n, 1n, 2n]);
    const [source] = await collected(node.client.readStream(stream, { fromRevision: 2n }));
    expect(links[2]!.event).toMatchObject({ type: '$>', isJson: false });
    expect(tag(links[2]!)).toEqual({
      $v: expect.stringMatching(/^\d+:-?\d+:\d+:\d+$/),
      $c: Number(position!.commit),
      $p: Number(position!.commit),
      $o: stream,
      $causedBy: source!.event!.id,
    });
    expect(links[2]!.event!.position!.commit).toBeGreaterThan(position!.commit);
    const resolved = await collected(node.client.readStream(`$ce-${category}`, { resolveLinkTos: true }));
    expect(resolved.map(({ event, link }) => [event?.streamId, event?.revision, link?.revision])).toEqual([
      [stream, 0n, 0n],
      [stream, 1n, 1n],
      [stream, 2n, 2n],
    ]);
  });

  it('links no stream without a category, and no system stream', async () => {
    const category = uniqueCategory();
    for (const stream of [category, `-${category}`, `$${category}-1`, `${category}-1`])
      await node.client.appendToStream(stream, numbered(0));
    await node.client.setStreamMetadata(`${category}-1`, { maxCount: 5 });
    await node.client.appendToStream(`${category}-2`, numbered(0));
    expect((await written(`$ce-${category}`, 2)).map(text)).toEqual([`0@${category}-1`, `0@${category}-2`]);
    for (const name of ['', `$${category}`])
      await expect(collected(node.client.readStream(`$ce-${name}`))).rejects.toMatchObject({
        type: 'stream-not-found',
      });
  });

  it('links both ways of deletion, and says that they are', async () => {
    const category = uniqueCategory();
    const [soft, hard] = [`${category}-soft`, `${category}-hard`];
    for (const stream of [soft, hard]) await node.client.appendToStream(stream, numbered(0));
    await node.client.deleteStream(soft);
    await node.client.tombstoneStream(hard);
    const links = await written(`$ce-${category}`, 4);
    expect(links.map((link) => [text(link), tag(link)['$o'], tag(link)['$deleted']])).toEqual([
      [`0@${soft}`, soft, undefined],
      [`0@${hard}`, hard, undefined],
      [`0@$$${soft}`, soft, -1],
      [`9223372036854775807@${hard}`, hard, -1],
    ]);
    const resolved = await collected(node.client.readStream(`$ce-${category}`, { resolveLinkTos: true }));
    expect(resolved.map(({ event, link }) => [event?.type, link?.revision])).toEqual([
      [undefined, 0n],
      [undefined, 1n],
      ['$metadata', 2n],
      [undefined, 3n],
    ]);
  });

  it('links a link to its target', async () => {
    const [targets, links] = [uniqueCategory(), uniqueCategory()];
    await node.client.appendToStream(`${targets}-1`, numbered(0));
    const data = Buffer.from(`0@${targets}-1`);
    await node.client.appendToStream(`${links}-1`, binaryEvent({ type: '$>', data }));
    const [link] = await written(`$ce-${links}`, 1);
    expect([text(link!), tag(link!)['$o']]).toEqual([`0@${targets}-1`, `${links}-1`]);
  });

  it('passes the correlation of an event on to its link', async () => {
    const category = uniqueCategory();
    const metadata = { $correlationId: 'order "1"' };
    const event = jsonEvent({ type: 'numbered', data: {}, metadata });
    await node.client.appendToStream(`${category}-1`, event);
    const [link] = await written(`$ce-${category}`, 1);
    expect(tag(link!)).toMatchObject({ $causedBy: event.id, $correlationId: 'order "1"' });
  });
});

describe('the other system projections', () => {
  const others = ['$by_event_type', '$by_correlation_id', '$streams', '$stream_by_category'];
  beforeAll(() => Promise.all(others.map((name) => node.client.enableProjection(name))));

  it('$by_event_type links events by their type, never links', async () => {
    const type = uniqueCategory();
    const [stream, other] = [`${type}-1`, `${type}-2`];
    const link = binaryEvent({ type: '$>', data: Buffer.from(`0@${stream}`) });
    await node.client.appendToStream(stream, jsonEvent({ type, data: {} }));
    await node.client.appendToStream(other, [link, jsonEvent({ type, data: {} })]);
    expect((await written(`$et-${type}`, 2)).map(text)).toEqual([`0@${stream}`, `1@${other}`]);
    await expect(collected(node.client.readStream('$et-$>'))).rejects.toMatchObject({
      type: 'stream-not-found',
    });
  });

  it('$by_event_type links metadata and deletions of users’ streams', async () => {
    const stream = `${uniqueCategory()}-1`;
    await node.client.appendToStream(stream, numbered(0));
    await node.client.setStreamMetadata(stream, { maxCount: 5 });
    await node.client.deleteStream(stream);
    await node.client.tombstoneStream(stream);
    const end = `${uniqueCategory()}`;
    await node.client.appendToStream(`${end}-1`, jsonEvent({ type: end, data: {} }));
    await written(`$et-${end}`, 1); // all before it are written too
    const of = async (type: string) =>
      (await collected(node.client.readStream(`$et-${type}`))).filter((link) => text(link).endsWith(stream));
    expect((await of('$metadata')).map(text)).toEqual([`0@${stream}`]);
    expect((await of('$deleted')).map((link) => [text(link), tag(link)['$deleted']])).toEqual([
      [`1@${stream}`, -1],
      [`9223372036854775807@${stream}`, -1],
    ]);
  });

  it('$by_correlation_id links what carries the same id, with its time', async () => {
    const id = randomUUID();
    const stream = `${uniqueCategory()}-1`;
    const event = (metadata: object) => jsonEvent({ type: 'numbered', data: {}, metadata });
    const link = binaryEvent({
      type: '$>',
      data: Buffer.from(`7@${stream}`),
      metadata: Buffer.from(JSON.stringify({ $correlationId: id, more: 1 })),
    });
    const events = [event({ $correlationId: id }), event({}), numbered(0), link];
    await node.client.appendToStream(stream, events);
    await node.client.appendToStream(stream, event({ $correlationId: id }));
    const links = await written(`$bc-${id}`, 3);
    expect(links.map(text)).toEqual([`0@${stream}`, `7@${stream}`, `4@${stream}`]);
    const [source] = await collected(node.client.readStream(stream));
    const [first, ofLink] = links.map(tag);
    expect(first).toMatchObject({ $correlationId: id, $causedBy: source!.event!.id });
    const { $eventTimestamp } = first as { $eventTimestamp: string };
    expect($eventTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(new Date($eventTimestamp)).toEqual(source!.event!.created);
    expect(ofLink!['$link']).toEqual({ eventId: link.id, metadata: { $correlationId: id, more: 1 } });
  });

  it('$streams and $stream_by_category name each stream once', async () => {
    const category = uniqueCategory();
    for (const stream of [`${category}-1`, `${category}-2`, `${category}-1`])
      await node.client.appendToStream(stream, manyNumbered(2));
    const references = await written(`$category-${category}`, 2);
    expect(references.map((reference) => [reference.event!.type, text(reference)])).toEqual([
      ['$@', `${category}-1`],
      ['$@', `${category}-2`],
    ]);
    const end = `${uniqueCategory()}-1`;
    await node.client.appendToStream(end, numbered(0));
    const all = watched(node.client.subscribeToStream('$streams'));
    while (!all.all.some((link) => text(link) === `0@${end}`)) await all.events(all.all.length + 1);
    await all.stop();
    expect(all.all.map(text).filter((link) => link.includes(category))).toEqual([
      `0@${category}-1`,
      `0@${category}-2`,
    ]);
  });
});

describe('managing system projections', () => {
  it('lists all five', async () => {
    const names = (await node.client.listProjections()).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        '$streams',
        '$stream_by_category',
        '$by_category',
        '$by_event_type',
        '$by_correlation_id',
      ]),
    );
  });

  it('refuses names that are none', async () => {
    const error = { type: 'not-found', message: expect.stringContaining("Projection 'none' not found") };
    await expect(node.client.enableProjection('none')).rejects.toMatchObject(error);
    await expect(node.client.disableProjection('none')).rejects.toMatchObject(error);
    await expect(node.client.resetProjection('none')).rejects.toMatchObject(error);
    await expect(node.client.getProjectionStatus('none')).rejects.toMatchObject(error);
  });

  embeddedOnly('a real node runs them')('refuses user projections in words', async () => {
    const error = { message: expect.stringContaining('runs no user projections') };
    await expect(node.client.createProjection('mine', 'fromAll()')).rejects.toMatchObject(error);
    await expect(node.client.updateProjection('mine', 'fromAll()')).rejects.toMatchObject(error);
    await expect(node.client.deleteProjection('mine')).rejects.toMatchObject(error);
    await expect(node.client.getProjectionState('mine')).rejects.toMatchObject(error);
    await expect(node.client.getProjectionResult('mine')).rejects.toMatchObject(error);
  });
});
