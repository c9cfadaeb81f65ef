import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#libs/platform/kernel';
import { deepFreeze } from '#libs/platform/testing';
import { type CustomerCommand, type CustomerState, customer } from './customer.js';

/** Park and Miller's generator: the same numbers from the same seed, everywhere. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** Times go back and forth, and values repeat, so that late and equal commands are among them. */
function commandFrom(next: (below: number) => number): CustomerCommand {
  const subject = { customerId: '1', at: new Date(Date.UTC(2026, 0, 1) + next(20)).toISOString() };
  const values = ['a', 'b', ' ', null];
  const value = () => values[next(next(4) === 0 ? 4 : 2)] as string | null;
  const known = () => (next(2) === 0 ? { name: 'a' } : { name: 'a', phone: 'b' });
  const commands: CustomerCommand[] = [
    { type: 'RegisterCustomer', ...subject, contact: known(), address: { country: 'a' } },
    { type: 'ChangeCustomerContact', ...subject, changes: { name: value(), phone: value() } },
    { type: 'ChangeCustomerAddress', ...subject, changes: { city: value(), country: value() } },
  ];
  return commands[next(3)] as CustomerCommand;
}

/** @returns what was recorded, or the code of the refusal. */
function decided(state: CustomerState, command: CustomerCommand) {
  try {
    return customer.decide(state, command);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

describe('a repeated command', () => {
  it.each([1, 2, 3, 4, 5])('records nothing, or is refused as before: seed %i', (seed) => {
    const next = numbersFrom(seed);
    let state: CustomerState = customer.initialState;
    let recorded = 0;
    for (let step = 0; step < 500; step++) {
      if (step % 20 === 0) state = customer.initialState;
      const command = deepFreeze(commandFrom(next));
      const first = decided(state, command);
      if (typeof first === 'string') {
        expect(decided(state, command)).toBe(first);
        continue;
      }
      recorded += first.length;
      state = deepFreeze(first.reduce(customer.evolve, state));
      expect(decided(state, command)).toEqual([]);
    }
    expect(recorded).toBeGreaterThan(100);
  });
});
