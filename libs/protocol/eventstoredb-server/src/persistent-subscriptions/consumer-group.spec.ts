import { describe, expect, it } from '@jest/globals';
import { Consumer } from './consumer.js';
import { ConsumerGroup, type ToPark } from './consumer-group.js';
import type { GroupSettings } from './group-settings.js';
import { TimingStatistics } from './timing-statistics.js';

const DEFAULTS: GroupSettings = {
  startFrom: 0n,
  resolveLinks: false,
  extraStatistics: false,
  messageTimeoutMs: 30_000,
  maxRetryCount: 10,
  checkpointAfterMs: 2_000,
  minCheckpointCount: 10,
  maxCheckpointCount: 1_000,
  maxSubscriberCount: 0,
  liveBufferSize: 500,
  readBatchSize: 20,
  historyBufferSize: 500,
  strategy: 'RoundRobin',
};
const START_MS = 1_000_000;

/** A group that has read events 0 to `count` - 1; the id of event n is `n`. */
function groupWith(count: number, changes: Partial<GroupSettings> = {}) {
  const group = new ConsumerGroup({ ...DEFAULTS, ...changes }, -1);
  for (let number = 0; number < count; number++) group.add(number, number + 100, number % 4);
  return group;
}

function joined(group: ConsumerGroup, slots: number): Consumer {
  const consumer = new Consumer(slots);
  group.join(consumer);
  return consumer;
}

/** Delivers all that can be. Gives numbers in the order in which they went out, with `r<n>` for retries. */
function delivered(
  group: ConsumerGroup,
  nowMs = START_MS,
  idOf: (number: number) => string = String,
): string[] {
  const sent: string[] = [];
  for (let next = group.deliver(nowMs); next !== undefined; next = group.deliver(nowMs)) {
    const { number, retryCount, isReplayed } = next.message;
    group.identify(next, isReplayed ? `parked ${number}` : idOf(number));
    sent.push(`${isReplayed ? 'parked ' : ''}${number}${retryCount > 0 ? ` r${retryCount}` : ''}`);
  }
  return sent;
}

const parkedNumbers = (parked: readonly ToPark[]) => parked.map(({ message }) => message.number);

describe('reading ahead', () => {
  it('takes whole batches into the history buffer, and no more', () => {
    const group = groupWith(0, { historyBufferSize: 50, readBatchSize: 20 });
    expect(group.room).toBe(20);
    for (let number = 0; number < 30; number++) group.add(number, number, 0);
    expect(group.room).toBe(0);
    joined(group, 5);
    delivered(group);
    expect(group.room).toBe(20);
    expect(group.waitingCount).toBe(25);
  });

  it.each([
    [1, 0, 1],
    [2 ** 31 - 1, 2 ** 31 - 2, 9_999],
    [2 ** 31 - 1, 20, 20],
  ])(
    'works for a buffer of %d and batches of %d, within reason',
    (historyBufferSize, readBatchSize, room) => {
      const group = groupWith(0, { historyBufferSize, readBatchSize });
      expect(group.room).toBe(room);
      for (let number = 0; group.room > 0; number++) group.add(number, number, 0);
      expect(group.waitingCount).toBeLessThanOrEqual(Math.min(historyBufferSize, 10_000));
    },
  );

  it('counts what has to be tried again as buffered', () => {
    const group = groupWith(10, { historyBufferSize: 10, readBatchSize: 1 });
    const consumer = joined(group, 10);
    delivered(group);
    expect(group.room).toBe(1);
    group.leave(consumer);
    expect(group.room).toBe(0);
  });
});

describe('delivery', () => {
  it('goes no further than the slots of the consumers', () => {
    const group = groupWith(10);
    const consumer = joined(group, 3);
    expect(delivered(group)).toEqual(['0', '1', '2']);
    expect([consumer.availableSlots, consumer.inFlight.size, consumer.totalItems]).toEqual([0, 3, 3]);
    group.ack(['1'], START_MS);
    expect(delivered(group)).toEqual(['3']);
  });

  it('waits for a consumer', () => {
    const group = groupWith(2);
    expect(delivered(group)).toEqual([]);
    joined(group, 0);
    expect(delivered(group)).toEqual([]);
    joined(group, 10);
    expect(delivered(group)).toEqual(['0', '1']);
  });

  it('leaves out a consumer that does not read', () => {
    const group = groupWith(4);
    const slow = joined(group, 10);
    joined(group, 10);
    slow.isBlocked = true;
    delivered(group);
    expect(slow.totalItems).toBe(0);
  });

  it('takes acknowledgements from any consumer, and ignores what it does not know', () => {
    const group = groupWith(2);
    joined(group, 2);
    delivered(group);
    group.ack(['1', 'unheard of', '1', '0'], START_MS);
    expect(group.inFlightCount).toBe(0);
    expect(group.progress.number).toBe(1);
  });

  it('measures how long a message was with a consumer', () => {
    const group = groupWith(1);
    const timings = new TimingStatistics();
    group.join(new Consumer(1, timings));
    delivered(group);
    group.ack(['0'], START_MS + 70);
    expect(timings.measurements()).toContainEqual({ key: 'Highest', value: 70 });
  });
});

describe('a message that fails', () => {
  it('is tried again before all others, in the order of the source', () => {
    const group = groupWith(6);
    joined(group, 4);
    delivered(group);
    expect(group.nack(['2', '0'], 'retry', '', START_MS)).toEqual([]);
    expect(delivered(group)).toEqual(['0 r1', '2 r1']);
  });

  it('is parked when it fails once more after the last try', () => {
    const group = groupWith(1, { maxRetryCount: 2 });
    joined(group, 1);
    delivered(group);
    for (const retry of ['0 r1', '0 r2']) {
      expect(group.nack(['0'], 'retry', '', START_MS)).toEqual([]);
      expect(delivered(group)).toEqual([retry]);
    }
    const [parked] = group.nack(['0'], 'retry', '', START_MS);
    expect(parked?.reason).toBe('Reached retry count of 2');
    expect(delivered(group)).toEqual([]);
  });

  it('is parked at once when that is asked for, with what was said', () => {
    const group = groupWith(1);
    joined(group, 1);
    delivered(group);
    const [parked] = group.nack(['0'], 'park', 'no good', START_MS);
    expect(parked?.reason).toBe("Client explicitly NAK'ed message.\nno good");
  });

  it('is finished when it is skipped', () => {
    const group = groupWith(1);
    joined(group, 1);
    delivered(group);
    expect(group.nack(['0'], 'skip', '', START_MS)).toEqual([]);
    expect(group.progress.number).toBe(0);
  });

  it('has failed when nobody acknowledged it in time', () => {
    const group = groupWith(3, { messageTimeoutMs: 100, maxRetryCount: 1 });
    joined(group, 3);
    delivered(group);
    group.ack(['1'], START_MS);
    expect(group.expire(START_MS + 99)).toEqual([]);
    expect(group.inFlightCount).toBe(2);
    expect(group.expire(START_MS + 100)).toEqual([]);
    expect(delivered(group, START_MS + 150)).toEqual(['0 r1', '2 r1']);
    expect(group.expire(START_MS + 249)).toEqual([]);
    expect(parkedNumbers(group.expire(START_MS + 250))).toEqual([0, 2]);
  });

  it('expires at the next tick when it has no time at all', () => {
    const group = groupWith(1, { messageTimeoutMs: 0 });
    joined(group, 1);
    delivered(group);
    group.expire(START_MS);
    expect(group.retryCount).toBe(1);
  });
});

describe('a consumer that leaves', () => {
  it('leaves its messages to others, in order, and nothing is parked', () => {
    const group = groupWith(6, { maxRetryCount: 0 });
    const first = joined(group, 3);
    delivered(group);
    joined(group, 10);
    group.leave(first);
    expect(delivered(group)).toEqual(['0 r1', '1 r1', '2 r1', '3', '4', '5']);
    group.leave(first);
    expect(group.retryCount).toBe(0);
  });

  it('cannot acknowledge any more what it had', () => {
    const group = groupWith(1);
    group.leave(joinedAndServed(group));
    group.ack(['0'], START_MS);
    expect(group.retryCount).toBe(1);
  });

  function joinedAndServed(group: ConsumerGroup): Consumer {
    const consumer = joined(group, 1);
    delivered(group);
    return consumer;
  }
});

describe('two events with one id', () => {
  it('are both sent, and are one for acknowledgements', () => {
    const group = groupWith(2);
    joined(group, 5);
    expect(delivered(group, START_MS, () => 'same')).toEqual(['0', '1']);
    expect(group.inFlightCount).toBe(1);
    group.ack(['same'], START_MS);
    expect(group.progress.number).toBe(1);
  });
});

describe('progress', () => {
  it('stays before the lowest message that is not finished, wherever that is', () => {
    const group = groupWith(10);
    const consumer = joined(group, 5);
    delivered(group);
    expect(group.progress.number).toBe(-1);
    group.ack(['0', '1', '3', '4'], START_MS);
    expect(group.progress.number).toBe(1);
    group.leave(consumer);
    expect(group.progress.number).toBe(1);
    joined(group, 10);
    delivered(group);
    const [parked] = group.nack(['2'], 'park', '', START_MS);
    expect(group.progress.number).toBe(1);
    group.finish(parked!.message);
    expect(group.progress.number).toBe(4);
  });

  it('goes on over what the filter leaves out, unless something before it waits', () => {
    const group = groupWith(1);
    group.passOver(1);
    group.passOver(2);
    expect(group.progress).toEqual({ sequence: -1, number: -1 });
    joined(group, 1);
    delivered(group);
    group.ack(['0'], START_MS);
    expect(group.progress).toEqual({ sequence: 2, number: 2 });
  });

  it('does not go past an event that another has overtaken', () => {
    const group = new ConsumerGroup({ ...DEFAULTS, strategy: 'Pinned' }, -1);
    joined(group, 1);
    joined(group, 1);
    for (const [number, bucket] of [1, 1, 2].entries()) group.add(number, number, bucket);
    expect(delivered(group)).toEqual(['0', '2']);
    group.ack(['2'], START_MS);
    expect(group.progress.number).toBe(-1);
    group.ack(['0'], START_MS);
    expect(group.progress.number).toBe(0);
  });

  it('starts behind the last event that counts as done', () => {
    const group = new ConsumerGroup(DEFAULTS, 41);
    expect(group.progress.number).toBe(41);
    expect(group.checkpointDue(START_MS, true)).toBeUndefined();
  });
});

describe('a checkpoint', () => {
  it('is due at once when the progress is large', () => {
    const group = groupWith(20, { maxCheckpointCount: 5 });
    joined(group, 20);
    delivered(group);
    group.ack(['0', '1', '2', '3', '5', '6'], START_MS);
    expect(group.checkpointDue(START_MS, false)).toBeUndefined();
    group.ack(['4'], START_MS);
    const due = group.checkpointDue(START_MS, false);
    expect(due?.number).toBe(6);
    group.checkpointWritten(due!, START_MS);
    expect(group.checkpointDue(START_MS, false)).toBeUndefined();
  });

  it('is due with time when the progress is large enough for that', () => {
    const group = groupWith(20, { minCheckpointCount: 2, checkpointAfterMs: 500 });
    joined(group, 20);
    delivered(group);
    group.ack(['0'], START_MS);
    expect(group.checkpointDue(START_MS, true)).toBeUndefined();
    group.ack(['1'], START_MS);
    expect(group.checkpointDue(START_MS, false)).toBeUndefined();
    group.checkpointWritten(group.checkpointDue(START_MS, true)!, START_MS);
    group.ack(['2', '3'], START_MS);
    expect(group.checkpointDue(START_MS + 499, true)).toBeUndefined();
    expect(group.checkpointDue(START_MS + 500, true)?.number).toBe(3);
  });
});

describe('replayed messages', () => {
  it('come behind those to be tried again and before all others, and are no progress', () => {
    const group = groupWith(4);
    const consumer = joined(group, 2);
    delivered(group);
    group.replay(7, 900, 0);
    group.replay(8, 901, 0);
    group.leave(consumer);
    joined(group, 10);
    expect(delivered(group)).toEqual(['0 r1', '1 r1', 'parked 7', 'parked 8', '2', '3']);
    group.ack(['0', '1', '2', '3'], START_MS);
    expect(group.progress.number).toBe(3);
    expect(group.lowestReplay).toBe(7);
    group.ack(['parked 7'], START_MS);
    expect(group.lowestReplay).toBe(8);
    group.ack(['parked 8'], START_MS);
    expect(group.lowestReplay).toBeUndefined();
  });

  it('are brought back by the batch, whatever waits behind them', () => {
    const group = groupWith(10, { historyBufferSize: 10, readBatchSize: 3 });
    expect([group.room, group.roomForReplays]).toEqual([0, 3]);
    for (let revision = 0; revision < 3; revision++) group.replay(revision, 900 + revision, 0);
    expect(group.roomForReplays).toBe(0);
    joined(group, 2);
    delivered(group);
    expect(group.roomForReplays).toBe(2);
  });

  it('are parked again when that is asked for', () => {
    const group = groupWith(0);
    joined(group, 1);
    group.replay(3, 900, 0);
    delivered(group);
    const [parked] = group.nack(['parked 3'], 'park', '', START_MS);
    expect(parked?.message).toMatchObject({ isReplayed: true, position: 900 });
    expect(group.lowestReplay).toBe(3);
    group.finish(parked!.message);
    expect(group.lowestReplay).toBeUndefined();
  });

  it('are passed by a message of the source that fails meanwhile', () => {
    const group = groupWith(3);
    joined(group, 9);
    delivered(group);
    group.nack(['2'], 'retry', '', START_MS);
    group.replay(0, 900, 0);
    group.nack(['1'], 'retry', '', START_MS);
    expect(delivered(group)).toEqual(['1 r1', '2 r1', 'parked 0']);
  });
});
