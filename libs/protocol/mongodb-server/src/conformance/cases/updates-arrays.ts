import { ObjectId } from 'mongodb';
import { binary, day, decimal, double, long, MANUAL, timestamp, type UpdateTable } from './case.js';

const page = (name: string) => `${MANUAL}reference/operator/update/${name}/`;

const EACH_TYPE: readonly unknown[] = [
  double(1.5),
  'text',
  { x: 1 },
  [1, 2],
  [],
  binary('00ff'),
  new ObjectId('0123456789abcdef01234567'),
  false,
  day('2026-01-02T03:04:05.678Z'),
  null,
  /^a/i,
  7,
  timestamp(5, 1),
  long(7),
  decimal('7.50'),
];
const NO_ARRAYS: readonly unknown[] = [
  1,
  'a',
  null,
  true,
  {},
  { x: 1 },
  double(1.5),
  day('2026-01-01T00:00:00Z'),
];

export const PUSH: UpdateTable = {
  operator: '$push',
  source: page('push'),
  rows: [
    ...EACH_TYPE.map((value) => [{ a: [0] }, { $push: { a: value } }, { a: [0, value] }] as const),
    ...EACH_TYPE.map(
      (value) => [{}, { $push: { a: { $each: [value, value] } } }, { a: [value, value] }] as const,
    ),
    ...NO_ARRAYS.map((value) => [{ a: value }, { $push: { a: 1 } }, 2] as const),
    [{}, { $push: { a: 1 } }, { a: [1] }],
    [{}, { $push: { 'a.b': 1 } }, { a: { b: [1] } }],
    [{ a: [[1]] }, { $push: { 'a.0': 2 } }, { a: [[1, 2]] }],
    [{ a: [1] }, { $push: { a: { x: 1, $each: [2] } } }, 2],
    [{ a: [1] }, { $push: { a: { $each: [] } } }, { a: [1] }],
    [{}, { $push: { a: { $each: [] } } }, { a: [] }],
    [{ a: [1] }, { $push: { a: { $each: [2, [3], { x: 4 }] } } }, { a: [1, 2, [3], { x: 4 }] }],
    [{ a: 1 }, { $push: { 'a.b': 1 } }, 28],
    [{ a: [1] }, { $push: { a: { $each: 2 } } }, 2],
    [{ a: [1] }, { $push: { a: { $each: null } } }, 2],
    [{ a: [1] }, { $push: { a: { $each: [2], $unknown: 1 } } }, 2],
    [{ a: [1] }, { $push: 5 }, 9],
  ],
};

const each = (values: readonly unknown[], modifiers: object) => ({
  $push: { a: { $each: values, ...modifiers } },
});

export const SLICE: UpdateTable = {
  operator: '$push with $slice',
  source: page('slice'),
  rows: [
    [{ a: [1, 2] }, each([3, 4], { $slice: 3 }), { a: [1, 2, 3] }],
    [{ a: [1, 2] }, each([3, 4], { $slice: -3 }), { a: [2, 3, 4] }],
    [{ a: [1, 2] }, each([3], { $slice: 0 }), { a: [] }],
    [{ a: [1, 2] }, each([3], { $slice: 10 }), { a: [1, 2, 3] }],
    [{ a: [1, 2] }, each([3], { $slice: -10 }), { a: [1, 2, 3] }],
    [{ a: [1, 2, 3] }, each([], { $slice: -1 }), { a: [3] }],
    [{ a: [1, 2, 3] }, each([], { $slice: 2 }), { a: [1, 2] }],
    [{ a: [1] }, each([2], { $slice: 1 }), { a: [1] }],
    [{}, each([1, 2, 3], { $slice: 2 }), { a: [1, 2] }],
    [{ a: [1, 2] }, each([3], { $slice: long(2) }), { a: [1, 2] }],
    [{ a: [1, 2] }, each([3], { $slice: double(2) }), { a: [1, 2] }],
    [{ a: [1, 2] }, each([3], { $slice: 1.5 }), 2],
    [{ a: [1, 2] }, each([3], { $slice: 'a' }), 2],
    [{ a: [1, 2] }, each([3], { $slice: null }), 2],
  ],
};

export const SORT: UpdateTable = {
  operator: '$push with $sort',
  source: page('sort'),
  rows: [
    [{ a: [3, 1] }, each([2], { $sort: 1 }), { a: [1, 2, 3] }],
    [{ a: [3, 1] }, each([2], { $sort: -1 }), { a: [3, 2, 1] }],
    [{ a: [3, 1, 2] }, each([], { $sort: 1 }), { a: [1, 2, 3] }],
    [{ a: [1, 2] }, each([], { $sort: 1 }), { a: [1, 2] }],
    [
      { a: ['b', 2, null, [1], { x: 1 }, true] },
      each([1.5], { $sort: 1 }),
      { a: [null, 1.5, 2, 'b', { x: 1 }, [1], true] },
    ],
    [{ a: [long(3), double(1)] }, each([2], { $sort: 1 }), { a: [double(1), 2, long(3)] }],
    [
      { a: [{ x: 2 }, { x: 1 }] },
      each([{ x: 3 }], { $sort: { x: 1 } }),
      { a: [{ x: 1 }, { x: 2 }, { x: 3 }] },
    ],
    [{ a: [{ x: 2 }, { x: 1 }] }, each([], { $sort: { x: -1 } }), { a: [{ x: 2 }, { x: 1 }] }],
    [
      {
        a: [
          { x: 1, y: 2 },
          { x: 2, y: 1 },
        ],
      },
      each([{ x: 1, y: 1 }], { $sort: { x: 1, y: -1 } }),
      {
        a: [
          { x: 1, y: 2 },
          { x: 1, y: 1 },
          { x: 2, y: 1 },
        ],
      },
    ],
    [
      { a: [{ x: { y: 2 } }, { x: { y: 1 } }] },
      each([], { $sort: { 'x.y': 1 } }),
      { a: [{ x: { y: 1 } }, { x: { y: 2 } }] },
    ],
    [{ a: [{ x: 1 }, { y: 1 }] }, each([], { $sort: { x: 1 } }), { a: [{ y: 1 }, { x: 1 }] }],
    [{ a: [{ x: 1 }, 5] }, each([], { $sort: { x: 1 } }), { a: [5, { x: 1 }] }],
    [{ a: [3, 1, 2] }, each([5, 4], { $sort: 1, $slice: 3 }), { a: [1, 2, 3] }],
    [{ a: [3, 1, 2] }, each([5, 4], { $sort: -1, $slice: 2 }), { a: [5, 4] }],
    [{ a: [3, 1, 2] }, each([5, 4], { $slice: -2, $sort: 1 }), { a: [4, 5] }],
    [{ a: [1] }, each([2], { $sort: 2 }), 2],
    [{ a: [1] }, each([2], { $sort: 0 }), 2],
    [{ a: [1] }, each([2], { $sort: 'a' }), 2],
    [{ a: [1] }, each([2], { $sort: {} }), 2],
    [{ a: [1] }, each([2], { $sort: { x: 2 } }), 2],
    [{ a: [1] }, each([2], { $sort: { x: 'a' } }), 2],
    [{ a: [1] }, each([2], { $sort: { '': 1 } }), 2],
    [{ a: [1] }, each([2], { $sort: { 'x..y': 1 } }), 2],
    [{ a: [1] }, each([2], { $sort: { 'x.': 1 } }), 2],
  ],
};

export const POSITION: UpdateTable = {
  operator: '$push with $position',
  source: page('position'),
  rows: [
    [{ a: [1, 2] }, each([9], { $position: 0 }), { a: [9, 1, 2] }],
    [{ a: [1, 2] }, each([8, 9], { $position: 1 }), { a: [1, 8, 9, 2] }],
    [{ a: [1, 2] }, each([9], { $position: 2 }), { a: [1, 2, 9] }],
    [{ a: [1, 2] }, each([9], { $position: 10 }), { a: [1, 2, 9] }],
    [{ a: [1, 2, 3] }, each([9], { $position: -1 }), { a: [1, 2, 9, 3] }],
    [{ a: [1, 2, 3] }, each([8, 9], { $position: -2 }), { a: [1, 8, 9, 2, 3] }],
    [{ a: [1, 2] }, each([9], { $position: -10 }), { a: [9, 1, 2] }],
    [{ a: [1, 2] }, each([9], { $position: long(1) }), { a: [1, 9, 2] }],
    [{}, each([9], { $position: 3 }), { a: [9] }],
    [{ a: [1, 2] }, each([9], { $position: 0, $slice: 2 }), { a: [9, 1] }],
    [{ a: [1, 2] }, each([9], { $position: 1.5 }), 2],
    [{ a: [1, 2] }, each([9], { $position: 'a' }), 2],
    [{ a: [1, 2] }, each([9], { $position: null }), 2],
  ],
};

export const ADD_TO_SET: UpdateTable = {
  operator: '$addToSet',
  source: page('addToSet'),
  rows: [
    ...EACH_TYPE.map((value) => [{ a: [0] }, { $addToSet: { a: value } }, { a: [0, value] }] as const),
    ...EACH_TYPE.map((value) => [{ a: [0, value] }, { $addToSet: { a: value } }, { a: [0, value] }] as const),
    ...NO_ARRAYS.map((value) => [{ a: value }, { $addToSet: { a: 1 } }, 2] as const),
    [{ a: [1] }, { $addToSet: { a: double(1) } }, { a: [1] }],
    [{ a: [long(1)] }, { $addToSet: { a: 1 } }, { a: [long(1)] }],
    [{ a: [decimal('1.0')] }, { $addToSet: { a: 1 } }, { a: [decimal('1.0')] }],
    [{ a: [{ x: 1, y: 2 }] }, { $addToSet: { a: { x: 1, y: 2 } } }, { a: [{ x: 1, y: 2 }] }],
    [
      { a: [{ x: 1, y: 2 }] },
      { $addToSet: { a: { y: 2, x: 1 } } },
      {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
    ],
    [{ a: [1, 1] }, { $addToSet: { a: 1 } }, { a: [1, 1] }],
    [{ a: [1] }, { $addToSet: { a: [1, 2] } }, { a: [1, [1, 2]] }],
    [{ a: [1] }, { $addToSet: { a: { $each: [1, 2, 2, 3] } } }, { a: [1, 2, 3] }],
    [{ a: [1] }, { $addToSet: { a: { $each: [] } } }, { a: [1] }],
    [{}, { $addToSet: { a: 1 } }, { a: [1] }],
    [{}, { $addToSet: { a: { $each: [2, 1, 2] } } }, { a: [2, 1] }],
    [{}, { $addToSet: { 'a.b': 1 } }, { a: { b: [1] } }],
    [{ a: [1] }, { $addToSet: { a: { $each: 2 } } }, 14],
    [{ a: [1] }, { $addToSet: { a: { $each: [2], $slice: 1 } } }, 2],
    [{ a: [1] }, { $addToSet: 5 }, 9],
  ],
};

export const PULL: UpdateTable = {
  operator: '$pull',
  source: page('pull'),
  rows: [
    ...EACH_TYPE.filter((value) => !(value instanceof RegExp)).map(
      (value) => [{ a: [0, value, 0, value] }, { $pull: { a: value } }, { a: [0, 0] }] as const,
    ),
    ...NO_ARRAYS.map((value) => [{ a: value }, { $pull: { a: 1 } }, 2] as const),
    [{ a: [1, double(1), long(1), decimal('1'), 2] }, { $pull: { a: 1 } }, { a: [2] }],
    [{ a: [1, 2] }, { $pull: { a: 3 } }, { a: [1, 2] }],
    [{}, { $pull: { a: 3 } }, {}],
    [{ b: 1 }, { $pull: { 'a.b': 3 } }, { b: 1 }],
    [{ a: [] }, { $pull: { a: 3 } }, { a: [] }],
    [{ a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
    [{ a: [1, 5, 9] }, { $pull: { a: { $gt: 1, $lt: 9 } } }, { a: [1, 9] }],
    [{ a: [1, 5, 9] }, { $pull: { a: { $in: [1, 9] } } }, { a: [5] }],
    [{ a: [1, 5, 9] }, { $pull: { a: { $ne: 5 } } }, { a: [5] }],
    [{ a: ['apple', 'pear'] }, { $pull: { a: /^a/ } }, { a: ['pear'] }],
    [{ a: ['apple', 'pear'] }, { $pull: { a: { $regex: '^P', $options: 'i' } } }, { a: ['apple'] }],
    [{ a: [null, 1] }, { $pull: { a: null } }, { a: [1] }],
    [
      {
        a: [
          { x: 1, y: 1 },
          { x: 2, y: 1 },
        ],
      },
      { $pull: { a: { x: 1 } } },
      { a: [{ x: 2, y: 1 }] },
    ],
    [
      {
        a: [
          { x: 1, y: 1 },
          { x: 2, y: 1 },
        ],
      },
      { $pull: { a: { y: 1, x: 2 } } },
      { a: [{ x: 1, y: 1 }] },
    ],
    [{ a: [{ x: 1 }, { x: 5 }, 7] }, { $pull: { a: { x: { $gte: 2 } } } }, { a: [{ x: 1 }, 7] }],
    [{ a: [{ x: [1, 2] }, { x: [3] }] }, { $pull: { a: { x: 2 } } }, { a: [{ x: [3] }] }],
    [{ a: [{ x: { y: 1 } }, { x: { y: 2 } }] }, { $pull: { a: { 'x.y': 1 } } }, { a: [{ x: { y: 2 } }] }],
    [{ a: [{ x: 1 }, { y: 1 }] }, { $pull: { a: { x: null } } }, { a: [{ x: 1 }] }],
    [{ a: [{ x: 1 }, { x: 2 }] }, { $pull: { a: { $or: [{ x: 1 }, { x: 9 }] } } }, { a: [{ x: 2 }] }],
    [
      { a: [{ r: [{ q: 1, s: 5 }] }, { r: [{ q: 2, s: 8 }] }] },
      { $pull: { a: { r: { $elemMatch: { q: 2, s: { $gte: 8 } } } } } },
      { a: [{ r: [{ q: 1, s: 5 }] }] },
    ],
    [{ a: [[1, 2], [3]] }, { $pull: { a: [1, 2] } }, { a: [[3]] }],
    [{ a: { b: [1, 2] } }, { $pull: { 'a.b': 1 } }, { a: { b: [2] } }],
    [{ a: [{ b: [1, 2] }, { b: [2] }] }, { $pull: { 'a.$[].b': 2 } }, { a: [{ b: [1] }, { b: [] }] }],
    [{ a: [1] }, { $pull: { a: { $unknown: 1 } } }, 2],
    [{ a: [1] }, { $pull: 5 }, 9],
  ],
};

export const PULL_ALL: UpdateTable = {
  operator: '$pullAll',
  source: page('pullAll'),
  rows: [
    ...EACH_TYPE.map(
      (value) => [{ a: [0, value, 0, value] }, { $pullAll: { a: [value] } }, { a: [0, 0] }] as const,
    ),
    ...NO_ARRAYS.map((value) => [{ a: value }, { $pullAll: { a: [1] } }, 2] as const),
    ...NO_ARRAYS.map((value) => [{ a: [1] }, { $pullAll: { a: value } }, 2] as const),
    [{ a: [1, 2, 3, 2] }, { $pullAll: { a: [2, 3] } }, { a: [1] }],
    [{ a: [1, double(1), long(1)] }, { $pullAll: { a: [1] } }, { a: [] }],
    [{ a: [1, 2] }, { $pullAll: { a: [] } }, { a: [1, 2] }],
    [{ a: [1, 2] }, { $pullAll: { a: [3] } }, { a: [1, 2] }],
    [{ a: [{ x: 1, y: 2 }, { x: 1 }] }, { $pullAll: { a: [{ x: 1 }] } }, { a: [{ x: 1, y: 2 }] }],
    [{}, { $pullAll: { a: [1] } }, {}],
    [{ a: [1] }, { $pullAll: 5 }, 9],
  ],
};

export const POP: UpdateTable = {
  operator: '$pop',
  source: page('pop'),
  rows: [
    [{ a: [1, 2, 3] }, { $pop: { a: 1 } }, { a: [1, 2] }],
    [{ a: [1, 2, 3] }, { $pop: { a: -1 } }, { a: [2, 3] }],
    [{ a: [1, 2, 3] }, { $pop: { a: double(1) } }, { a: [1, 2] }],
    [{ a: [1, 2, 3] }, { $pop: { a: long(-1) } }, { a: [2, 3] }],
    [{ a: [1] }, { $pop: { a: 1 } }, { a: [] }],
    [{ a: [] }, { $pop: { a: 1 } }, { a: [] }],
    [{}, { $pop: { a: 1 } }, {}],
    [{ b: 1 }, { $pop: { 'a.b': 1 } }, { b: 1 }],
    [{ a: [[1, 2], 3] }, { $pop: { 'a.0': 1 } }, { a: [[1], 3] }],
    ...NO_ARRAYS.map((value) => [{ a: value }, { $pop: { a: 1 } }, 14] as const),
    [{ a: [1] }, { $pop: { a: 2 } }, 9],
    [{ a: [1] }, { $pop: { a: 0 } }, 9],
    [{ a: [1] }, { $pop: { a: 1.5 } }, 9],
    [{ a: [1] }, { $pop: { a: 'a' } }, 9],
    [{ a: [1] }, { $pop: { a: null } }, 9],
    [{ a: [1] }, { $pop: { a: true } }, 9],
    [{ a: [1] }, { $pop: 5 }, 9],
  ],
};

const at = (filter: object) => ({ filter });
const by = (...arrayFilters: object[]) => ({ arrayFilters });
const GRADES = [
  { g: 80, m: 75 },
  { g: 85, m: 90 },
  { g: 90, m: 85 },
];

export const POSITIONAL: UpdateTable = {
  operator: '$ (first match)',
  source: page('positional'),
  rows: [
    [{ a: [80, 82, 80] }, { $set: { 'a.$': 9 } }, { a: [9, 82, 80] }, at({ a: 80 })],
    [{ a: [80, 82] }, { $set: { 'a.$': 9 } }, { a: [80, 9] }, at({ a: { $gt: 81 } })],
    [{ a: [80, 82] }, { $inc: { 'a.$': 1 } }, { a: [80, 83] }, at({ a: { $in: [82, 99] } })],
    [{ a: ['x', 'y'] }, { $unset: { 'a.$': '' } }, { a: ['x', null] }, at({ a: /^y/ })],
    [
      { a: GRADES },
      { $set: { 'a.$.m': 0 } },
      { a: [GRADES[0], { g: 85, m: 0 }, GRADES[2]] },
      at({ 'a.g': 85 }),
    ],
    [
      { a: GRADES },
      { $set: { 'a.$.m': 0 } },
      { a: [GRADES[0], GRADES[1], { g: 90, m: 0 }] },
      at({ a: { $elemMatch: { g: { $gt: 80 }, m: { $lt: 90 } } } }),
    ],
    [{ a: [1, 5], b: 1 }, { $set: { 'a.$': 9 } }, { a: [1, 9], b: 1 }, at({ b: 1, a: { $gte: 5 } })],
    [{ a: [1, 5] }, { $set: { 'a.$': 9 } }, { a: [1, 9] }, at({ $and: [{ a: 5 }] })],
    [{ a: { b: [1, 2] } }, { $set: { 'a.b.$': 9 } }, { a: { b: [1, 9] } }, at({ 'a.b': 2 })],
    [{ a: [{ b: [1, 2] }] }, { $push: { 'a.$.b': 3 } }, { a: [{ b: [1, 2, 3] }] }, at({ 'a.b': 2 })],
    [{ a: [1, 2] }, { $set: { 'a.$': 9 } }, 2],
    [{ a: 1, b: [2] }, { $set: { 'b.$': 9 } }, 2, at({ a: 1 })],
    [{ a: [1] }, { $set: { 'a.$.b': 9 } }, 28, at({ a: 1 })],
  ],
};

export const POSITIONAL_ALL: UpdateTable = {
  operator: '$[] (all elements)',
  source: page('positional-all'),
  rows: [
    [{ a: [1, 2, 3] }, { $inc: { 'a.$[]': 10 } }, { a: [11, 12, 13] }],
    [{ a: [] }, { $inc: { 'a.$[]': 10 } }, { a: [] }],
    [{ a: [{ b: 1 }, { b: 2 }] }, { $set: { 'a.$[].b': 0 } }, { a: [{ b: 0 }, { b: 0 }] }],
    [{ a: [{ b: 1 }, {}] }, { $set: { 'a.$[].c': 0 } }, { a: [{ b: 1, c: 0 }, { c: 0 }] }],
    [{ a: [[1, 2], [3]] }, { $mul: { 'a.$[].$[]': 2 } }, { a: [[2, 4], [6]] }],
    [{ a: [{ b: [1] }, { b: [2, 3] }] }, { $inc: { 'a.$[].b.$[]': 1 } }, { a: [{ b: [2] }, { b: [3, 4] }] }],
    [{ a: [1, 2] }, { $unset: { 'a.$[]': '' } }, { a: [null, null] }],
    [{ a: 1 }, { $inc: { 'a.$[]': 1 } }, 2],
    [{}, { $inc: { 'a.$[]': 1 } }, 2],
    [{ a: { b: 1 } }, { $inc: { 'a.$[]': 1 } }, 2],
    [{ a: [1, 'x'] }, { $inc: { 'a.$[]': 1 } }, 14],
    [{ a: [1, { b: 1 }] }, { $set: { 'a.$[].b': 1 } }, 28],
  ],
};

export const POSITIONAL_FILTERED: UpdateTable = {
  operator: '$[<identifier>] (filtered elements)',
  source: page('positional-filtered'),
  rows: [
    [{ a: [95, 102, 110] }, { $set: { 'a.$[e]': 100 } }, { a: [95, 100, 100] }, by({ e: { $gte: 100 } })],
    [{ a: [1, 2] }, { $set: { 'a.$[e]': 9 } }, { a: [1, 2] }, by({ e: 5 })],
    [{ a: [] }, { $set: { 'a.$[e]': 9 } }, { a: [] }, by({ e: 5 })],
    [
      { a: GRADES },
      { $set: { 'a.$[e].m': 100 } },
      { a: [GRADES[0], { g: 85, m: 100 }, { g: 90, m: 100 }] },
      by({ 'e.g': { $gte: 85 } }),
    ],
    [
      { a: GRADES },
      { $inc: { 'a.$[e].m': -1 } },
      { a: [GRADES[0], GRADES[1], { g: 90, m: 84 }] },
      by({ 'e.g': { $gte: 80 }, 'e.m': { $gt: 80, $lt: 90 } }),
    ],
    [
      { a: GRADES },
      { $set: { 'a.$[e].m': 0 } },
      { a: [{ g: 80, m: 0 }, GRADES[1], { g: 90, m: 0 }] },
      by({ $or: [{ 'e.g': 80 }, { 'e.g': 90 }] }),
    ],
    [{ a: [1, 2, 3] }, { $set: { 'a.$[e]': 0 } }, { a: [0, 2, 0] }, by({ e: { $ne: 2 } })],
    [{ a: [1, 2, 3] }, { $set: { 'a.$[e]': 0 } }, { a: [1, 0, 3] }, by({ e: { $not: { $ne: 2 } } })],
    [{ a: ['x', 1] }, { $set: { 'a.$[e]': 0 } }, { a: [0, 1] }, by({ e: { $type: 'string' } })],
    [
      {
        a: [
          { t: 'q', n: [8, 3] },
          { t: 'x', n: [8] },
        ],
      },
      { $inc: { 'a.$[t].n.$[s]': -2 } },
      {
        a: [
          { t: 'q', n: [6, 3] },
          { t: 'x', n: [8] },
        ],
      },
      by({ 't.t': 'q' }, { s: { $gte: 8 } }),
    ],
    [
      { a: [{ n: [8, 3] }, { n: [9] }] },
      { $inc: { 'a.$[].n.$[s]': 1 } },
      { a: [{ n: [9, 3] }, { n: [10] }] },
      by({ s: { $gte: 8 } }),
    ],
    [
      { a: [1, 2], b: [1, 2] },
      { $set: { 'a.$[x]': 0, 'b.$[y]': 0 } },
      { a: [0, 2], b: [1, 0] },
      by({ x: 1 }, { y: 2 }),
    ],
    [{ a: [1] }, { $set: { 'a.$[e]': 0 } }, 2],
    [{ a: [1] }, { $set: { 'a.$[e]': 0 } }, 2, by({ f: 1 })],
    [{ a: [1] }, { $set: { a: 0 } }, 9, by({ e: 1 })],
    [{ a: [1] }, { $set: { 'a.$[e]': 0 } }, 9, by({ e: 1 }, { e: 2 })],
    [{ a: [1] }, { $set: { 'a.$[e]': 0 } }, 9, by({ e: 1, f: 1 })],
    [{ a: [1] }, { $set: { 'a.$[e]': 0 } }, 9, by({})],
    [{ a: [1] }, { $set: { 'a.$[E]': 0 } }, 2, by({ E: 1 })],
    [{ a: [1] }, { $set: { 'a.$[e]': 0 } }, 2, by({ e: { $unknown: 1 } })],
    [{ a: 5 }, { $set: { 'a.$[e]': 0 } }, 2, by({ e: 1 })],
    [{}, { $set: { 'a.$[e]': 0 } }, 2, by({ e: 1 })],
    [{ a: [1] }, [{ $set: { a: 0 } }], 9, by({ e: 1 })],
  ],
};
