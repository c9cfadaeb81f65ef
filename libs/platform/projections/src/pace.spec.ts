import { describe, expect, it } from '@jest/globals';
import { Pace } from './pace.js';

function pacing() {
  const state = { busy: 0, now: 1_000 };
  const pace = new Pace(
    () => state.busy,
    () => state.now,
  );
  const restAfterCommit = (busy: number) => {
    state.busy = busy;
    pace.committed();
    return pace.restMs;
  };
  return { state, pace, restAfterCommit };
}

describe('Pace', () => {
  it.each([
    ['an idle thread', 0, 0],
    ['a thread with time left', 0.75, 0],
    ['a thread short of time', 0.825, 75],
    ['a saturated thread', 0.9, 150],
    ['a thread that does nothing else', 1, 150],
  ])('after a commit on %s (%d busy) rests %d ms', (_thread, busy, restMs) => {
    const { pace, restAfterCommit } = pacing();
    expect(restAfterCommit(busy)).toBeCloseTo(restMs);
    expect(pace.isPressed).toBe(restMs > 0);
  });

  it('ends its rest by the clock, or when a later commit finds the thread free', () => {
    const { state, pace, restAfterCommit } = pacing();
    restAfterCommit(1);
    state.now += 100;
    expect(pace.restMs).toBe(50);
    expect(restAfterCommit(0.5)).toBe(0);
    restAfterCommit(1);
    state.now += 151;
    expect(pace.restMs).toBe(0);
  });

  it('finds a thread busy that is', () => {
    const pace = new Pace();
    pace.committed();
    const until = performance.now() + 20;
    while (performance.now() < until);
    pace.committed();
    expect(pace.isPressed).toBe(true);
  });
});
