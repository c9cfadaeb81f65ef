import { describe, expect, it } from '@jest/globals';
import { Binary, Double, Int32, Long, MaxKey, MinKey, ObjectId, serialize, Timestamp } from 'bson';
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
  it('sort as their values compare, ascending and descending, over 20,000 generated pairs', () => {
    for (let i = 0; i < 20_000; i++) {
      const [a, b] = [generate(2), generate(2)];
      const [left, right] = [stored(a), stored(b)];
      const wanted = Math.sign(compareValues(left, right));
      const ascending = Math.sign(Buffer.compare(encodeKey(left), encodeKey(right)));
      const descending = Math.sign(Buffer.compare(encodeKey(left, true), encodeKey(right, true)));
      if (ascending !== wanted || descending + wanted !== 0) {
        throw new Error(
          `${JSON.stringify(a)} and ${JSON.stringify(b)}: compare ${wanted}, keys ${ascending} and ${descending}`,
        );
      }
    }
  });

  it('are the same for equal numbers of different types', () => {
    const keys = [new Int32(5), new Double(5), Long.fromBigInt(5n)].map((value) =>
      encodeKey(stored(value)).toString('hex'),
    );
    expect(new Set(keys).size).toBe(1);
    expect(encodeKey(stored(Long.fromBigInt(2n ** 53n + 1n)))).not.toEqual(
      encodeKey(stored(new Double(2 ** 53))),
    );
  });
});
