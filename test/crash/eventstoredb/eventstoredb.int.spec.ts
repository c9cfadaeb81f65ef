import { describe, expect, it } from '@jest/globals';
import { killRound } from './kill-round.js';
import { powerRound } from './power-round.js';

/** A bounded slice of `npm run crash -- eventstoredb --rounds 200`. */
describe('the EventStoreDB node', () => {
  it.each([
    ['killed under load', killRound],
    ['cut off from power under load', powerRound],
  ])(
    '%s: what was acknowledged is there whole, once, in order and in its place',
    async (_how, round) => {
      const { acknowledged, faults } = await round(1);
      expect(faults).toEqual([]);
      expect(acknowledged).toBeGreaterThan(0);
    },
    180_000,
  );
});
