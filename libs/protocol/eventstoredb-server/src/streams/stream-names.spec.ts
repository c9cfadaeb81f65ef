import { describe, expect, it } from '@jest/globals';
import { StreamNames } from './stream-names.js';

const names = [
  ...Array.from({ length: 3_000 }, (_, number) => `order-${number.toString(36)}`),
  '',
  'ü',
  'Straße-😀',
  '\0',
  '$$order-1',
  'long-'.repeat(40_000),
  'ü'.repeat(30_000),
];

describe('names of streams', () => {
  it('are numbered in the order in which they come, and found', () => {
    const found = new StreamNames();
    for (const [number, name] of names.entries()) {
      if (found.numberOf(name) !== -1 || found.add(name) !== number) throw new Error(`Not new: ${name}`);
    }
    const numbers = names.map((_, number) => number);
    expect(names.map((name) => found.numberOf(name))).toEqual(numbers);
    expect(numbers.map((number) => found.name(number))).toEqual(names);
    const framed = names.map((name) => Buffer.from(`xx${name}x`));
    expect(framed.map((bytes) => found.numberOfBytes(bytes, 2, bytes.length - 1))).toEqual(numbers);
    for (const unknown of ['order-', 'order-zzzz', 'u', ' ', 'Straße-😁'])
      expect(found.numberOf(unknown)).toBe(-1);
  });

  it('are the same when they are added again from their bytes', () => {
    const first = new StreamNames();
    for (const name of names) first.add(name);
    const again = new StreamNames();
    for (const [from, to] of [
      [0, 1_000],
      [1_000, names.length],
    ] as const) {
      const lengths = Uint32Array.from({ length: to - from }, (_, index) => first.byteLength(from + index));
      again.addAll(lengths, first.bytes(from, to));
    }
    for (const [number, name] of names.entries()) expect(again.numberOf(name)).toBe(number);
  });
});
