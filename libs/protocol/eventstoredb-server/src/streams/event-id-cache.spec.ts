import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { EventIdCache } from './event-id-cache.js';

describe('the cache of event ids', () => {
  it('tells the first revision of each id of each stream, as a map would', () => {
    const cache = new EventIdCache(4_000);
    const expected = new Map<string, number>();
    const ids = Array.from({ length: 500 }, () => randomUUID());
    for (const [revision, id] of [...ids, ...ids].entries())
      for (const stream of [0, 7]) {
        const key = `${id} ${stream}`;
        expect(cache.remember(stream, id, revision)).toBe(!expected.has(key));
        if (!expected.has(key)) expected.set(key, revision);
      }
    for (const id of ids)
      for (const stream of [0, 7, 8])
        expect(cache.revisionOf(stream, id)).toBe(expected.get(`${id} ${stream}`));
  });

  it('forgets what was taken back, and takes it in again', () => {
    const cache = new EventIdCache(10);
    const id = randomUUID();
    cache.remember(1, id, 0);
    cache.forget(1, id);
    expect(cache.revisionOf(1, id)).toBeUndefined();
    expect(cache.remember(1, id, 5)).toBe(true);
    expect(cache.revisionOf(1, id)).toBe(5);
  });

  it('keeps at least the newest half of its capacity, and no more than all of it', () => {
    const cache = new EventIdCache(1_000);
    const ids = Array.from({ length: 5_000 }, () => randomUUID());
    for (const [revision, id] of ids.entries()) cache.remember(3, id, revision);
    const remembered = ids.map((id, revision) => cache.revisionOf(3, id) === revision);
    expect(remembered.slice(-500)).not.toContain(false);
    expect(remembered.slice(0, -1_000)).not.toContain(true);
  });

  it('tells ids apart that differ in one digit', () => {
    const cache = new EventIdCache(100);
    const id = '00000000-0000-0000-0000-000000000000';
    cache.remember(0, id, 1);
    for (let at = 0; at < id.length; at++)
      if (id[at] !== '-')
        expect(cache.revisionOf(0, `${id.slice(0, at)}f${id.slice(at + 1)}`)).toBeUndefined();
    expect(cache.revisionOf(0, id)).toBe(1);
  });
});
