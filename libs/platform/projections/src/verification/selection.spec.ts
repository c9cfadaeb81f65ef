import { describe, expect, it } from '@jest/globals';
import { selectionsOf } from './selection.js';

const KEYS = Array.from({ length: 2_000 }, (_none, index) => `order-${index}`);

describe('what a verification looks at', () => {
  it('is everything, in parts that fit into memory and hold each document once', () => {
    const parts = selectionsOf({ kind: 'all' }, KEYS.length, 300);
    expect(parts).toHaveLength(7);
    for (const key of KEYS) expect(parts.filter((selects) => selects(key))).toHaveLength(1);
    for (const selects of parts) expect(KEYS.filter(selects).length).toBeLessThan(450);
  });

  it('is a sample of about the size asked for, another one each time', () => {
    const [one] = selectionsOf({ kind: 'sample', size: 200 }, KEYS.length);
    const [other] = selectionsOf({ kind: 'sample', size: 200 }, KEYS.length);
    const sample = KEYS.filter(one!);
    expect(sample.length).toBeGreaterThan(100);
    expect(sample.length).toBeLessThan(300);
    expect(KEYS.filter(other!)).not.toEqual(sample);
  });

  it('is everything where there is less than the sample, and an unknown document too', () => {
    const [all] = selectionsOf({ kind: 'sample', size: 200 }, 100);
    expect(KEYS.filter(all!)).toEqual(KEYS);
    expect(selectionsOf({ kind: 'all' }, 0)).toHaveLength(1);
  });

  it('is what is named', () => {
    const [named] = selectionsOf({ kind: 'keys', keys: ['order-7', 'gone'] }, KEYS.length);
    expect(KEYS.filter(named!)).toEqual(['order-7']);
  });
});
