import { describe, expect, it } from '@jest/globals';
import { addMoney, formatAmount, parseAmount, plus, times } from './money.js';

describe('money', () => {
  it.each([
    ['2.55', 3, 2550],
    ['0.001', 3, 1],
    ['38970', 3, 38_970_000],
    ['-11062.06', 3, -11_062_060],
    ['2.5500', 3, 2550],
    ['-0', 3, 0],
    ['7', 0, 7],
  ])('reads %s at scale %i as %i', (text, scale, amount) => expect(parseAmount(text, scale)).toBe(amount));

  it.each([
    ['2,55', 'not a decimal'],
    ['1e3', 'not a decimal'],
    ['', 'not a decimal'],
    ['.5', 'not a decimal'],
    ['0.0005', 'more than 3 decimals'],
    ['999999999999999', 'too large'],
  ])('refuses %j', (text, why) => expect(() => parseAmount(text, 3)).toThrow(why));

  it.each([
    [2550, 3, '2.55'],
    [1, 3, '0.001'],
    [0, 3, '0.00'],
    [-5, 3, '-0.005'],
    [8_911_407_904, 3, '8911407.904'],
    [7, 0, '7'],
  ])('writes %i at scale %i as %s', (amount, scale, text) => expect(formatAmount(amount, scale)).toBe(text));

  it('never rounds: what would not be exact is refused', () => {
    expect(times(80_995, 2080)).toBe(168_469_600);
    expect(() => times(Number.MAX_SAFE_INTEGER, 2)).toThrow('too large');
    expect(() => plus(Number.MAX_SAFE_INTEGER, 1)).toThrow('too large');
  });

  it('adds across scales, not across currencies', () => {
    const pounds = { amount: 255, scale: 2, currency: 'GBP' };
    expect(addMoney(pounds, { amount: 1, scale: 3, currency: 'GBP' })).toEqual({
      amount: 2551,
      scale: 3,
      currency: 'GBP',
    });
    expect(() => addMoney(pounds, { ...pounds, currency: 'EUR' })).toThrow('cannot be added');
  });
});
