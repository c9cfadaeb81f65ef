import { describe, expect, it } from '@jest/globals';
import { catalogContext } from '#libs/contexts/catalog';
import { customersContext } from '#libs/contexts/customers';
import { orderingContext } from '#libs/contexts/ordering';
import { standaloneRound } from './standalone-round.js';

/** A bounded slice of `npm run crash -- standalone --rounds 200`. */
describe('the standalone, killed under load', () => {
  it.each([1, 2, 3])(
    'loses nothing acknowledged and applies nothing twice (seed %i)',
    async (seed) => {
      const { acknowledged, faults } = await standaloneRound(seed, [
        orderingContext,
        catalogContext,
        customersContext,
      ]);
      expect(faults).toEqual([]);
      expect(acknowledged).toBeGreaterThan(0);
    },
    60_000,
  );
});
