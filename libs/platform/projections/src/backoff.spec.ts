import { describe, expect, it } from '@jest/globals';
import { Backoff } from './backoff.js';

describe('Backoff', () => {
  it('doubles its pauses up to the longest, each between half and the whole of its length', () => {
    const shortest = new Backoff(100, 1_000, () => 0);
    const longest = new Backoff(100, 1_000, () => 1);
    expect([1, 2, 3, 4, 5].map(() => shortest.nextMs())).toEqual([50, 100, 200, 400, 500]);
    expect([1, 2, 3, 4, 5].map(() => longest.nextMs())).toEqual([100, 200, 400, 800, 1_000]);
    longest.reset();
    expect(longest.nextMs()).toBe(100);
  });
});
