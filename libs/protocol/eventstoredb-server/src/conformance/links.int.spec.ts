import { binaryEvent, type ResolvedEvent } from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import { collected, manyNumbered, nodeUnderTest, uniqueStream } from './node-under-test.js';
import { watched } from './watched-subscription.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const linkTo = (text: string) => binaryEvent({ type: '$>', data: Buffer.from(text) });

async function linked(...texts: string[]): Promise<string> {
  const links = uniqueStream('links');
  await node.client.appendToStream(links, texts.map(linkTo));
  return links;
}
const target = async (name = uniqueStream('target@with-at')) => {
  await node.client.appendToStream(name, manyNumbered(3));
  return name;
};
const shape = ({ event, link }: ResolvedEvent) => [event?.streamId, event?.revision, link?.revision];

describe('links', () => {
  it('are followed where that is asked for', async () => {
    const stream = await target();
    const links = await linked(`2@${stream}`, `0@${stream}`);
    const [first, second] = await collected(node.client.readStream(links, { resolveLinkTos: true }));
    expect([shape(first!), shape(second!)]).toEqual([
      [stream, 2n, 0n],
      [stream, 0n, 1n],
    ]);
    expect(first!.commitPosition).toBe(first!.link!.position!.commit);
    expect(first!.event!.position).not.toEqual(first!.link!.position);
  });

  it('are events like any other where it is not', async () => {
    const stream = await target();
    const [link] = await collected(node.client.readStream(await linked(`0@${stream}`)));
    expect(link?.link).toBeUndefined();
    expect(link?.event?.type).toBe('$>');
  });

  it('stand alone when the target is gone', async () => {
    const [dead, cut, short] = [await target(), await target(), await target()];
    await node.client.tombstoneStream(dead);
    await node.client.setStreamMetadata(cut, { truncateBefore: 2 });
    const links = await linked(`0@${dead}`, `1@${cut}`, `3@${short}`, `0@${uniqueStream()}`);
    const read = await collected(node.client.readStream(links, { resolveLinkTos: true }));
    expect(read.map(shape)).toEqual([0n, 1n, 2n, 3n].map((revision) => [undefined, undefined, revision]));
  });

  it('that name no revision are events like any other', async () => {
    const links = await linked('x@y', 'nothing');
    const read = await collected(node.client.readStream(links, { resolveLinkTos: true }));
    expect(read.map(({ event, link }) => [event?.type, link])).toEqual([
      ['$>', undefined],
      ['$>', undefined],
    ]);
  });

  it('are followed in subscriptions, by one level', async () => {
    const stream = await target();
    const links = await linked(`1@${stream}`);
    const outer = await linked(`0@${links}`);
    const seen = watched(node.client.subscribeToStream(outer, { resolveLinkTos: true }));
    await seen.events(1);
    expect(seen.all[0]?.event).toMatchObject({ streamId: links, type: '$>' });
    await seen.stop();
    const all = await collected(node.client.readAll({ resolveLinkTos: true }));
    expect(all.some(({ event, link }) => event?.streamId === stream && link?.streamId === links)).toBe(true);
  });
});
