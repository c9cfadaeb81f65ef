import { afterEach, describe, expect, it } from '@jest/globals';
import { CheckpointFeed } from '../checkpoint-feed.js';
import { CheckpointWaiters, type Standing } from './checkpoint-waiters.js';

const open: CheckpointWaiters[] = [];
afterEach(() => {
  for (const waiters of open.splice(0)) waiters.close();
});

function setUp(feed?: CheckpointFeed) {
  const stands = new Map<string, Standing>();
  const looks: (readonly string[])[] = [];
  let failure: Error | undefined;
  const waiters = new CheckpointWaiters(async (ids) => {
    looks.push(ids);
    if (failure) throw failure;
    return new Map([...stands].filter(([id]) => ids.includes(id)));
  }, feed);
  open.push(waiters);
  const fail = (error: Error | undefined) => {
    failure = error;
  };
  return { stands, looks, waiters, fail };
}

describe('waiting for a checkpoint', () => {
  it('resolves at once for what is reached, and asks no more for what was', async () => {
    const { stands, looks, waiters } = setUp();
    stands.set('orders@1', { position: 7n });
    await waiters.waitFor(['orders@1'], 7n, 0);
    await waiters.waitFor(['orders@1'], 3n, 0);
    expect(looks).toHaveLength(1);
  });

  it('resolves when the last of its projections gets there', async () => {
    const { stands, waiters } = setUp();
    stands.set('orders@1', { position: 7n });
    let isDone = false;
    const waiting = waiters.waitFor(['orders@1', 'totals@1'], 7n, 5_000).then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isDone).toBe(false);
    stands.set('totals@1', { position: 9n });
    await waiting;
  });

  it('shares one look among all that begin to wait together', async () => {
    const { stands, looks, waiters } = setUp();
    stands.set('a@1', { position: 1n }).set('b@1', { position: 1n });
    await Promise.all(
      [1, 2, 3].flatMap(() => [waiters.waitFor(['a@1'], 1n, 0), waiters.waitFor(['b@1'], 1n, 0)]),
    );
    expect(looks).toEqual([['a@1', 'b@1']]);
  });

  it('refuses with the place where it stands when it is too late', async () => {
    const { stands, waiters } = setUp();
    stands.set('orders@1', { position: 5n, updatedAt: new Date() });
    const startedAt = performance.now();
    await expect(waiters.waitFor(['orders@1', 'totals@1'], 7n, 60)).rejects.toMatchObject({
      code: 'READ_MODEL_BEHIND',
      kind: 'unavailable',
      detail: expect.stringMatching(
        /Position 7 .* orders is at 5, last written .* totals has handled nothing yet/,
      ),
    });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
  });

  it('refuses at once when a fault has stopped it short of the position', async () => {
    const { stands, waiters } = setUp();
    stands.set('orders@1', {
      position: 5n,
      stopped: { message: 'a fold threw', at: '2026-03-01T10:00:00.000Z' },
    });
    await waiters.waitFor(['orders@1'], 5n, 0);
    await expect(waiters.waitFor(['orders@1'], 6n, 60_000)).rejects.toMatchObject({
      code: 'READ_MODEL_STOPPED',
      detail: expect.stringContaining('a fold threw'),
    });
  });

  it('goes on looking while the store is away, and says so in the end', async () => {
    const { stands, waiters, fail } = setUp();
    fail(new Error('away'));
    await expect(waiters.waitFor(['orders@1'], 1n, 20)).rejects.toMatchObject({
      code: 'READ_MODEL_STORE_UNAVAILABLE',
    });
    const waiting = waiters.waitFor(['orders@1'], 1n, 5_000);
    stands.set('orders@1', { position: 1n });
    fail(undefined);
    await waiting;
  });

  it('needs no look where the projector of this process tells', async () => {
    const feed = new CheckpointFeed();
    const { looks, waiters } = setUp(feed);
    feed.publish('orders@1', 1n);
    const waiting = waiters.waitFor(['orders@1'], 2n, 5_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const before = looks.length;
    feed.publish('orders@1', 2n);
    await waiting;
    await waiters.waitFor(['orders@1'], 2n, 0);
    expect(looks).toHaveLength(before);
  });

  it('tells the projector of this process that readers wait, as long as they do', async () => {
    const feed = new CheckpointFeed();
    const { waiters } = setUp(feed);
    let hurried = 0;
    feed.onAwaited(() => hurried++);
    feed.publish('orders@1', 1n);
    await waiters.waitFor(['orders@1'], 1n, 1_000);
    expect([feed.isAwaited, hurried]).toEqual([false, 0]);
    const reached = waiters.waitFor(['orders@1'], 2n, 5_000);
    const tooLate = waiters.waitFor(['orders@1'], 3n, 20);
    expect([feed.isAwaited, hurried]).toEqual([true, 2]);
    feed.publish('orders@1', 2n);
    await reached;
    await expect(tooLate).rejects.toMatchObject({ code: 'READ_MODEL_BEHIND' });
    expect(feed.isAwaited).toBe(false);
  });

  it('ends what waits when it is closed', async () => {
    const { waiters } = setUp();
    const waiting = waiters.waitFor(['orders@1'], 1n, 60_000);
    waiters.close();
    await expect(waiting).rejects.toMatchObject({ code: 'READ_MODEL_STORE_UNAVAILABLE' });
  });
});
