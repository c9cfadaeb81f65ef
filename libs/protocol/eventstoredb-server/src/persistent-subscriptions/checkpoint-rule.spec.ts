import { describe, expect, it } from '@jest/globals';
import { CheckpointRule } from './checkpoint-rule.js';

const rule = (changes = {}) =>
  new CheckpointRule(
    { checkpointAfterMs: 1_000, minCheckpointCount: 10, maxCheckpointCount: 100, ...changes },
    -1,
  );

describe('a checkpoint', () => {
  it.each([
    // progress, ms since the last, tick, due
    [9, 1e9, true, false],
    [10, 1e9, true, true],
    [10, 1_000, true, true],
    [10, 999, true, false],
    [10, 1e9, false, false],
    [99, 1e9, false, false],
    [100, 0, false, true],
    [100, 0, true, true],
  ])('after %d events and %d ms, tick %s, is due: %s', (events, elapsedMs, isTick, isDue) => {
    const checkpoints = rule();
    checkpoints.written(-1, 5_000);
    expect(checkpoints.isDue(events - 1, 5_000 + elapsedMs, isTick)).toBe(isDue);
  });

  it('is due with the first tick when there has been none', () => {
    expect(rule().isDue(9, 0, true)).toBe(true);
  });

  it('is never due because of time when that is 0', () => {
    expect(rule({ checkpointAfterMs: 0 }).isDue(98, 1e12, true)).toBe(false);
    expect(rule({ checkpointAfterMs: 0 }).isDue(99, 1e12, false)).toBe(true);
  });

  it('is never due without progress', () => {
    const checkpoints = rule({ minCheckpointCount: 0, maxCheckpointCount: 0 });
    expect(checkpoints.isDue(-1, 1e9, true)).toBe(false);
    expect(checkpoints.isDue(0, 0, false)).toBe(true);
  });
});
