import { describe, expect, it } from '@jest/globals';
import { mongoDbRound } from './round.js';

/** A bounded slice of `npm run crash -- mongodb --rounds 200`. */
describe('the MongoDB server, killed under load', () => {
  it.each([1, 2])(
    'loses nothing acknowledged and keeps nothing by half (seed %i)',
    async (seed) => {
      const { acknowledged, faults } = await mongoDbRound(seed);
      expect(faults).toEqual([]);
      expect(acknowledged).toBeGreaterThan(0);
    },
    120_000,
  );
});
