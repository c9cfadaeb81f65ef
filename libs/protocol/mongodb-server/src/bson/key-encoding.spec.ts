import { describe, expect, it } from '@jest/globals';
import {
  Binary,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from 'bson';
import { seeded } from '#libs/testing';
import { compareValues } from './compare.js';
import { encodeKey } from './key-encoding.js';
import { BsonValue } from './value.js';

const next = seeded(20_261_121);
const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;

const NUMBERS = [
  new Int32(0),
  new Int32(5),
  new Int32(-5),
  new Int32(2_147_483_647),
  new Double(5),
  new Double(-0),
  new Double(5.5),
  new Double(Number.NaN),
  new Double(Infinity),
  new Double(-Infinity),
  new Double(1e300),
  new Double(5e-324),
  new Double(-1.5),
  Long.fromBigInt(5n),
  Long.fromBigInt(2n ** 53n),
  Long.fromBigInt(2n ** 53n + 1n),
  Long.fromBigInt(2n ** 53n + 2n),
  new Double(2 ** 53 + 2),
  Long.fromBigInt(-(2n ** 53n) - 1n),
  Long.fromBigInt(2n ** 63n - 1n),
  Long.fromBigInt(-(2n ** 63n)),
  new Double(2 ** 63),
  new Double(-(2 ** 63)),
  ...['0', '-0', '5', '5.00', '0.1', '-0.1', '5.5', '1E-6000', '-1E-6000', '9E+6000', '-9E+6000', 'NaN'].map(
    (text) => Decimal128.fromString(text),
  ),
  ...['Infinity', '-Infinity', '9007199254740993', '9007199254740992.5', '0.30000000000000004'].map((text) =>
    Decimal128.fromString(text),
  ),
  new Double(0.1),
  new Double(-0.1),
  new Double(0.1 + 0.2),
  new Double(Number.MAX_VALUE),
  new Double(-Number.MAX_VALUE),
];
const STRINGS = ['', 'a', 'a\0', 'a\0b', 'ab', 'b', 'é', '\uffff', '😀', 'A', 'a'.repeat(50)];

function generate(depth: number): unknown {
  const kind = Math.floor(next() * (depth > 0 ? 13 : 11));
  switch (kind) {
    case 0:
    case 1:
      return next() < 0.6 ? pick(NUMBERS) : new Double((next() - 0.5) * 10 ** Math.floor(next() * 20));
    case 2:
      return pick(STRINGS);
    case 3:
      return null;
    case 4:
      return next() < 0.5;
    case 5:
      return new Date(pick([0, 1, -1, 1e12, -1e12, Math.floor(next() * 1e13)]));
    case 6:
      return new ObjectId(pick(['0'.repeat(24), 'f'.repeat(24), '0123456789abcdef01234567']));
    case 7:
      return new Binary(Buffer.from(pick(['', 'a', 'ab', '\0', '\xff'])), pick([0, 4, 128]));
    case 8:
      return new Timestamp({ t: Math.floor(next() * 3), i: Math.floor(next() * 3) });
    case 9:
      return pick([new MinKey(), new MaxKey()]);
    case 10:
      return new RegExp(pick(['a', 'b', 'ab']), pick(['', 'i']));
    case 11:
      return Array.from({ length: Math.floor(next() * 4) }, () => generate(depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: Math.floor(next() * 4) }, () => [
          pick(['a', 'b', 'ab', 'é']),
          generate(depth - 1),
        ]),
      );
  }
}

function stored(value: unknown): BsonValue {
  const bytes = Buffer.from(serialize({ v: value }));
  return new BsonValue(bytes[4] as number, bytes, 7, bytes.length - 1);
}

describe('keys of indexes', () => {
  it('sort as their values compare, ascending and descending, over all 100,128 pairs of generated values', () => {
    const values = Array.from({ length: 448 }, () => stored(generate(2)));
    const ascending = values.map((value) => encodeKey(value));
    const descending = values.map((value) => encodeKey(value, true));
    for (let i = 0; i < values.length; i++) {
      for (let j = i; j < values.length; j++) {
        const wanted = Math.sign(compareValues(values[i]!, values[j]!));
        const up = Math.sign(Buffer.compare(ascending[i]!, ascending[j]!));
        const down = Math.sign(Buffer.compare(descending[i]!, descending[j]!));
        if (up !== wanted || down + wanted !== 0) {
          const [a, b] = [values[i]!, values[j]!].map((value) => value.raw().toString('hex'));
          throw new Error(`${a} and ${b}: compare ${wanted}, keys ${up} and ${down}`);
        }
      }
    }
    expect((values.length * (values.length - 1)) / 2).toBe(100_128);
  });

  it('are the same for equal numbers of different types', () => {
    const fives = [new Int32(5), new Double(5), Long.fromBigInt(5n), Decimal128.fromString('5.00')];
    const keys = fives.map((value) => encodeKey(stored(value)).toString('hex'));
    expect(new Set(keys).size).toBe(1);
    expect(encodeKey(stored(Long.fromBigInt(2n ** 53n + 1n)))).not.toEqual(
      encodeKey(stored(new Double(2 ** 53))),
    );
  });
});
