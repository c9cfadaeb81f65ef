import { MaxKey, MinKey, ObjectId } from 'mongodb';
import { binary, day, decimal, double, long, MANUAL, timestamp, type UpdateTable } from './case.js';

const page = (name: string) => `${MANUAL}reference/operator/update/${name}/`;
const ID = new ObjectId('0123456789abcdef01234567');
const DATE = day('2026-01-02T03:04:05.678Z');

/** One value of each type, to be stored as it is. */
const EACH_TYPE: readonly unknown[] = [
  double(1.5),
  double(3),
  'text',
  '',
  { x: 1, y: { z: 2 } },
  {},
  [1, 'a', null],
  [],
  binary('00ff'),
  binary('00112233445566778899aabbccddeeff', 4),
  ID,
  false,
  true,
  DATE,
  null,
  /^a/i,
  7,
  timestamp(5, 1),
  long(7),
  decimal('7.50'),
  new MinKey(),
  new MaxKey(),
];

export const SET: UpdateTable = {
  operator: '$set',
  source: page('set'),
  rows: [
    ...EACH_TYPE.map((value) => [{ a: 'before' }, { $set: { a: value } }, { a: value }] as const),
    ...EACH_TYPE.map((value) => [{}, { $set: { a: value } }, { a: value }] as const),
    ...EACH_TYPE.map((value) => [{ a: value }, { $set: { a: value } }, { a: value }] as const),
    [{ a: 1 }, { $set: { a: double(1) } }, { a: double(1) }],
    [{ a: double(1) }, { $set: { a: 1 } }, { a: 1 }],
    [{ a: 1 }, { $set: { a: long(1) } }, { a: long(1) }],
    [{ a: { x: 1, y: 2 } }, { $set: { a: { y: 2, x: 1 } } }, { a: { y: 2, x: 1 } }],
    [{ a: 1, b: 2 }, { $set: { b: 3, a: 4 } }, { a: 4, b: 3 }],
    [{}, { $set: { b: 1, a: 2 } }, { a: 2, b: 1 }],
    [{}, { $set: { 'a.10': 1, 'a.9': 2 } }, { a: { 9: 2, 10: 1 } }],
    [{}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
    [{ a: { b: 1 } }, { $set: { 'a.c': 2 } }, { a: { b: 1, c: 2 } }],
    [{ a: {} }, { $set: { 'a.b.c': 2 } }, { a: { b: { c: 2 } } }],
    [{ a: [1, 2] }, { $set: { 'a.0': 9 } }, { a: [9, 2] }],
    [{ a: [1] }, { $set: { 'a.3': 9 } }, { a: [1, null, null, 9] }],
    [{ a: [] }, { $set: { 'a.0': 9 } }, { a: [9] }],
    [{ a: [{ b: 1 }] }, { $set: { 'a.0.b': 2 } }, { a: [{ b: 2 }] }],
    [{ a: [{ b: 1 }] }, { $set: { 'a.1.b': 2 } }, { a: [{ b: 1 }, { b: 2 }] }],
    [{ a: [[1, 2], 3] }, { $set: { 'a.0.1': 9 } }, { a: [[1, 9], 3] }],
    [{ a: 1 }, { $set: { 'a.b': 1 } }, 28],
    [{ a: 'text' }, { $set: { 'a.b': 1 } }, 28],
    [{ a: null }, { $set: { 'a.b': 1 } }, 28],
    [{ a: true }, { $set: { 'a.0': 1 } }, 28],
    [{ a: [1] }, { $set: { 'a.b': 1 } }, 28],
    [{ a: [1] }, { $set: { 'a.0.b': 1 } }, 28],
    [{ a: { b: 1 } }, { $set: { 'a.b.c': 1 } }, 28],
    [{ a: 1 }, { $set: { _id: 'other' } }, 66],
    [{ a: 1 }, { $set: { '': 1 } }, 56],
    [{ a: 1 }, { $set: { 'a..b': 1 } }, 56],
    [{ a: 1 }, { $set: { 'a.': 1 } }, 56],
    [{ a: 1 }, { $set: { '.a': 1 } }, 56],
    [{ a: 1 }, { $set: { a: 1, 'a.b': 2 } }, 40],
    [{ a: 1 }, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
    [{ a: 1 }, { $set: { 'a.b': 1 }, $unset: { a: 1 } }, 40],
    [{ a: 1 }, { $set: 5 }, 9],
    [{ a: 1 }, { $set: 'a' }, 9],
    [{ a: 1 }, { $set: [1] }, 9],
    [{ a: 1 }, { $set: {} }, { a: 1 }],
    [{ a: 1 }, { $unknown: { a: 1 } }, 9],
    [{ a: 1 }, { $set: { a: 2 }, b: 1 }, 9],
  ],
};

export const UNSET: UpdateTable = {
  operator: '$unset',
  source: page('unset'),
  rows: [
    ...EACH_TYPE.map((value) => [{ a: value, b: 1 }, { $unset: { a: '' } }, { b: 1 }] as const),
    [{ a: 1, b: 2 }, { $unset: { a: '', b: '' } }, {}],
    [{ a: 1 }, { $unset: { b: '' } }, { a: 1 }],
    [{ a: 1 }, { $unset: { 'a.b': '' } }, { a: 1 }],
    [{ a: 1 }, { $unset: { 'b.c.d': '' } }, { a: 1 }],
    [{ a: { b: 1, c: 2 } }, { $unset: { 'a.b': 1 } }, { a: { c: 2 } }],
    [{ a: { b: 1 } }, { $unset: { 'a.b': true } }, { a: {} }],
    [{ a: [1, 2, 3] }, { $unset: { 'a.1': '' } }, { a: [1, null, 3] }],
    [{ a: [1, 2] }, { $unset: { 'a.5': '' } }, { a: [1, 2] }],
    [{ a: [{ b: 1, c: 1 }] }, { $unset: { 'a.0.b': '' } }, { a: [{ c: 1 }] }],
    [{ a: [{ b: 1 }, { b: 2 }] }, { $unset: { 'a.$[].b': '' } }, { a: [{}, {}] }],
    [{ a: [1, 2] }, { $unset: { 'a.b': '' } }, { a: [1, 2] }],
    [{ a: 1 }, { $unset: { _id: '' } }, 66],
    [{ a: 1 }, { $unset: { '': '' } }, 56],
    [{ a: 1 }, { $unset: 'a' }, 9],
  ],
};

const MIN_MAX: readonly (readonly [smaller: unknown, larger: unknown])[] = [
  [1, 2],
  [1, 1.5],
  [long(1), 2],
  [double(1.5), long(2)],
  [1, decimal('1.01')],
  [decimal('-3'), double(-2.5)],
  [long(9_007_199_254_740_992n), long(9_007_199_254_740_993n)],
  [double(Number.NaN), -5],
  [double(-Infinity), 0],
  ['a', 'b'],
  ['', 'a'],
  ['A', 'a'],
  ['z', 'é'],
  ['\uffff', '😀'],
  [null, 0],
  [5, 'a'],
  ['a', { x: 1 }],
  [{ x: 1 }, { x: 2 }],
  [{ x: 1 }, { y: 0 }],
  [{ x: 1 }, { x: 1, y: 1 }],
  [{ x: 1 }, [0]],
  [[1], [2]],
  [[1], [1, 1]],
  [[5], binary('00')],
  [binary('ff'), binary('0000')],
  [binary('00'), ID],
  [ID, new ObjectId('f'.repeat(24))],
  [ID, false],
  [false, true],
  [true, DATE],
  [DATE, day('2026-01-02T03:04:05.679Z')],
  [DATE, timestamp(1, 1)],
  [timestamp(1, 1), timestamp(1, 2)],
  [timestamp(1, 1), /a/],
  [/a/, new MaxKey()],
  [new MinKey(), null],
];
/** Equal in order: the stored value stays as it is. */
const SAME: readonly (readonly [unknown, unknown])[] = [
  [1, double(1)],
  [long(1), 1],
  [decimal('1.0'), 1],
  [double(0), double(-0)],
  ['a', 'a'],
  [{ x: 1 }, { x: long(1) }],
];

const extreme = (operator: '$min' | '$max', keepsFirst: boolean): UpdateTable['rows'] => [
  ...MIN_MAX.flatMap(([smaller, larger]) => {
    const kept = keepsFirst ? smaller : larger;
    return [
      [{ a: smaller }, { [operator]: { a: larger } }, { a: kept }],
      [{ a: larger }, { [operator]: { a: smaller } }, { a: kept }],
    ] as const;
  }),
  ...SAME.map(([there, given]) => [{ a: there }, { [operator]: { a: given } }, { a: there }] as const),
  [{}, { [operator]: { a: 5 } }, { a: 5 }],
  [{}, { [operator]: { 'a.b': null } }, { a: { b: null } }],
  [{ a: [3] }, { [operator]: { 'a.0': 3 } }, { a: [3] }],
  [{ a: 1 }, { [operator]: { 'a.b': 3 } }, 28],
  [{ a: 1 }, { [operator]: { _id: operator === '$min' ? ' ' : 'zzz' } }, 66],
  [{ a: 1 }, { [operator]: 5 }, 9],
];

export const MIN: UpdateTable = { operator: '$min', source: page('min'), rows: extreme('$min', true) };
export const MAX: UpdateTable = { operator: '$max', source: page('max'), rows: extreme('$max', false) };

export const RENAME: UpdateTable = {
  operator: '$rename',
  source: page('rename'),
  rows: [
    ...EACH_TYPE.map((value) => [{ a: value, b: 1 }, { $rename: { a: 'c' } }, { b: 1, c: value }] as const),
    [{ a: 1, b: 2 }, { $rename: { a: 'b' } }, { b: 1 }],
    [{ a: 1, b: 2, c: 3 }, { $rename: { a: 'x', b: 'y' } }, { c: 3, x: 1, y: 2 }],
    [{ a: 1 }, { $rename: { b: 'c' } }, { a: 1 }],
    [{ a: 1, c: 2 }, { $rename: { b: 'c' } }, { a: 1, c: 2 }],
    [{ a: 1 }, { $rename: { a: 'x.y' } }, { x: { y: 1 } }],
    [{ a: { b: 1, c: 2 } }, { $rename: { 'a.b': 'b' } }, { a: { c: 2 }, b: 1 }],
    [{ a: { b: 1 }, c: { d: 1 } }, { $rename: { 'a.b': 'c.e' } }, { a: {}, c: { d: 1, e: 1 } }],
    [{ a: 1, b: 2 }, { $rename: { a: 'b.c' } }, 28],
    [{ a: [{ b: 1 }] }, { $rename: { 'a.0.b': 'c' } }, 2],
    [{ a: 1, b: [1] }, { $rename: { a: 'b.0' } }, 2],
    [{ a: 1 }, { $rename: { a: 'a' } }, 2],
    [{ a: 1 }, { $rename: { a: 5 } }, 2],
    [{ a: 1 }, { $rename: { a: null } }, 2],
    [{ a: 1 }, { $rename: { a: '' } }, 56],
    [{ a: 1 }, { $rename: { 'a.$': 'b' } }, 2],
    [{ a: 1 }, { $rename: { a: 'b.$[]' } }, 2],
    [{ a: { b: 1 } }, { $rename: { a: 'a.c' } }, 2],
    [{ a: { b: 1 } }, { $rename: { 'a.b': 'a' } }, 2],
    [{ a: 1, b: 1 }, { $rename: { a: 'c' }, $set: { c: 1 } }, 40],
    [{ a: 1, b: 1 }, { $rename: { a: 'c' }, $set: { a: 1 } }, 40],
    [{ a: 1 }, { $rename: { a: '_id' } }, 66],
    [{ a: 1 }, { $rename: { _id: 'a' } }, 66],
  ],
};

export const SET_ON_INSERT: UpdateTable = {
  operator: '$setOnInsert',
  source: page('setOnInsert'),
  rows: [
    [{ a: 1 }, { $setOnInsert: { a: 2 } }, { a: 1 }],
    [{ a: 1 }, { $setOnInsert: { b: 2 } }, { a: 1 }],
    [{ a: 1 }, { $setOnInsert: { b: 2 }, $set: { c: 3 } }, { a: 1, c: 3 }],
    [{ a: 1 }, { $setOnInsert: { a: 2 }, $set: { a: 3 } }, 40],
    [{ a: 1 }, { $setOnInsert: 5 }, 9],
  ],
};

export const CURRENT_DATE: UpdateTable = {
  operator: '$currentDate (errors; the times themselves: updates.int.spec.ts)',
  source: page('currentDate'),
  rows: [
    [{ a: 1 }, { $currentDate: { a: 'date' } }, 2],
    [{ a: 1 }, { $currentDate: { a: 1 } }, 2],
    [{ a: 1 }, { $currentDate: { a: null } }, 2],
    [{ a: 1 }, { $currentDate: { a: {} } }, 2],
    [{ a: 1 }, { $currentDate: { a: { $type: 'time' } } }, 2],
    [{ a: 1 }, { $currentDate: { a: { $type: 9 } } }, 2],
    [{ a: 1 }, { $currentDate: { a: { type: 'date' } } }, 2],
    [{ a: 1 }, { $currentDate: { 'a.b': true } }, 28],
    [{ a: 1 }, { $currentDate: { a: true }, $set: { a: 1 } }, 40],
    [{ a: 1 }, { $currentDate: 5 }, 9],
  ],
};

export const TOGETHER: UpdateTable = {
  operator: 'several operators',
  source: `${MANUAL}reference/method/db.collection.updateOne/`,
  rows: [
    [{ a: 1 }, { $set: { a: 2 }, $inc: { b: 1 }, $push: { c: 1 } }, { a: 2, b: 1, c: [1] }],
    [{ b: 1 }, { $push: { c: 1 }, $set: { a: 2 }, $inc: { b: 1 } }, { b: 2, a: 2, c: [1] }],
    [{ a: 1 }, { $inc: { a: 1 }, $mul: { a: 2 } }, 40],
    [{ a: { b: 1 } }, { $inc: { 'a.b': 1 }, $set: { 'a.c': 1 } }, { a: { b: 2, c: 1 } }],
    [{ a: 1 }, { $set: { $: 1 } }, 2],
    [{ a: 1 }, { $set: { '$.a': 1 } }, 2],
    [{ a: 1 }, { $set: { '$[].a': 1 } }, 2],
  ],
};
