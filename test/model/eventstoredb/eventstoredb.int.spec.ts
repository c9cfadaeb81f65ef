import { describe, expect, it } from '@jest/globals';
import { minimised } from '../minimise.js';
import { modelCheck } from '../model-check.js';
import { CheckedNode } from './checked-node.js';
import { randomOperation } from './random-operations.js';

/** A bounded slice of `npm run model -- eventstoredb --operations 100000`. */
describe('the EventStoreDB node', () => {
  it('does what its model does (seed 1)', async () => {
    const subject = { randomOperation, start: () => CheckedNode.start() };
    const failure = await modelCheck(subject, { seed: 1, operations: 600, minimiseMs: 20_000 });
    expect(failure).toBeUndefined();
  }, 180_000);
});

describe('minimising a failing run', () => {
  it('leaves what it takes to fail, and no more', async () => {
    const items = Array.from({ length: 200 }, (_none, index) => index);
    let runs = 0;
    const fails = async (some: readonly number[]) => {
      runs++;
      return [17, 18, 150].every((item) => some.includes(item));
    };
    expect(await minimised(items, fails, Date.now() + 60_000)).toEqual([17, 18, 150]);
    expect(runs).toBeLessThan(200);
  });
});
