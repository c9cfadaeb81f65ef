import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openNode } from '../node.js';
import type { StoredNode } from '../node-context.js';
import { DEFAULT_LIMITS } from '../node-settings.js';
import { EventFilter } from '../operations/event-filter.js';
import { LogUnavailableError } from '../storage/index.js';
import type { StreamWriter } from '../streams/stream-writer.js';
import { EventFramePeek } from '../wire/index.js';
import {
  type Consumer,
  type ConsumerConnection,
  type GroupSettings,
  PersistentSubscriptions,
} from './index.js';
import { jsonEvent } from './system-event.js';

const SETTINGS: GroupSettings = {
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

/** A node in this process, with a clock that moves when the spec says so and a disk that can be full. */
class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), 'persistent-subscriptions-'));
  readonly errors: string[] = [];
  nowMs = 1_000_000;
  isDiskFull = false;
  stored!: StoredNode;
  subscriptions!: PersistentSubscriptions;
  #tick = () => {};
  tickerCount = 0;

  async open(): Promise<void> {
    this.stored = await openNode({ dataDir: this.folder, sync: 'none', limits: DEFAULT_LIMITS });
    this.subscriptions = await PersistentSubscriptions.open({
      stored: { ...this.stored, writer: this.#refusing(this.stored.writer) },
      now: () => this.nowMs,
      onError: (message, error) => this.errors.push(`${message} ${String(error)}`),
      every: (_intervalMs, callback) => {
        this.#tick = callback;
        this.tickerCount++;
        return () => {
          this.tickerCount--;
        };
      },
      compileFilter: ({ on, regex, prefixes }) => new EventFilter(on, regex, prefixes),
    });
  }

  async close(): Promise<void> {
    await this.subscriptions.close();
    await this.stored.log.close();
  }

  /** As after a crash: nothing is written at the end. */
  async reopen(): Promise<void> {
    await this.close();
    await this.open();
  }

  pass(elapsedMs: number): void {
    this.nowMs += elapsedMs;
    this.#tick();
  }

  async append(stream: string, count: number): Promise<void> {
    const events = Array.from({ length: count }, (_, number) => jsonEvent('event', { number }));
    await this.stored.writer.append(stream, 'any', events);
  }

  #refusing(writer: StreamWriter): StreamWriter {
    const refuse = () => {
      if (this.isDiskFull) throw new LogUnavailableError('The disk is full.');
    };
    return new Proxy(writer, {
      get: (target, name: 'append' | 'softDelete') => async (stream: string, expected: 'any', events: []) => {
        refuse();
        return target[name](stream, expected, events);
      },
    });
  }
}

const peek = new EventFramePeek();

class FakeConsumer implements ConsumerConnection {
  readonly name = 'fake';
  readonly received: { id: string; revision: number; retryCount: number }[] = [];
  hasRoom = true;
  isDropped = false;
  makeRoom = () => {};

  async send(frame: Buffer, { retryCount }: { retryCount: number }): Promise<boolean> {
    const { id, revision } = peek.look(frame);
    this.received.push({ id, revision, retryCount });
    return this.hasRoom;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.makeRoom = resolve;
    });
  }

  drop(): void {
    this.isDropped = true;
  }

  get revisions(): number[] {
    return this.received.map(({ revision }) => revision);
  }

  get ids(): string[] {
    return this.received.map(({ id }) => id);
  }
}

let bench: Bench;
beforeEach(async () => {
  bench = new Bench();
  await bench.open();
});
afterEach(async () => {
  bench.isDiskFull = false;
  await bench.close();
  rmSync(bench.folder, { recursive: true, force: true });
});

/** Waits until it is so; what the node does takes a few turns. */
async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns > 5_000) throw new Error(`Still not: ${condition}`);
    await delay(1);
  }
}
/** Long enough for everything that is under way in memory. */
const settled = () => delay(30);

const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);
const group = () => bench.subscriptions.get('stream', 'g');
const info = () => group().info();
const create = (changes: Partial<GroupSettings> = {}) =>
  bench.subscriptions.create('stream', 'g', { ...SETTINGS, ...changes });

function joined(slots = 100): { connection: FakeConsumer; consumer: Consumer } {
  const connection = new FakeConsumer();
  return { connection, consumer: group().join(connection, slots) };
}

async function served(events: number, changes: Partial<GroupSettings> = {}) {
  await bench.append('stream', events);
  await create(changes);
  const consumer = joined();
  await until(() => consumer.connection.received.length === events);
  return consumer;
}

describe('time', () => {
  it('makes messages fail that nobody acknowledges, to the millisecond', async () => {
    const { connection } = await served(3, { messageTimeoutMs: 5_000, maxRetryCount: 1 });
    group().ack([connection.ids[1]!]);
    bench.pass(4_999);
    await settled();
    expect(connection.received).toHaveLength(3);
    bench.pass(1);
    await until(() => connection.received.length === 5);
    expect(connection.received.slice(3)).toMatchObject([
      { revision: 0, retryCount: 1 },
      { revision: 2, retryCount: 1 },
    ]);
    bench.pass(5_000);
    await until(() => info().parkedCount === 2);
    expect(info().outstandingCount).toBe(0);
  });

  it('makes a checkpoint of enough progress, not sooner than it may', async () => {
    const { connection } = await served(30, { checkpointAfterMs: 3_000, minCheckpointCount: 10 });
    group().ack(connection.ids.slice(0, 9));
    bench.pass(3_000);
    await settled();
    expect(info().lastCheckpoint).toBeUndefined();
    group().ack(connection.ids.slice(9, 12));
    await settled();
    expect(info().lastCheckpoint).toBeUndefined();
    bench.pass(0);
    await until(() => info().lastCheckpoint === '11');
    group().ack(connection.ids.slice(12));
    bench.pass(2_999);
    await settled();
    expect(info().lastCheckpoint).toBe('11');
    bench.pass(1);
    await until(() => info().lastCheckpoint === '29');
  });

  it('stands still for what is closed', async () => {
    await served(1);
    expect(bench.tickerCount).toBe(1);
    await bench.close();
    expect(bench.tickerCount).toBe(0);
    await bench.open();
  });
});

describe('a consumer whose connection is full', () => {
  it('gets nothing until there is room, and holds nobody up', async () => {
    await create();
    const slow = joined();
    slow.connection.hasRoom = false;
    await bench.append('stream', 10);
    await until(() => slow.connection.received.length === 1);
    await settled();
    expect(slow.connection.received).toHaveLength(1);
    const other = joined();
    await until(() => other.connection.received.length === 9);
    slow.connection.hasRoom = true;
    slow.connection.makeRoom();
    await settled();
    await bench.append('stream', 4);
    await until(() => slow.connection.received.length === 3);
  });
});

describe('a full disk', () => {
  it('leaves no group behind that could not be stored', async () => {
    bench.isDiskFull = true;
    await expect(create()).rejects.toThrow(LogUnavailableError);
    expect(bench.subscriptions.list()).toEqual([]);
    bench.isDiskFull = false;
    await create();
    expect(bench.subscriptions.list()).toHaveLength(1);
  });

  it('keeps a group that could not be deleted', async () => {
    const { connection } = await served(2);
    bench.isDiskFull = true;
    await expect(bench.subscriptions.delete('stream', 'g')).rejects.toThrow(LogUnavailableError);
    bench.isDiskFull = false;
    expect(connection.isDropped).toBe(true);
    const again = joined();
    await until(() => again.connection.received.length === 2);
  });

  it('puts off parking and checkpoints, and loses neither', async () => {
    const { connection } = await served(3, { maxCheckpointCount: 1 });
    bench.isDiskFull = true;
    group().nack([connection.ids[0]!], 'park', 'no');
    group().ack(connection.ids.slice(1));
    await settled();
    expect(info()).toMatchObject({ parkedCount: 0, outstandingCount: 1, lastCheckpoint: undefined });
    bench.pass(1_000);
    await settled();
    bench.isDiskFull = false;
    bench.pass(1_000);
    await until(() => info().parkedCount === 1);
    await until(() => info().lastCheckpoint === '2');
    expect(bench.errors).toEqual([]);
  });
});

describe('what is stored', () => {
  it('brings groups back as they were, at their checkpoints', async () => {
    const { connection } = await served(20, { maxCheckpointCount: 5 });
    group().ack([...connection.ids.slice(0, 7), ...connection.ids.slice(8, 12)]);
    await until(() => info().lastCheckpoint === '6');
    const { entry } = info();
    await bench.reopen();
    expect(info()).toMatchObject({ entry, lastCheckpoint: '6' });
    const again = joined();
    await until(() => again.connection.received.length === 13);
    expect(again.connection.revisions[0]).toBe(7);
  });

  it('brings back what came after the creation of a group from the end, without any checkpoint', async () => {
    await bench.append('stream', 3);
    await create({ startFrom: 'end' });
    await bench.append('stream', 2);
    await bench.reopen();
    await bench.append('stream', 1);
    const { connection } = joined();
    await until(() => connection.received.length === 3);
    expect(connection.revisions).toEqual([3, 4, 5]);
    expect(info().startFrom).toBe('-1');
  });

  it('counts what is parked, and replays again what was replayed and not acknowledged', async () => {
    const { connection } = await served(4, { maxCheckpointCount: 1 });
    group().nack(connection.ids, 'park', 'later');
    await until(() => info().parkedCount === 4 && info().lastCheckpoint === '3');
    await bench.reopen();
    expect(info().parkedCount).toBe(4);
    const first = joined();
    group().replayParked();
    await until(() => first.connection.received.length === 4);
    const links = first.connection.received;
    group().ack([links[0]!.id, links[1]!.id, links[3]!.id]);
    bench.pass(1_000);
    await settled();
    await bench.reopen();
    expect(info().parkedCount).toBe(2);
    const second = joined();
    group().replayParked();
    await until(() => second.connection.received.length === 2);
    expect(second.connection.ids).toEqual([links[2]!.id, links[3]!.id]);
  });

  it('is what counts after an event in the configuration stream that is none', async () => {
    await create();
    await bench.stored.writer.append('$persistentSubscriptionConfig', 'any', [jsonEvent('nonsense', 17)]);
    await bench.reopen();
    expect(bench.subscriptions.list()).toHaveLength(1);
    expect(bench.errors).toEqual([expect.stringContaining('$persistentSubscriptionConfig')]);
  });

  it('is what counts after a checkpoint that is none: events come again', async () => {
    const { connection } = await served(2, { maxCheckpointCount: 1 });
    group().ack(connection.ids);
    await until(() => info().lastCheckpoint === '1');
    const stream = '$persistentsubscription-stream::g-checkpoint';
    await bench.stored.writer.append(stream, 'any', [jsonEvent('nonsense', { none: true })]);
    await bench.reopen();
    const again = joined();
    await until(() => again.connection.received.length === 2);
  });
});

describe('replaying', () => {
  it('takes no more than a batch into memory at a time, and comes before what waits', async () => {
    const { connection, consumer } = await served(30, { historyBufferSize: 10, readBatchSize: 5 });
    group().nack(connection.ids, 'park', '');
    await until(() => info().parkedCount === 30);
    group().leave(consumer);
    await bench.append('stream', 20);
    await until(() => info().readBufferCount > 0);
    group().replayParked();
    await until(() => info().retryBufferCount > 0);
    await settled();
    expect(info()).toMatchObject({
      retryBufferCount: 5,
      parkedCount: 25,
      status: expect.stringContaining('Replaying'),
    });
    const again = joined(50);
    await until(() => again.connection.received.length === 50);
    expect(again.connection.revisions).toEqual([...upTo(30), ...upTo(20, 30)]);
    group().ack(again.connection.ids);
    await until(() => info().outstandingCount === 0);
    expect(info().parkedCount).toBe(0);
  });
});

describe('pinning by correlation', () => {
  const correlated = (id: string) => ({
    ...jsonEvent('event', {}),
    customMetadata: Buffer.from(JSON.stringify({ $correlationId: id })),
  });

  it('gives what belongs together to one consumer', async () => {
    await create({ strategy: 'PinnedByCorrelation' });
    const consumers = [joined(), joined(), joined()];
    const ids = Array.from({ length: 12 }, (_, index) => `conversation ${index}`);
    const events = [...ids, ...ids, ...ids].map(correlated);
    await bench.stored.writer.append('stream', 'any', events);
    await until(() => consumers.reduce((sum, { connection }) => sum + connection.received.length, 0) === 36);
    const owners = ids.map((_, index) =>
      consumers.filter(({ connection }) => connection.revisions.some((revision) => revision % 12 === index)),
    );
    for (const owner of owners) expect(owner).toHaveLength(1);
    expect(new Set(owners.flat()).size).toBe(3);
  });
});
