import { binaryEvent } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ClientReadableStream } from '@grpc/grpc-js';
import { describe, expect, it, jest } from '@jest/globals';
import { manyNumbered, nodeUnderTest, numbered, uniqueStream } from './node-under-test.js';
import { identifier, rawClientOf } from './raw-client.js';

jest.setTimeout(60_000);

const node = nodeUnderTest();
const raw = rawClientOf(node);

describe('Read', () => {
  const answers = (change: (options: streams.ReadReq.Options) => void) =>
    new Promise<{ code: number; answers: streams.ReadResp[] }>((resolve) => {
      const options = new streams.ReadReq.Options();
      const ids = new streams.ReadReq.Options.UUIDOption();
      ids.setString(new shared.Empty());
      options.setUuidOption(ids);
      options.setNoFilter(new shared.Empty());
      change(options);
      const request = new streams.ReadReq();
      request.setOptions(options);
      const call = raw.streams.read(request) as ClientReadableStream<streams.ReadResp>;
      const got: streams.ReadResp[] = [];
      call.on('data', (answer) => got.push(answer));
      call.on('error', () => undefined);
      call.on('status', ({ code }) => resolve({ code, answers: got }));
    });
  const ofAll = (options: streams.ReadReq.Options) => {
    const all = new streams.ReadReq.Options.AllOptions();
    all.setStart(new shared.Empty());
    options.setAll(all);
  };
  const ofStream = (stream: string) => (options: streams.ReadReq.Options) => {
    const from = new streams.ReadReq.Options.StreamOptions();
    from.setStreamIdentifier(identifier(stream));
    from.setStart(new shared.Empty());
    options.setStream(from);
  };
  const filtered = (prefix: string) => (options: streams.ReadReq.Options) => {
    const expression = new streams.ReadReq.Options.FilterOptions.Expression();
    expression.addPrefix(prefix);
    const filter = new streams.ReadReq.Options.FilterOptions();
    filter.setStreamIdentifier(expression);
    filter.setMax(100);
    filter.setCheckpointintervalmultiplier(1);
    options.setFilter(filter);
  };
  const withFilter =
    (change: (filter: streams.ReadReq.Options.FilterOptions) => void) => (options: streams.ReadReq.Options) =>
      change(options.getFilter()!);
  const both =
    (...changes: ((options: streams.ReadReq.Options) => void)[]) =>
    (options: streams.ReadReq.Options) => {
      for (const change of changes) change(options);
    };
  const count = (options: streams.ReadReq.Options) => options.setCount('10');
  const subscription = (options: streams.ReadReq.Options) =>
    options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());

  it.each<[string, (options: streams.ReadReq.Options) => void]>([
    ['neither stream nor $all', count],
    ['neither count nor subscription', ofAll],
    ['a filter on a stream', both(ofStream('s'), count, filtered('a'))],
    ['a subscription backwards', both(ofAll, subscription, (options) => options.setReadDirection(1))],
    ['no UUID option', both(ofAll, count, (options) => options.clearUuidOption())],
    ['an empty UUID option', both(ofAll, count, (options) => options.getUuidOption()?.clearString())],
    ['neither a filter nor none', both(ofAll, count, (options) => options.clearNoFilter())],
    ['a direction that is none', both(ofAll, count, (options) => options.setReadDirection(7 as never))],
    [
      'a filter without expression',
      both(
        ofAll,
        count,
        filtered('a'),
        withFilter((it) => it.clearStreamIdentifier()),
      ),
    ],
    [
      'a filter without window',
      both(
        ofAll,
        count,
        filtered('a'),
        withFilter((it) => it.clearMax()),
      ),
    ],
    [
      'a window of nothing',
      both(
        ofAll,
        subscription,
        filtered('a'),
        withFilter((it) => it.setMax(0)),
      ),
    ],
  ])('refuses %s', async (_what, change) => {
    expect((await answers(change)).code).toBe(3);
  });

  it('filters a plain read of $all', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(3));
    const { answers: got } = await answers(both(ofAll, count, filtered(stream)));
    expect(got.map((answer) => answer.getEvent()?.getEvent()?.getStreamRevision())).toEqual(['0', '1', '2']);
  });

  it('filters a plain read of $all backwards', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(3));
    const fromEnd = (options: streams.ReadReq.Options) => {
      const all = new streams.ReadReq.Options.AllOptions();
      all.setEnd(new shared.Empty());
      options.setAll(all);
      options.setReadDirection(1);
    };
    const { answers: got } = await answers(both(fromEnd, count, filtered(stream)));
    expect(got.map((answer) => answer.getEvent()?.getEvent()?.getStreamRevision())).toEqual(['2', '1', '0']);
  });

  it('refuses a subscription that would never checkpoint', async () => {
    const never = withFilter((filter) => filter.setCheckpointintervalmultiplier(0));
    expect((await answers(both(ofAll, subscription, filtered('a'), never))).code).toBe(2);
  });

  it('cannot read forwards from the end of a stream', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, numbered(0));
    const fromEnd = (options: streams.ReadReq.Options) => {
      ofStream(stream)(options);
      options.getStream()?.setEnd(new shared.Empty());
    };
    expect((await answers(both(fromEnd, count))).code).toBe(2);
  });

  it('tells where a stream starts and ends to who asks for that', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, manyNumbered(4));
    const compatible = (options: streams.ReadReq.Options) => {
      const control = new streams.ReadReq.Options.ControlOption();
      control.setCompatibility(1);
      options.setControlOption(control);
    };
    const whole = (await answers(both(ofStream(stream), count, compatible))).answers;
    expect(whole).toHaveLength(5);
    expect(whole[4]?.getLastStreamPosition()).toBe('3');
    await node.client.setStreamMetadata(stream, { truncateBefore: 9 });
    const none = (await answers(both(ofStream(stream), count, compatible))).answers;
    expect(none.map((answer) => [answer.getFirstStreamPosition(), answer.getLastStreamPosition()])).toEqual([
      ['9', '0'],
      ['0', '3'],
    ]);
    expect((await answers(both(ofStream(stream), count))).answers).toEqual([]);
  });

  it('answers an event with its own position, and a followed link with that of the link', async () => {
    const [stream, links] = [uniqueStream(), uniqueStream()];
    await node.client.appendToStream(stream, numbered(0));
    await node.client.appendToStream(links, binaryEvent({ type: '$>', data: Buffer.from(`0@${stream}`) }));
    const resolved = (options: streams.ReadReq.Options) => void options.setResolveLinks(true);
    const { answers: got } = await answers(both(ofStream(links), count, resolved));
    const { event, link, commitPosition } = got[0]!.getEvent()!.toObject();
    expect(commitPosition).toBe(link?.commitPosition);
    expect(BigInt(event!.commitPosition)).toBeLessThan(BigInt(link!.commitPosition));
  });

  it('gives ids as two 64-bit halves where that is asked for', async () => {
    const stream = uniqueStream();
    const event = { ...numbered(0), id: 'ffffffff-ffff-ffff-0000-000000000002' };
    await node.client.appendToStream(stream, event);
    const halves = (options: streams.ReadReq.Options) => {
      const ids = new streams.ReadReq.Options.UUIDOption();
      ids.setStructured(new shared.Empty());
      options.setUuidOption(ids);
    };
    const { answers: got } = await answers(both(ofStream(stream), count, halves));
    expect(got[0]?.getEvent()?.getEvent()?.getId()?.toObject().structured).toEqual({
      mostSignificantBits: '-1',
      leastSignificantBits: '2',
    });
  });
});
