import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { ChunkReader } from './chunk-reader.js';
import type { LoggedEvent } from './log-feed.js';

const event = (place: number, bytes = 1): LoggedEvent => ({
  streamId: 'tally-a',
  id: String(place),
  revision: BigInt(place),
  type: 'Counted',
  data: 'x'.repeat(bytes),
  metadata: {},
  isJson: true,
  created: new Date(0),
  position: { commit: BigInt(place) },
});

function reading(ahead = { events: 1_000, sizeBytes: 10_000 }) {
  const subscription = new PassThrough({ objectMode: true, highWaterMark: 4 });
  let wakes = 0;
  let now = 0;
  const reader = new ChunkReader(
    subscription,
    ahead,
    () => wakes++,
    () => now,
  );
  const pass = (ms: number) => {
    now += ms;
  };
  const taken = () => reader.take().map(({ id }) => Number(id));
  return { subscription, reader, taken, pass, wakes: () => wakes };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('ChunkReader', () => {
  it('gives what has come at once when the past is delivered, in order', async () => {
    const { subscription, reader, taken, wakes } = reading();
    subscription.emit('caughtUp');
    expect(reader.isAtEnd).toBe(true);
    for (const place of [1, 2, 3]) subscription.write({ event: event(place) });
    await turn();
    expect(wakes()).toBeGreaterThan(0);
    expect(reader.isAtEnd).toBe(false);
    expect(taken()).toEqual([1, 2, 3]);
    expect(reader.isAtEnd).toBe(true);
    expect(taken()).toEqual([]);
  });

  it('waits a moment for more while the past is read', async () => {
    const { subscription, taken, pass } = reading();
    subscription.write({ event: event(1) });
    await turn();
    expect(taken()).toEqual([]);
    pass(20);
    expect(taken()).toEqual([1]);
  });

  it.each([
    ['events', { events: 10, sizeBytes: 1_000_000 }, 1],
    ['bytes', { events: 1_000, sizeBytes: 1_000 }, 100],
  ])('leaves the subscription unread beyond its %s', async (_what, ahead, bytes) => {
    const { subscription, reader, taken, pass } = reading(ahead);
    let refused = 0;
    for (let place = 0; place < 40; place++) {
      if (!subscription.write({ event: event(place, bytes) })) refused++;
      await turn();
    }
    expect(reader.queued).toBeLessThan(20);
    expect(refused).toBeGreaterThan(20);
    const all: number[] = [];
    while (all.length < 40) {
      pass(20);
      all.push(...taken());
      await turn();
    }
    expect(all).toEqual([...Array(40).keys()]);
  });

  it('takes no more than asked for', async () => {
    const { subscription, reader } = reading();
    subscription.emit('caughtUp');
    for (const place of [1, 2, 3]) subscription.write({ event: event(place) });
    await turn();
    expect(reader.take(1).map(({ id }) => id)).toEqual(['1']);
    expect(reader.take(2).map(({ id }) => id)).toEqual(['2', '3']);
  });

  it('gives what came before an error, then throws it', async () => {
    const { subscription, reader, taken } = reading();
    subscription.write({ event: event(1) });
    await turn();
    subscription.emit('error', new Error('lost'));
    expect(taken()).toEqual([1]);
    expect(() => reader.take()).toThrow('lost');
  });

  it('takes an end that nobody asked for as an error', async () => {
    const { subscription, reader } = reading();
    subscription.end();
    subscription.resume();
    await turn();
    await turn();
    expect(() => reader.take()).toThrow('The subscription ended.');
  });
});
