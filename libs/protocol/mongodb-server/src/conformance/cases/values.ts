import { type Document, MaxKey, MinKey, ObjectId } from 'mongodb';
import { binary, day, decimal, double, long, timestamp } from './case.js';

/** One document for each type of value, and for the values that queries treat in a way of their own. */
export const VALUES: Readonly<Record<string, Document>> = {
  minKey: { v: new MinKey() },
  missing: {},
  null: { v: null },
  nan: { v: double(Number.NaN) },
  negative: { v: -7 },
  int: { v: 5 },
  long: { v: long(5) },
  double: { v: double(5) },
  decimal: { v: decimal('5.0') },
  half: { v: 5.5 },
  big: { v: long(9_007_199_254_740_993n) },
  bigDouble: { v: double(9_007_199_254_740_992) },
  infinity: { v: double(Infinity) },
  empty: { v: '' },
  a: { v: 'a' },
  b: { v: 'b' },
  object: { v: { x: 1 } },
  swapped: { v: { y: 2, x: 1 } },
  noFields: { v: {} },
  noElements: { v: [] },
  five: { v: [5] },
  mixed: { v: [5, 'a', null] },
  nested: { v: [[5]] },
  objects: { v: [{ x: 1 }, { x: 2 }] },
  bytes: { v: binary('00ff') },
  uuid: { v: binary('00112233445566778899aabbccddeeff', 4) },
  id: { v: new ObjectId('0123456789abcdef01234567') },
  false: { v: false },
  true: { v: true },
  date: { v: day('2026-01-02T03:04:05.678Z') },
  timestamp: { v: timestamp(5, 1) },
  regex: { v: /^a/ },
  maxKey: { v: new MaxKey() },
};

/** All names but these. */
export function allBut(names: string): string {
  const unwanted = new Set(names.split(' '));
  return Object.keys(VALUES)
    .filter((name) => !unwanted.has(name))
    .join(' ');
}
