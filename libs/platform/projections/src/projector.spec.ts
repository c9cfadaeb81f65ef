import { afterEach, describe, expect, it } from '@jest/globals';
import type { ContextDefinition, Projection } from '#libs/platform/kernel';
import { createLogger, createMetrics } from '#libs/platform/observability';
import { CheckpointFeed } from './checkpoint-feed.js';
import { DocumentFault } from './projection-store.js';
import { Projector, type ProjectorOptions } from './projector.js';
import { ProjectionRegistry } from './registry.js';
import { InMemoryLog } from './testing/in-memory-log.js';
import { InMemoryProjectionStore } from './testing/in-memory-projection-store.js';
import {
  counted,
  forgotten,
  type Tally,
  type TallyEvent,
  tallies,
  tallyContext,
  total,
} from './testing/tallies.js';

const running: Projector[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((projector) => projector.stop()));
});

function setUp(
  contexts: readonly ContextDefinition[] = [tallyContext()],
  options: Partial<ProjectorOptions> = {},
) {
  const log = new InMemoryLog();
  const store = new InMemoryProjectionStore();
  const checkpoints = new CheckpointFeed();
  const start = (projections = contexts) => {
    const projector = new Projector({
      registry: new ProjectionRegistry(projections),
      connectLog: log.connect,
      store,
      logger: createLogger({ level: 'silent', format: 'json' }),
      metrics: createMetrics(),
      checkpoints,
      watchMs: 20,
      ...options,
    });
    running.push(projector);
    projector.start();
    return projector;
  };
  return { log, store, checkpoints, start };
}

const broken = (name: string, onThe: number): Projection<Tally, TallyEvent> => ({
  ...total,
  name,
  on: {
    Counted: (tally, recorded) => {
      if (recorded.event.data.by === onThe) throw new RangeError(`cannot count ${onThe}`);
      return total.on.Counted!(tally, recorded, 'all');
    },
  },
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('Projector', () => {
  it('folds the whole log, then what is appended', async () => {
    const { log, store, start } = setUp();
    for (let by = 1; by <= 1_000; by++) log.append(counted(`n-${by % 7}`, by));
    const projector = start();
    await projector.caughtUp();
    expect(store.content('total@1')).toEqual({ all: { events: 1_000, sum: 500_500 } });
    expect(Object.keys(store.content('tallies@1'))).toHaveLength(7);

    log.append(counted('n-1', 500), forgotten('n-2'));
    await until(() =>
      projector.list().every(({ position, lagSeconds }) => position === 100_200n && lagSeconds === 0),
    );
    expect(store.content('total@1')).toEqual({ all: { events: 1_001, sum: 501_000 } });
    expect(store.content('tallies@1')).not.toHaveProperty('n-2');
    expect(
      projector.list().map(({ state, lagEvents, lagSeconds }) => [state, lagEvents, lagSeconds]),
    ).toEqual([
      ['live', 0, 0],
      ['live', 0, 0],
    ]);
  });

  it('shares one subscription, and writes a document that is touched often once a commit', async () => {
    const { log, store, start } = setUp();
    for (let by = 1; by <= 2_000; by++) log.append(counted('hot', by));
    await start().caughtUp();
    expect(log.subscriptions).toBe(1);
    expect(store.commits.length).toBeLessThan(5);
    for (const writes of store.commits) for (const { documents } of writes) expect(documents.size).toBe(1);
    expect(store.loads).toBe(0);
  });

  describe('on a saturated thread', () => {
    const COUNT = 20;
    const live = async () => {
      const { log, store, checkpoints, start } = setUp(undefined, { busyShare: () => 1 });
      log.append(counted('a', 1));
      const projector = start();
      await projector.caughtUp();
      store.commits.length = 0;
      return { log, store, checkpoints, handled: () => projector.handledEvents };
    };

    it('gathers what comes one by one into few commits', async () => {
      const { log, store, handled } = await live();
      for (let by = 0; by < COUNT; by++) {
        log.append(counted('a', by));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await until(() => handled() === COUNT + 1);
      expect(store.commits.length).toBeLessThan(COUNT / 2);
    });

    it('rests no longer once a reader waits', async () => {
      const { log, checkpoints, handled } = await live();
      const startedAt = performance.now();
      const readerLeaves = checkpoints.await();
      for (let by = 0; by < COUNT; by++) {
        log.append(counted('a', by));
        await until(() => handled() === by + 2);
      }
      readerLeaves();
      expect(checkpoints.isAwaited).toBe(false);
      // With a rest after each of the commits it would be three seconds.
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    });
  });

  it('moves the checkpoint of every projection, also of one that ignores the event', async () => {
    const { log, store, start } = setUp();
    log.append(counted('a', 1), forgotten('a'));
    await start().caughtUp();
    expect(store.stands.get('total@1')).toEqual({ position: 200n, events: 2 });
  });

  it('goes on from the checkpoints after a restart, loading each document once', async () => {
    const { log, store, start } = setUp();
    log.append(counted('a', 1), counted('b', 2));
    const first = start();
    await first.caughtUp();
    await first.stop();
    log.append(counted('a', 3), counted('a', 4));
    await start().caughtUp();
    expect(store.content('tallies@1')).toEqual({ a: { events: 3, sum: 8 }, b: { events: 1, sum: 2 } });
    expect(store.loads).toBe(2);
  });

  it('takes effect once when a commit fails, and when its answer is lost', async () => {
    const { log, store, start } = setUp();
    let commits = 0;
    store.beforeCommit = () => {
      if (++commits === 1) throw new Error('refused');
    };
    store.afterCommit = () => {
      if (commits === 2) throw new Error('the answer is lost');
    };
    for (let by = 1; by <= 100; by++) log.append(counted('a', by));
    const projector = start();
    await until(() => commits >= 2);
    log.append(counted('a', 1));
    await until(() => projector.list()[0]!.position === 10_100n);
    expect(store.content('total@1')).toEqual({ all: { events: 101, sum: 5_051 } });
  });

  it('starts again from the checkpoints when another projector has written', async () => {
    const { log, store, start } = setUp();
    log.append(counted('a', 1));
    const one = start();
    const other = start();
    await Promise.all([one.caughtUp(), other.caughtUp()]);
    for (let by = 1; by <= 50; by++) {
      log.append(counted('a', by));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => store.stands.get('total@1')?.position === 5_100n);
    expect(store.content('total@1')).toEqual({ all: { events: 51, sum: 1_276 } });
  });

  it('says that it reconnects while the log is away, how old its knowledge is, and recovers', async () => {
    const { log, store, start } = setUp();
    log.append(counted('a', 1));
    const projector = start();
    await projector.caughtUp();
    log.fail();
    await until(() => projector.list()[0]!.state === 'reconnecting');
    expect(projector.list()[0]!.reason).toBe('the log is away');
    await until(() => projector.list()[0]!.lagSeconds > 0);
    log.recover();
    log.append(counted('a', 2));
    await until(() => projector.list()[0]!.state === 'live' && projector.list()[0]!.position === 200n);
    expect(store.content('total@1')).toEqual({ all: { events: 2, sum: 3 } });
  });

  it('does not read as healthy when the subscription is silent about an event', async () => {
    const { log, start } = setUp();
    log.append(counted('a', 1));
    const projector = start();
    await projector.caughtUp();
    log.freeze();
    log.append({ ...counted('a', 2), created: new Date(Date.now() - 60_000) });
    await until(() => projector.list()[0]!.lagSeconds >= 60);
    expect(projector.list()[0]).toMatchObject({ state: 'live', lagEvents: 1, lagIsExact: false });
  });
});

describe('a subscription that went silent', () => {
  it('is given up for a new one', async () => {
    const { log, store, start } = setUp(undefined, { stallMs: 40 });
    log.append(counted('a', 1));
    const projector = start();
    await projector.caughtUp();
    log.freeze();
    log.append(counted('a', 2));
    await until(() => projector.list()[0]!.position === 200n);
    expect(store.content('total@1')).toEqual({ all: { events: 2, sum: 3 } });
    expect(log.subscriptions).toBe(2);
  });
});

describe('a projection that cannot go on', () => {
  it('stops when its checkpoint is of another log, whose events it would skip', async () => {
    const { log, store, start } = setUp();
    log.append(counted('a', 1), counted('a', 2));
    const first = start();
    await first.caughtUp();
    await first.stop();
    log.events.splice(1);
    const projector = start();
    await projector.caughtUp();
    expect(projector.list().map(({ state }) => state)).toEqual(['stopped', 'stopped']);
    expect(store.stands.get('total@1')).toMatchObject({
      position: 200n,
      stopped: { message: expect.stringContaining('the log ends at 100') },
    });
  });

  it('stops right before the event that its fold refuses; the others go on', async () => {
    const { log, store, start } = setUp([tallyContext({ projections: [broken('fragile', 666), total] })]);
    for (const by of [1, 2, 666, 3]) log.append(counted('a', by));
    const projector = start();
    await projector.caughtUp();
    expect(store.content('total@1')).toEqual({ all: { events: 4, sum: 672 } });
    expect(store.content('fragile@1')).toEqual({ all: { events: 2, sum: 3 } });
    expect(store.stands.get('fragile@1')).toMatchObject({
      position: 200n,
      events: 2,
      stopped: {
        message: 'cannot count 666',
        stream: 'tally-a',
        revision: 2n,
        position: 300n,
        eventType: 'Counted',
      },
    });
    expect(projector.list()[0]).toMatchObject({
      name: 'fragile',
      state: 'stopped',
      reason: 'cannot count 666',
    });
  });

  it('is tried again by the next process, and goes on from where it stopped', async () => {
    const { log, store, start } = setUp([tallyContext({ projections: [broken('fragile', 666), total] })]);
    for (const by of [1, 666, 3]) log.append(counted('a', by));
    const first = start();
    await first.caughtUp();
    await first.stop();
    const mended = start([tallyContext({ projections: [broken('fragile', -1), total] })]);
    await mended.caughtUp();
    expect(store.content('fragile@1')).toEqual(store.content('total@1'));
    expect(store.stands.get('fragile@1')).toEqual({ position: 300n, events: 3 });
  });

  it('joins the others again once it has caught up', async () => {
    const { log, store, start } = setUp();
    for (let by = 1; by <= 600; by++) log.append(counted('a', by));
    const alone = start([tallyContext({ projections: [total] })]);
    await alone.caughtUp();
    await alone.stop();
    const projector = start();
    await projector.caughtUp();
    await until(() => log.open.size === 1);
    for (let by = 1; by <= 100; by++) {
      log.append(counted('b', by));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => projector.list().every(({ position }) => position === 70_000n));
    expect(store.content('total@1')).toEqual({ all: { events: 700, sum: 185_350 } });
    expect(store.content('tallies@1')).toMatchObject({ a: { events: 600 }, b: { events: 100, sum: 5_050 } });
    expect(store.commits.at(-1)).toHaveLength(2);
  });

  it.each([
    ['of a later schema version', { ...counted('a', 1), schemaVersion: 2 }, /schema version 2/],
    ['of an unknown type of its category', { stream: 'tally-a', type: 'Doubled' }, /does not know that type/],
    ['whose data is no object', { ...counted('a', 1), data: 7 as never }, /not a JSON object/],
  ])('stops at an event %s, where it folds such', async (_what, event, message) => {
    const { log, store, start } = setUp();
    log.append(counted('a', 1), event, counted('a', 3));
    const projector = start();
    await projector.caughtUp();
    expect(store.stands.get('total@1')).toMatchObject({ position: 100n, stopped: { position: 200n } });
    expect(projector.list()[0]!.reason).toMatch(message);
  });

  it('is not bothered by an unreadable event of a type that it ignores', async () => {
    const { log, store, start } = setUp();
    log.append(counted('a', 1), { ...forgotten('a'), schemaVersion: 9 }, counted('a', 3));
    const projector = start();
    await projector.caughtUp();
    expect(projector.list().map(({ state }) => state)).toEqual(['stopped', 'live']);
    expect(store.content('total@1')).toEqual({ all: { events: 2, sum: 4 } });
  });

  it('takes nothing of the events of other contexts, system events and links', async () => {
    const other = tallyContext({
      name: 'other',
      database: 'tidemark_other',
      categories: { other: { Counted: { version: 1 } } },
      projections: [{ ...total, name: 'other-total' }],
    });
    const { log, store, start } = setUp([tallyContext(), other]);
    log.append(counted('a', 1), { ...counted('a', 2), stream: 'other-1' }, { stream: 'tally-a', type: '$>' });
    await start().caughtUp();
    expect(store.content('total@1')).toEqual({ all: { events: 1, sum: 1 } });
    expect(store.content('other-total@1')).toEqual({ all: { events: 1, sum: 2 } });
    expect(store.stands.get('total@1')).toEqual({ position: 300n, events: 3 });
  });

  it('finds the one event whose document cannot be stored, and stops before it', async () => {
    const { log, store, start } = setUp();
    store.beforeCommit = (writes) => {
      const spoilt = writes.find(
        ({ registered, documents }) => registered.id === 'tallies@1' && documents.has('bad'),
      );
      if (spoilt) throw new DocumentFault('tallies@1', 'bad', '"bad" cannot be stored: too large');
    };
    for (let by = 1; by <= 300; by++) log.append(counted(by === 137 ? 'bad' : `n-${by % 5}`, by));
    const projector = start();
    await projector.caughtUp();
    expect(store.stands.get('tallies@1')).toMatchObject({
      position: 13_600n,
      events: 136,
      stopped: { key: 'bad', stream: 'tally-bad', position: 13_700n },
    });
    expect(store.content('total@1')).toEqual({ all: { events: 300, sum: 45_150 } });
    expect(tallies.name).toBe(projector.list()[0]!.name);
  });

  it('clears a suspect whose fault does not come back', async () => {
    const { log, store, start } = setUp();
    let faults = 0;
    store.beforeCommit = () => {
      if (faults++ === 0) throw new DocumentFault('tallies@1', 'a', 'once');
    };
    for (let by = 1; by <= 300; by++) log.append(counted('a', by));
    const projector = start();
    await projector.caughtUp();
    await until(() => log.open.size === 1);
    expect(projector.list().map(({ state }) => state)).toEqual(['live', 'live']);
    expect(store.content('tallies@1')).toEqual({ a: { events: 300, sum: 45_150 } });
  });
});
