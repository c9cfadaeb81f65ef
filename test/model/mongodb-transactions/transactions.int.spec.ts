import { describe, expect, it } from '@jest/globals';
import { checkHistory } from './check-history.js';
import type { Recorded, Step } from './history.js';
import { transactionsCheck } from './transactions-check.js';

/** A bounded slice of `npm run model -- mongodb-transactions --operations 10000`. */
describe('concurrent transactions of 16 clients', () => {
  it('are as snapshot isolation with the first writer winning allows', async () => {
    const { committed, aborted, faults } = await transactionsCheck({ seed: 1, operations: 500 });
    expect(faults).toEqual([]);
    expect(committed).toBeGreaterThan(100);
    expect(aborted).toBeGreaterThan(20);
  }, 120_000);
});

describe('the checker of histories', () => {
  const append = (list: string, value: number): Step => ({ kind: 'append', list, value });
  const read = (list: string, ...values: number[]): Step => ({ kind: 'read', list, values });
  let client = 0;
  const committed = (...steps: Step[]): Recorded => ({ client: client++, steps, committed: true });
  const aborted = (...steps: Step[]): Recorded => ({ client: client++, steps, committed: false });

  const histories: [string, Recorded[], Record<string, number[]>, boolean][] = [
    [
      'takes one after the other',
      [committed(append('a', 1)), committed(read('a', 1), append('a', 2))],
      { a: [1, 2] },
      true,
    ],
    [
      'takes write skew, which snapshot isolation allows',
      [committed(read('a'), append('b', 1)), committed(read('b'), append('a', 2))],
      { a: [2], b: [1] },
      true,
    ],
    [
      'sees a lost update',
      [committed(read('a'), append('a', 1)), committed(read('a'), append('a', 2))],
      { a: [1, 2] },
      false,
    ],
    ['sees a dirty read', [aborted(append('a', 1)), committed(read('a', 1))], { a: [] }, false],
    ['sees what an aborted one left', [aborted(append('a', 1))], { a: [1] }, false],
    ['sees what is gone', [committed(append('a', 1))], { a: [] }, false],
    [
      'sees an intermediate read',
      [committed(append('a', 1), append('a', 2)), committed(read('a', 1))],
      { a: [1, 2] },
      false,
    ],
    [
      'sees a read that is not repeated',
      [committed(append('a', 1)), committed(read('a'), read('a', 1))],
      { a: [1] },
      false,
    ],
    [
      'sees a transaction of which only half was read',
      [committed(append('a', 1), append('b', 2)), committed(read('a', 1), read('b'))],
      { a: [1], b: [2] },
      false,
    ],
    [
      'sees two readers who disagree about the order',
      [
        committed(append('a', 1)),
        committed(append('b', 2)),
        committed(read('a', 1), read('b')),
        committed(read('a'), read('b', 2)),
      ],
      { a: [1], b: [2] },
      false,
    ],
  ];
  it.each(histories)('%s', (_what, history, lists, isFine) => {
    expect(checkHistory(history, new Map(Object.entries(lists))).length === 0).toBe(isFine);
  });
});
