import { describe, expect, it } from '@jest/globals';
import { CONTEXTS } from '#libs/contexts';
import { standaloneRound } from './standalone-round.js';

/** A bounded slice of `npm run crash -- standalone --rounds 200`. */
describe('the standalone, killed under load', () => {
  it.each([1, 2, 3])(
    'loses nothing acknowledged and applies nothing twice (seed %i)',
    async (seed) => {
      const { acknowledged, faults } = await standaloneRound(seed, CONTEXTS);
      expect(faults).toEqual([]);
      expect(acknowledged).toBeGreaterThan(0);
    },
    180_000,
  );
});
