import { BSONRegExp, type Document } from 'mongodb';
import { binary, decimal, double, long, MANUAL, type QueryTable, REFUSED } from './case.js';
import { allBut, VALUES } from './values.js';

const FIVES = 'int long double decimal five mixed';

const logical = (name: string) => `${MANUAL}reference/operator/query/${name}/`;

const badLists = (operator: string): QueryTable['rows'] => [
  [{ [operator]: [] }, 2],
  [{ [operator]: 1 }, 2],
  [{ [operator]: { v: 1 } }, 2],
  [{ [operator]: [1] }, 2],
  [{ [operator]: ['v'] }, 2],
];

export const AND: QueryTable = {
  operator: '$and',
  source: logical('and'),
  documents: VALUES,
  rows: [
    [{ $and: [{ v: 5 }] }, FIVES],
    [{ $and: [{ v: 5 }, { v: 'a' }] }, 'mixed'],
    [{ $and: [{ v: { $gt: 0 } }, { v: { $lt: 5.2 } }] }, FIVES],
    [{ $and: [{}, { v: true }] }, 'true'],
    [{ $and: [{ $and: [{ v: 5 }] }, { $or: [{ v: null }] }] }, 'mixed'],
    ...badLists('$and'),
  ],
};

export const OR: QueryTable = {
  operator: '$or',
  source: logical('or'),
  documents: VALUES,
  rows: [
    [{ $or: [{ v: true }, { v: false }] }, 'true false'],
    [{ $or: [{ v: 5 }, { v: 5 }] }, FIVES],
    [{ $or: [{ v: 'b' }, { v: { $exists: false } }] }, 'b missing'],
    [{ $or: [{ v: 'nothing' }] }, ''],
    [{ v: { $type: 'int' }, $or: [{ v: 5 }, { v: -7 }] }, 'int negative five mixed'],
    ...badLists('$or'),
  ],
};

export const NOR: QueryTable = {
  operator: '$nor',
  source: logical('nor'),
  documents: VALUES,
  rows: [
    [{ $nor: [{ v: 5 }] }, allBut(FIVES)],
    [{ $nor: [{ v: 5 }, { v: null }] }, allBut(`${FIVES} null missing`)],
    [{ $nor: [{ v: { $exists: true } }] }, 'missing'],
    ...badLists('$nor'),
  ],
};

export const NOT: QueryTable = {
  operator: '$not',
  source: logical('not'),
  documents: VALUES,
  rows: [
    [{ v: { $not: { $eq: 5 } } }, allBut(FIVES)],
    [{ v: { $not: { $gt: 0 } } }, allBut(`${FIVES} half big bigDouble infinity`)],
    [{ v: { $not: { $gt: 0, $lt: 5.2 } } }, allBut(FIVES)],
    [{ v: { $not: /^a/ } }, allBut('a mixed regex')],
    [{ v: { $not: { $regex: '^a' } } }, allBut('a mixed regex')],
    [{ v: { $not: { $in: [true, false] } } }, allBut('true false')],
    [{ v: { $not: { $type: 'string' } } }, allBut('empty a b mixed')],
    [{ v: { $not: { $not: { $eq: 'b' } } } }, 'b'],
    [{ v: { $not: { $size: 1 } } }, allBut('five nested')],
    [{ v: { $not: {} } }, 2],
    [{ v: { $not: 5 } }, 2],
    [{ v: { $not: null } }, 2],
    [{ v: { $not: [] } }, 2],
  ],
};

export const SIZE: QueryTable = {
  operator: '$size',
  source: logical('size'),
  documents: VALUES,
  rows: [
    [{ v: { $size: 0 } }, 'noElements'],
    [{ v: { $size: 1 } }, 'five nested'],
    [{ v: { $size: double(2) } }, 'objects'],
    [{ v: { $size: long(3) } }, 'mixed'],
    [{ v: { $size: decimal('3') } }, 'mixed'],
    [{ v: { $size: 4 } }, ''],
    [{ 'v.0': { $size: 1 } }, 'nested'],
    [{ v: { $size: -1 } }, 2],
    [{ v: { $size: 1.5 } }, 2],
    [{ v: { $size: null } }, 2],
    [{ v: { $size: { $gt: 1 } } }, 2],
  ],
};

export const MOD: QueryTable = {
  operator: '$mod',
  source: logical('mod'),
  documents: {
    zero: { v: 0 },
    int: { v: 7 },
    long: { v: long(12) },
    double: { v: double(7) },
    fraction: { v: 7.9 },
    decimal: { v: decimal('12.5') },
    negative: { v: -7 },
    big: { v: long(9_007_199_254_740_993n) },
    nan: { v: double(Number.NaN) },
    infinity: { v: double(Infinity) },
    huge: { v: double(1e300) },
    string: { v: '7' },
    null: { v: null },
    missing: {},
    array: { v: [1, 12] },
    boolean: { v: true },
  },
  rows: [
    [{ v: { $mod: [4, 0] } }, 'zero long decimal array'],
    [{ v: { $mod: [4, 3] } }, 'int double fraction'],
    [{ v: { $mod: [4, -3] } }, 'negative'],
    [{ v: { $mod: [-4, 3] } }, 'int double fraction'],
    [{ v: { $mod: [4, 1] } }, 'big array'],
    [{ v: { $mod: [4.9, 0] } }, 'zero long decimal array'],
    [{ v: { $mod: [double(4), double(0)] } }, 'zero long decimal array'],
    [{ v: { $mod: [long(4), 3] } }, 'int double fraction'],
    [{ v: { $mod: [decimal('4.5'), 3] } }, 'int double fraction'],
    [{ v: { $mod: [-4.5, -0.5] } }, 'zero long decimal array'],
    [{ v: { $mod: [] } }, 2],
    [{ v: { $mod: [4] } }, 2],
    [{ v: { $mod: [4, 0, 1] } }, 2],
    [{ v: { $mod: [0, 1] } }, 2],
    [{ v: { $mod: [0.5, 1] } }, 2],
    [{ v: { $mod: ['a', 1] } }, 2],
    [{ v: { $mod: [4, 'a'] } }, 2],
    [{ v: { $mod: [null, 1] } }, 2],
    [{ v: { $mod: [double(Number.NaN), 1] } }, 2],
    [{ v: { $mod: 4 } }, 2],
  ],
};

const BITS: Readonly<Record<string, Document>> = {
  zero: { v: 0 },
  n20: { v: 20 },
  n54: { v: 54 },
  double20: { v: double(20) },
  long20: { v: long(20) },
  decimal20: { v: decimal('20') },
  fraction: { v: 20.5 },
  minus1: { v: -1 },
  bytes: { v: binary('1400') },
  array: { v: [3, 20] },
  string: { v: '20' },
  null: { v: null },
  missing: {},
  nan: { v: double(Number.NaN) },
  huge: { v: double(1e300) },
};
const TWENTY = 'n20 double20 long20 decimal20 bytes array';

const badMasks = (operator: string): QueryTable['rows'] => [
  [{ v: { [operator]: -1 } }, 9],
  [{ v: { [operator]: 1.5 } }, 9],
  [{ v: { [operator]: [-1] } }, 2],
  [{ v: { [operator]: ['a'] } }, 2],
  [{ v: { [operator]: [1.5] } }, 2],
  [{ v: { [operator]: 'a' } }, 2],
  [{ v: { [operator]: null } }, 2],
];

export const BITS_ALL_SET: QueryTable = {
  operator: '$bitsAllSet',
  source: logical('bitsAllSet'),
  documents: BITS,
  rows: [
    [{ v: { $bitsAllSet: 20 } }, `${TWENTY} n54 minus1`],
    [{ v: { $bitsAllSet: [2, 4] } }, `${TWENTY} n54 minus1`],
    [{ v: { $bitsAllSet: binary('14') } }, `${TWENTY} n54 minus1`],
    [{ v: { $bitsAllSet: double(20) } }, `${TWENTY} n54 minus1`],
    [{ v: { $bitsAllSet: [1, 5] } }, 'n54 minus1'],
    [{ v: { $bitsAllSet: [63] } }, 'minus1'],
    [{ v: { $bitsAllSet: [100] } }, 'minus1'],
    [{ v: { $bitsAllSet: 0 } }, `zero ${TWENTY} n54 minus1`],
    [{ v: { $bitsAllSet: [] } }, `zero ${TWENTY} n54 minus1`],
    ...badMasks('$bitsAllSet'),
  ],
};

export const BITS_ALL_CLEAR: QueryTable = {
  operator: '$bitsAllClear',
  source: logical('bitsAllClear'),
  documents: BITS,
  rows: [
    [{ v: { $bitsAllClear: 20 } }, 'zero array'],
    [{ v: { $bitsAllClear: [0, 1] } }, `zero ${TWENTY}`],
    [{ v: { $bitsAllClear: binary('03') } }, `zero ${TWENTY}`],
    [{ v: { $bitsAllClear: [63] } }, `zero ${TWENTY} n54`],
    [{ v: { $bitsAllClear: 0 } }, `zero ${TWENTY} n54 minus1`],
    ...badMasks('$bitsAllClear'),
  ],
};

export const BITS_ANY_SET: QueryTable = {
  operator: '$bitsAnySet',
  source: logical('bitsAnySet'),
  documents: BITS,
  rows: [
    [{ v: { $bitsAnySet: 20 } }, `${TWENTY} n54 minus1`],
    [{ v: { $bitsAnySet: [1, 5] } }, 'n54 minus1 array'],
    [{ v: { $bitsAnySet: binary('20') } }, 'n54 minus1'],
    [{ v: { $bitsAnySet: [63] } }, 'minus1'],
    [{ v: { $bitsAnySet: 0 } }, ''],
    ...badMasks('$bitsAnySet'),
  ],
};

export const BITS_ANY_CLEAR: QueryTable = {
  operator: '$bitsAnyClear',
  source: logical('bitsAnyClear'),
  documents: BITS,
  rows: [
    [{ v: { $bitsAnyClear: 20 } }, 'zero array'],
    [{ v: { $bitsAnyClear: [1, 4] } }, `zero ${TWENTY}`],
    [{ v: { $bitsAnyClear: binary('34') } }, `zero ${TWENTY}`],
    [{ v: { $bitsAnyClear: [63] } }, `zero ${TWENTY} n54`],
    [{ v: { $bitsAnyClear: 0 } }, ''],
    ...badMasks('$bitsAnyClear'),
  ],
};

export const REGEX: QueryTable = {
  operator: '$regex',
  source: logical('regex'),
  documents: {
    lower: { v: 'abc' },
    upper: { v: 'ABC' },
    lines: { v: 'one\ntwo' },
    blank: { v: 'a c' },
    array: { v: ['x', 'abc'] },
    number: { v: 5 },
    null: { v: null },
    missing: {},
    pattern: { v: /abc/ },
    empty: { v: '' },
    nested: { v: { w: 'abc' } },
  },
  rows: [
    [{ v: /b/ }, 'lower array'],
    [{ v: { $regex: 'b' } }, 'lower array'],
    [{ v: { $regex: /b/ } }, 'lower array'],
    [{ v: { $regex: /^b/ } }, ''],
    [{ v: { $regex: '^a' } }, 'lower blank array'],
    [{ v: { $regex: 'B', $options: 'i' } }, 'lower upper array'],
    [{ v: { $regex: /B/i } }, 'lower upper array'],
    [{ v: { $regex: /B/, $options: 'i' } }, 'lower upper array'],
    [{ v: { $options: 'i', $regex: 'B' } }, 'lower upper array'],
    [{ v: { $regex: '^two' } }, ''],
    [{ v: { $regex: '^two', $options: 'm' } }, 'lines'],
    [{ v: { $regex: 'one.two' } }, ''],
    [{ v: { $regex: 'one.two', $options: 's' } }, 'lines'],
    [{ v: { $regex: 'a b c # letters', $options: 'x' } }, 'lower array'],
    [{ v: { $regex: 'a\\ c', $options: 'x' } }, 'blank'],
    [{ v: { $regex: '(?i)B' } }, 'lower upper array'],
    [{ v: { $regex: '' } }, 'lower upper lines blank array empty'],
    [{ v: { $regex: '^$' } }, 'empty'],
    [{ v: { $regex: 'a|o' } }, 'lower lines blank array'],
    [{ v: { $regex: '\\s' } }, 'lines blank'],
    [{ v: { $regex: '^.{3}$' } }, 'lower upper blank array'],
    [{ v: { $regex: '[A-Z]+' } }, 'upper'],
    [{ v: { $regex: '5' } }, ''],
    [{ v: /abc/ }, 'lower array pattern'],
    [{ v: { $regex: 'abc' } }, 'lower array pattern'],
    [{ v: { $regex: 'abc', $options: 'i' } }, 'lower upper array'],
    [{ 'v.w': /b/ }, 'nested'],
    [{ v: { $in: [/B/i, 5] } }, 'lower upper array number'],
    [{ v: new BSONRegExp('B', 'i') }, 'lower upper array'],
    [{ v: { $regex: 5 } }, 2],
    [{ v: { $regex: null } }, 2],
    [{ v: { $regex: 'a', $options: 5 } }, 2],
    [{ v: { $options: 'i' } }, 2],
    [{ v: { $regex: 'a', $options: 'q' } }, 51108],
    [{ v: { $regex: '(' } }, 51091],
    [{ v: { $regex: /a/i, $options: 'm' } }, 51075],
    [{ v: { $regex: 'a++' } }, REFUSED],
  ],
};

const DEEP: Readonly<Record<string, Document>> = {
  object: { a: { b: 1 } },
  nullInside: { a: { b: null } },
  emptyObject: { a: {} },
  objects: { a: [{ b: 1 }, { b: 2 }] },
  someLack: { a: [{ b: 1 }, { c: 2 }] },
  allLack: { a: [{ c: 1 }] },
  scalars: { a: [1, 2] },
  emptyArray: { a: [] },
  mixedArray: { a: [{ b: 5 }, 5] },
  arrayInside: { a: { b: [1, 2] } },
  arraysInside: { a: [{ b: [1, 2] }, { b: [3] }] },
  nestedArrays: { a: [[{ b: 1 }]] },
  numbered: { a: { 0: { b: 1 } } },
  scalar: { a: 1 },
  null: { a: null },
  missing: {},
};
const DEEP_ONES = 'object objects someLack arrayInside arraysInside';

export const PATHS: QueryTable = {
  operator: 'dotted paths',
  source: `${MANUAL}tutorial/query-array-of-documents/`,
  documents: DEEP,
  rows: [
    [{ 'a.b': 1 }, DEEP_ONES],
    [{ 'a.b': 2 }, 'objects arrayInside arraysInside'],
    [{ 'a.b': { $gt: 2 } }, 'mixedArray arraysInside'],
    [{ 'a.b': { $gt: 1, $lt: 2 } }, 'objects arrayInside arraysInside'],
    [{ 'a.b': { $gt: 1, $lt: 3 } }, 'objects arrayInside arraysInside'],
    [{ 'a.b': [1, 2] }, 'arrayInside arraysInside'],
    [{ 'a.b': null }, 'nullInside emptyObject someLack allLack numbered scalar null missing'],
    [{ 'a.b': { $exists: true } }, `${DEEP_ONES} nullInside mixedArray`],
    [
      { 'a.b': { $exists: false } },
      'emptyObject allLack scalars emptyArray nestedArrays numbered scalar null missing',
    ],
    [{ 'a.b': { $type: 'null' } }, 'nullInside'],
    [
      { 'a.b': { $ne: 1 } },
      'nullInside emptyObject allLack scalars emptyArray mixedArray nestedArrays numbered scalar null missing',
    ],
    [{ 'a.0.b': 1 }, 'objects someLack arraysInside nestedArrays numbered'],
    [{ 'a.1.b': 2 }, 'objects'],
    [{ 'a.0': 1 }, 'scalars'],
    [{ 'a.1': 2 }, 'scalars'],
    [{ 'a.0': { b: 1 } }, 'objects someLack numbered nestedArrays'],
    [{ 'a.b.0': 1 }, 'arrayInside arraysInside'],
    [{ 'a.b.1': 2 }, 'arrayInside arraysInside'],
    [{ a: { b: 1 } }, 'object objects someLack'],
    [{ a: { $size: 2 } }, 'objects someLack scalars mixedArray arraysInside'],
    [{ 'a.b': { $size: 2 } }, 'arrayInside arraysInside'],
    [
      { 'a.b': { $in: [5, null] } },
      'nullInside emptyObject someLack allLack mixedArray numbered scalar null missing',
    ],
    [{ a: [] }, 'emptyArray'],
    [{ a: null }, 'null missing'],
  ],
};

export const ALL: QueryTable = {
  operator: '$all',
  source: logical('all'),
  documents: {
    one: { v: [1] },
    oneTwo: { v: [1, 2] },
    twoOne: { v: [2, 1, 3] },
    doubles: { v: [double(1), double(2)] },
    scalar: { v: 1 },
    nested: { v: [[1, 2], 1] },
    nulls: { v: [null] },
    null: { v: null },
    missing: {},
    empty: { v: [] },
    strings: { v: ['a', 'ab'] },
    objects: {
      v: [
        { q: 50, s: 'S' },
        { q: 100, s: 'M' },
      ],
    },
    oneObject: { v: [{ q: 100, s: 'S' }] },
  },
  rows: [
    [{ v: { $all: [] } }, ''],
    [{ v: { $all: [1] } }, 'one oneTwo twoOne doubles scalar nested'],
    [{ v: { $all: [1, 2] } }, 'oneTwo twoOne doubles'],
    [{ v: { $all: [long(2), double(1)] } }, 'oneTwo twoOne doubles'],
    [{ v: { $all: [1, 1] } }, 'one oneTwo twoOne doubles scalar nested'],
    [{ v: { $all: [[1, 2]] } }, 'oneTwo doubles nested'],
    [{ v: { $all: [[1, 2], 1] } }, 'oneTwo doubles nested'],
    [{ v: { $all: [null] } }, 'nulls null missing'],
    [{ v: { $all: [/^a/] } }, 'strings'],
    [{ v: { $all: [/^a$/, /b/] } }, 'strings'],
    [{ v: { $all: [{ q: 50, s: 'S' }] } }, 'objects'],
    [{ v: { $all: [{ $elemMatch: { q: 100 } }] } }, 'objects oneObject'],
    [{ v: { $all: [{ $elemMatch: { q: 50 } }, { $elemMatch: { s: 'M' } }] } }, 'objects'],
    [{ v: { $all: [{ $elemMatch: { q: 100, s: 'S' } }] } }, 'oneObject'],
    [{ 'v.q': { $all: [50, 100] } }, 'objects'],
    [{ v: { $all: 1 } }, 2],
    [{ v: { $all: null } }, 2],
    [{ v: { $all: [{ $gt: 1 }] } }, 2],
    [{ v: { $all: [{ $elemMatch: { q: 1 } }, 5] } }, 2],
    [{ v: { $all: [5, { $elemMatch: { q: 1 } }] } }, 2],
  ],
};

export const ELEM_MATCH: QueryTable = {
  operator: '$elemMatch',
  source: logical('elemMatch'),
  documents: {
    low: { v: [82, 85, 88] },
    high: { v: [75, 88, 89] },
    apart: { v: [70, 90] },
    scalar: { v: 82 },
    objects: {
      v: [
        { p: 'abc', s: 10 },
        { p: 'xyz', s: 5 },
      ],
    },
    eights: {
      v: [
        { p: 'abc', s: 8 },
        { p: 'xyz', s: 7 },
      ],
    },
    object: { v: { p: 'xyz', s: 8 } },
    nested: { v: [[1, 2], [3]] },
    empty: { v: [] },
    nulls: { v: [null, { p: null }] },
    missing: {},
  },
  rows: [
    [{ v: { $elemMatch: { $gte: 80, $lt: 85 } } }, 'low'],
    [{ v: { $elemMatch: { $gt: 80 } } }, 'low high apart'],
    [{ v: { $elemMatch: { $eq: 88 } } }, 'low high'],
    [{ v: { $elemMatch: { $in: [70, 89] } } }, 'high apart'],
    [{ v: { $elemMatch: { $not: { $gt: 80 } } } }, 'high apart objects eights nested nulls'],
    [{ v: { $elemMatch: { $ne: 88 } } }, 'low high apart objects eights nested nulls'],
    [{ v: { $elemMatch: { $exists: true } } }, 'low high apart objects eights nested nulls'],
    [{ v: { $elemMatch: { $type: 'object' } } }, 'objects eights nulls'],
    [{ v: { $elemMatch: { p: 'xyz', s: { $gte: 8 } } } }, ''],
    [{ v: { $elemMatch: { p: 'xyz', s: { $lt: 8 } } } }, 'objects eights'],
    [{ v: { $elemMatch: { p: 'abc' } } }, 'objects eights'],
    [{ v: { $elemMatch: { p: { $ne: 'xyz' } } } }, 'objects eights nested nulls'],
    [{ v: { $elemMatch: { p: null } } }, 'nested nulls'],
    [{ v: { $elemMatch: { $or: [{ p: 'abc', s: 10 }, { s: 7 }] } } }, 'objects eights'],
    [{ v: { $elemMatch: { $and: [{ p: 'abc' }, { s: 8 }] } } }, 'eights'],
    [{ v: { $elemMatch: { 0: 1 } } }, 'nested'],
    [{ v: { $elemMatch: { $elemMatch: { $gte: 3 } } } }, 'nested'],
    [{ v: { $elemMatch: { $size: 1 } } }, 'nested'],
    [{ v: { $elemMatch: {} } }, 'objects eights nested nulls'],
    [{ v: { $not: { $elemMatch: { $gt: 80 } } } }, 'scalar objects eights object nested empty nulls missing'],
    [{ v: { $elemMatch: 5 } }, 2],
    [{ v: { $elemMatch: [] } }, 2],
    [{ v: { $elemMatch: null } }, 2],
    [{ v: { $elemMatch: { $expr: true } } }, 2],
    [{ v: { $elemMatch: { $unknown: 1 } } }, 2],
  ],
};

export const EXPR: QueryTable = {
  operator: '$expr',
  source: logical('expr'),
  documents: {
    over: { spent: 450, budget: 400 },
    under: { spent: 100, budget: 400 },
    equal: { spent: 5, budget: double(5) },
    nulls: { spent: null, budget: 5 },
    missing: { budget: 5 },
    arrays: { spent: [1], budget: [1] },
    strings: { spent: 'b', budget: 'a' },
  },
  rows: [
    [{ $expr: { $gt: ['$spent', '$budget'] } }, 'over strings'],
    [{ $expr: { $eq: ['$spent', '$budget'] } }, 'equal arrays'],
    [{ $expr: { $lt: ['$spent', 5] } }, 'nulls missing'],
    [{ $expr: { $eq: ['$spent', null] } }, 'nulls'],
    [{ $expr: { $lte: ['$spent', null] } }, 'nulls missing'],
    [{ $expr: { $gt: ['$spent', null] } }, 'over under equal arrays strings'],
    [{ $expr: '$spent' }, 'over under equal arrays strings'],
    [{ $expr: true }, 'over under equal nulls missing arrays strings'],
    [{ $expr: 0 }, ''],
    [{ $expr: { $and: ['$spent', { $gt: ['$budget', 10] }] } }, 'over under arrays strings'],
    [{ $expr: { $gt: ['$spent', 5] }, budget: 400 }, 'over under'],
    [{ $or: [{ $expr: { $eq: ['$spent', 'b'] } }, { budget: [1] }] }, 'strings arrays'],
    [{ $expr: { $unknown: 1 } }, 168],
    [{ $expr: '$$unknown' }, 17276],
    [{ budget: { $expr: true } }, 2],
  ],
};

export const TOP_LEVEL: QueryTable = {
  operator: 'other names in filters',
  source: `${MANUAL}reference/operator/query/`,
  documents: { one: { v: 1 } },
  rows: [
    [{}, 'one'],
    [{ $comment: 'why' }, 'one'],
    [{ v: 1, $comment: 5 }, 'one'],
    [{ $unknown: 1 }, 2],
    [{ v: { $unknown: 1 } }, 2],
    [{ v: { $gt: 0, x: 1 } }, 2],
    [{ v: { x: 1, $gt: 0 } }, ''],
    [{ $eq: 1 }, 2],
    [{ $where: 'true' }, REFUSED],
    [{ $text: { $search: 'a' } }, REFUSED],
    [{ v: { $near: [0, 0] } }, REFUSED],
    [
      {
        v: {
          $geoWithin: {
            $box: [
              [0, 0],
              [1, 1],
            ],
          },
        },
      },
      REFUSED,
    ],
    [{ $jsonSchema: {} }, REFUSED],
  ],
};
