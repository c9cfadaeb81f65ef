import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { UnreadableEventError } from '#libs/platform/event-store';
import type { AnyAggregate } from '#libs/platform/kernel';
import { ImpureFoldError } from './guarded-fold.js';
import { replay } from './replay.js';
import { added, basket, happened, log, named, removed } from './testing/basket.js';

async function steps(...args: Parameters<typeof replay>) {
  const found = [];
  for await (const step of replay(...args)) found.push(step);
  return found;
}

/** The basket with another fold. */
const folding = (evolve: (state: { total: number; items: object[] }) => object): AnyAggregate => ({
  ...basket,
  decider: { ...basket.decider, evolve },
});

describe('a replay', () => {
  it('tells of each event what it changed, lists by the declared key', async () => {
    const found = await steps(basket, log(added('a', 100), added('b', 200), removed('a')));
    expect(found.map((step) => step.changes())).toEqual([
      [
        { path: '/items/a', after: { sku: 'a', thousandths: 100 } },
        { path: '/total', before: 0, after: 100 },
      ],
      [
        { path: '/items/b', after: { sku: 'b', thousandths: 200 } },
        { path: '/total', before: 100, after: 300 },
      ],
      [
        { path: '/items/a', before: { sku: 'a', thousandths: 100 } },
        { path: '/total', before: 300, after: 200 },
      ],
    ]);
  });

  it('tells of the whole list where a key stands twice', async () => {
    const found = await steps(basket, log(added('a', 1), added('a', 2)));
    expect(found[1]?.changes().map(({ path }) => path)).toEqual(['/items', '/total']);
  });

  it('lifts old shapes, or leaves them as they are stored', async () => {
    const old = happened('ItemAdded', { sku: 'a', units: 3 }, { schemaVersion: 1 });
    expect((await steps(basket, log(old)))[0]?.after).toMatchObject({ total: 3_000 });
    expect((await steps(basket, log(old), { raw: true }))[0]?.after).toMatchObject({
      items: [{ sku: 'a', units: 3 }],
    });
  });

  it('blanks personal data in events and states unless told to show it', async () => {
    const [hidden] = await steps(basket, log(named('Ada')));
    expect(inspect(hidden, { depth: null })).not.toContain('Ada');
    const [shown] = await steps(basket, log(named('Ada')), { personal: true });
    expect(shown?.after).toMatchObject({ owner: { name: 'Ada' } });
  });

  it.each<[string, (state: { total: number; items: object[] }) => object, string]>([
    ['reads the clock', (state) => ({ ...state, total: Date.now() }), 'reads the clock'],
    ['makes a date of now', (state) => ({ ...state, at: new Date().toISOString() }), 'reads the clock'],
    ['draws a random number', (state) => ({ ...state, total: Math.random() }), 'draws a random number'],
    ['changes the state', (state) => Object.assign(state, { total: 1 }), 'changes its input'],
    ['changes a list of it', (state) => ({ ...state, n: state.items.push({}) }), 'changes its input'],
  ])('catches a fold that %s', async (_what, evolve, told) => {
    const failed = steps(folding(evolve), log(added('a', 1)));
    await expect(failed).rejects.toThrow(ImpureFoldError);
    await expect(steps(folding(evolve), log(added('a', 1)))).rejects.toThrow(
      new RegExp(`^The fold of ItemAdded \\(basket-1@0\\) ${told}`),
    );
  });

  it('catches a fold that remembers', async () => {
    let calls = 0;
    const remembering = folding((state) => ({ ...state, total: ++calls }));
    await expect(steps(remembering, log(added('a', 1)))).rejects.toThrow('another state the second time');
  });

  it('leaves clock and chance as they were, and lets a fold make a date of an event’s time', async () => {
    const pure = folding((state) => ({ ...state, year: new Date('2026-03-01').getUTCFullYear() }));
    expect((await steps(pure, log(added('a', 1))))[0]?.after).toMatchObject({ year: 2026 });
    expect(Math.random()).not.toBe(Math.random());
    expect(Date.now()).toBeGreaterThan(0);
  });

  it('stops at what it does not understand', async () => {
    const later = happened('ItemRemoved', { sku: 'a' }, { schemaVersion: 9 });
    await expect(steps(basket, log(added('a', 1), later))).rejects.toThrow(UnreadableEventError);
  });
});
