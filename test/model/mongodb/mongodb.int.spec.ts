import { describe, expect, it } from '@jest/globals';
import { modelCheck } from '../model-check.js';
import { CheckedServer } from './checked-server.js';
import { randomOperation } from './operation.js';

/** A bounded slice of `npm run model -- mongodb --operations 100000`. */
describe('the MongoDB server', () => {
  it('does what its model does (seed 1)', async () => {
    const subject = { randomOperation, start: () => CheckedServer.start() };
    expect(await modelCheck(subject, { seed: 1, operations: 600, minimiseMs: 20_000 })).toBeUndefined();
  }, 180_000);
});
