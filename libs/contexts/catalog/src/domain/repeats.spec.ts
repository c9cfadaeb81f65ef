import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#libs/platform/kernel';
import { deepFreeze } from '#libs/platform/testing';
import { type ProductCommand, type ProductState, product } from './product.js';

/** Park and Miller's generator: the same numbers from the same seed, everywhere. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function commandFrom(next: (below: number) => number): ProductCommand {
  const subject = { code: 'A', at: new Date(Date.UTC(2026, 0, 1) + next(1_000)).toISOString() };
  const price = { priceThousandths: next(3), currency: ['GBP', 'EUR'][next(2)] as string };
  const name = ['Mug', 'Cup', ' '][next(3)] as string;
  const commands: ProductCommand[] = [
    { type: 'RegisterProduct', ...subject, ...price, name },
    { type: 'RenameProduct', ...subject, name },
    { type: 'ChangeProductPrice', ...subject, ...price },
    { type: 'DiscontinueProduct', ...subject, reason: name },
  ];
  return commands[next(next(3) === 0 ? 4 : 3)] as ProductCommand;
}

/** @returns what was recorded, or the code of the refusal. */
function decided(state: ProductState, command: ProductCommand) {
  try {
    return product.decide(state, command);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

describe('a repeated command', () => {
  it.each([1, 2, 3, 4, 5])('records nothing, or is refused as before: seed %i', (seed) => {
    const next = numbersFrom(seed);
    let state: ProductState = product.initialState;
    let recorded = 0;
    for (let step = 0; step < 500; step++) {
      if (step % 10 === 0) state = product.initialState;
      const command = deepFreeze(commandFrom(next));
      const first = decided(state, command);
      if (typeof first === 'string') {
        expect(decided(state, command)).toBe(first);
        continue;
      }
      recorded += first.length;
      state = deepFreeze(first.reduce(product.evolve, state));
      expect(decided(state, command)).toEqual([]);
    }
    expect(recorded).toBeGreaterThan(100);
  });
});
