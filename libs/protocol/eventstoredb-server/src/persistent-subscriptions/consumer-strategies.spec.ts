import { describe, expect, it } from '@jest/globals';
import { Consumer, type Delivery } from './consumer.js';
import type { ConsumerStrategy } from './consumer-strategy.js';
import { BUCKETS, PinnedStrategy } from './pinned-strategy.js';
import { RotatingStrategy } from './rotating-strategy.js';

function withConsumers(strategy: ConsumerStrategy, ...slots: number[]) {
  const consumers = slots.map((each) => new Consumer(each));
  for (const consumer of consumers) strategy.add(consumer);
  /** Sends an event of a bucket; gives who got it: an index, or what else was decided. */
  const send = (bucket = 0): number | string => {
    const chosen = strategy.choose(bucket);
    if (typeof chosen === 'string') return chosen;
    chosen.inFlight.add({} as Delivery);
    strategy.sent(bucket, chosen);
    return consumers.indexOf(chosen);
  };
  return { strategy, consumers, send };
}

const sent = (send: (bucket?: number) => number | string, ...buckets: number[]) =>
  buckets.map((bucket) => send(bucket));

describe('RoundRobin', () => {
  it('turns after each event, past those that can take no more', () => {
    const { send } = withConsumers(new RotatingStrategy('after-each'), 3, 1, 3);
    expect(sent(send, 0, 0, 0, 0, 0, 0, 0)).toEqual([0, 1, 2, 0, 2, 0, 2]);
    expect(send()).toBe('full');
  });

  it('goes on without one that left', () => {
    const { strategy, consumers, send } = withConsumers(new RotatingStrategy('after-each'), 9, 9, 9);
    strategy.remove(consumers[1]!);
    expect(sent(send, 0, 0, 0)).toEqual([0, 2, 0]);
  });
});

describe('DispatchToSingle', () => {
  it('stays with one until that can take no more', () => {
    const { consumers, send } = withConsumers(new RotatingStrategy('when-full'), 2, 2);
    expect(sent(send, 0, 0, 0)).toEqual([0, 0, 1]);
    consumers[0]!.inFlight.clear();
    expect(sent(send, 0, 0, 0, 0)).toEqual([1, 0, 0, 'full']);
  });
});

describe('without consumers', () => {
  it.each([new RotatingStrategy('after-each'), new RotatingStrategy('when-full'), new PinnedStrategy()])(
    'nothing is sent (%p)',
    (strategy) => expect(withConsumers(strategy).send()).toBe('full'),
  );
});

describe('Pinned', () => {
  it('keeps a bucket with one consumer, and gives a new one to who has the fewest', () => {
    const { send } = withConsumers(new PinnedStrategy(), 99, 99, 99);
    expect(sent(send, 5, 6, 7, 8)).toEqual([0, 1, 2, 0]);
    expect(sent(send, 7, 5, 6, 8)).toEqual([2, 0, 1, 0]);
  });

  it('lets others pass an event whose consumer can take no more', () => {
    const { send } = withConsumers(new PinnedStrategy(), 1, 2);
    expect(sent(send, 1, 2, 1, 2, 1)).toEqual([0, 1, 'wait', 1, 'full']);
  });

  it('gives the buckets of one that left to others, when they get events', () => {
    const { strategy, consumers, send } = withConsumers(new PinnedStrategy(), 9, 9);
    expect(sent(send, 1, 2)).toEqual([0, 1]);
    strategy.remove(consumers[0]!);
    expect(sent(send, 1, 2, 3)).toEqual([1, 1, 1]);
  });

  it('gives who joins its share, buckets at rest first', () => {
    const { strategy, send } = withConsumers(new PinnedStrategy(), 99);
    sent(send, 1, 2, 3, 4);
    const second = new Consumer(99);
    strategy.settled(2, strategy.choose(2) as Consumer);
    strategy.settled(4, strategy.choose(4) as Consumer);
    strategy.add(second);
    const ofSecond = [1, 2, 3, 4].filter((bucket) => strategy.choose(bucket) === second);
    expect(ofSecond).toEqual([2, 4]);
  });

  it('spreads all buckets evenly over many', () => {
    const { consumers, strategy } = withConsumers(
      new PinnedStrategy(),
      ...Array.from({ length: 8 }, () => 1e6),
    );
    const counts = new Map(consumers.map((consumer) => [consumer, 0]));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const consumer = strategy.choose(bucket) as Consumer;
      counts.set(consumer, counts.get(consumer)! + 1);
    }
    expect([...counts.values()]).toEqual(Array.from({ length: 8 }, () => BUCKETS / 8));
  });
});
