import { describe, expect, it } from '@jest/globals';
import { HeadWatch } from './head-watch.js';
import { InMemoryLog } from './testing/in-memory-log.js';
import { counted } from './testing/tallies.js';

describe('HeadWatch', () => {
  it('finds the oldest event that was not handled, until it is', async () => {
    const log = new InMemoryLog();
    let now = 1_000;
    const watch = new HeadWatch(log.connect(), () => now);
    await watch.look(-1n);
    expect(watch.oldestAfter(-1n)).toBeUndefined();
    expect(watch.currentAt).toBe(1_000);

    const created = new Date(5_000);
    log.append({ ...counted('a', 1), created }, counted('a', 2));
    now = 9_000;
    await watch.look(-1n);
    expect(watch.oldestAfter(-1n)).toEqual(created);
    expect(watch.currentAt).toBe(1_000);

    await watch.look(200n);
    expect(watch.oldestAfter(200n)).toBeUndefined();
    expect(watch.currentAt).toBe(9_000);
  });

  it('passes on that the log does not answer', async () => {
    const log = new InMemoryLog();
    log.fail();
    await expect(new HeadWatch(log.connect(), Date.now).look(-1n)).rejects.toThrow('away');
  });
});
