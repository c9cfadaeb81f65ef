import { MaxKey, MinKey, ObjectId } from 'mongodb';
import { binary, day, decimal, double, long, MANUAL, type QueryTable, timestamp } from './case.js';
import { allBut, VALUES } from './values.js';

const FIVES = 'int long double decimal five mixed';
const NULLS = 'missing null mixed';
const ID = new ObjectId('0123456789abcdef01234567');
const DATE = day('2026-01-02T03:04:05.678Z');
const BIG = 'big bigDouble';
const UUID = binary('00112233445566778899aabbccddeeff', 4);
const OBJECTS = 'object swapped noFields objects';
const ARRAYS = 'noElements five mixed nested objects';

const equalities: readonly (readonly [operand: unknown, found: string])[] = [
  [5, FIVES],
  [long(5), FIVES],
  [double(5), FIVES],
  [decimal('5'), FIVES],
  [decimal('5.000'), FIVES],
  [5.5, 'half'],
  [decimal('5.5'), 'half'],
  [-7, 'negative'],
  [double(Number.NaN), 'nan'],
  [decimal('NaN'), 'nan'],
  [double(Infinity), 'infinity'],
  [long(9_007_199_254_740_993n), 'big'],
  [double(9_007_199_254_740_992), 'bigDouble'],
  [long(9_007_199_254_740_992n), 'bigDouble'],
  [decimal('9007199254740993'), 'big'],
  ['', 'empty'],
  ['a', 'a mixed'],
  ['b', 'b'],
  ['5', ''],
  [null, NULLS],
  [{ x: 1 }, 'object objects'],
  [{ x: long(1) }, 'object objects'],
  [{ x: 1, y: 2 }, ''],
  [{ y: 2, x: 1 }, 'swapped'],
  [{}, 'noFields'],
  [[], 'noElements'],
  [[5], 'five nested'],
  [[double(5)], 'five nested'],
  [[5, 'a', null], 'mixed'],
  [['a', 5, null], ''],
  [[[5]], 'nested'],
  [binary('00ff'), 'bytes'],
  [binary('00ff', 128), ''],
  [UUID, 'uuid'],
  [ID, 'id'],
  [false, 'false'],
  [true, 'true'],
  [DATE, 'date'],
  [timestamp(5, 1), 'timestamp'],
  [new MinKey(), 'minKey'],
  [new MaxKey(), 'maxKey'],
];

/** Since a regular expression is a pattern where it stands alone, only `$eq` asks for the value. */
export const EQ: QueryTable = {
  operator: '$eq',
  source: `${MANUAL}reference/operator/query/eq/`,
  documents: VALUES,
  rows: [
    ...equalities.map(([operand, found]) => [{ v: { $eq: operand } }, found] as const),
    [{ v: { $eq: /^a/ } }, 'regex'],
    [{ v: { $eq: /^b/ } }, ''],
  ],
};

export const EQUALITY: QueryTable = {
  operator: 'equality without operator',
  source: `${MANUAL}tutorial/query-documents/`,
  documents: VALUES,
  rows: [
    ...equalities.map(([operand, found]) => [{ v: operand }, found] as const),
    [{ v: /^a/ }, 'a mixed regex'],
    [{ v: /^A/i }, 'a mixed'],
  ],
};

export const NE: QueryTable = {
  operator: '$ne',
  source: `${MANUAL}reference/operator/query/ne/`,
  documents: VALUES,
  rows: [
    ...equalities.map(([operand, found]) => [{ v: { $ne: operand } }, allBut(found)] as const),
    [{ v: { $ne: /^a/ } }, 2],
  ],
};

const ABOVE_FIVE = 'half big bigDouble infinity';
const BELOW_FIVE = 'negative';

interface Order {
  readonly operand: unknown;
  readonly lt: string;
  readonly equal: string;
  readonly gt: string;
}

/** Comparisons look at values of the operand's own type only; numbers are one type. */
const orders: readonly Order[] = [
  { operand: 5, lt: BELOW_FIVE, equal: FIVES, gt: ABOVE_FIVE },
  { operand: long(5), lt: BELOW_FIVE, equal: FIVES, gt: ABOVE_FIVE },
  { operand: double(5), lt: BELOW_FIVE, equal: FIVES, gt: ABOVE_FIVE },
  { operand: decimal('5'), lt: BELOW_FIVE, equal: FIVES, gt: ABOVE_FIVE },
  { operand: 5.25, lt: `${BELOW_FIVE} ${FIVES}`, equal: '', gt: ABOVE_FIVE },
  { operand: decimal('5.4999'), lt: `${BELOW_FIVE} ${FIVES}`, equal: '', gt: ABOVE_FIVE },
  {
    operand: long(9_007_199_254_740_992n),
    lt: `${BELOW_FIVE} ${FIVES} half`,
    equal: 'bigDouble',
    gt: 'big infinity',
  },
  { operand: double(Infinity), lt: `${BELOW_FIVE} ${FIVES} half ${BIG}`, equal: 'infinity', gt: '' },
  {
    operand: double(-Infinity),
    lt: '',
    equal: '',
    gt: `${BELOW_FIVE} ${FIVES} half ${BIG} infinity`,
  },
  { operand: double(Number.NaN), lt: '', equal: 'nan', gt: '' },
  { operand: '', lt: '', equal: 'empty', gt: 'a b mixed' },
  { operand: 'a', lt: 'empty', equal: 'a mixed', gt: 'b' },
  { operand: 'aa', lt: 'empty a mixed', equal: '', gt: 'b' },
  { operand: null, lt: '', equal: NULLS, gt: '' },
  { operand: {}, lt: '', equal: 'noFields', gt: 'object swapped objects' },
  { operand: { x: 1 }, lt: 'noFields', equal: 'object objects', gt: 'swapped objects' },
  { operand: { x: 1.5 }, lt: 'noFields object objects', equal: '', gt: 'swapped objects' },
  { operand: { x: 'a' }, lt: 'noFields object swapped objects', equal: '', gt: '' },
  { operand: [], lt: '', equal: 'noElements', gt: 'five mixed nested objects' },
  { operand: [5], lt: 'noElements', equal: 'five nested', gt: 'mixed nested objects' },
  { operand: [6], lt: 'noElements five mixed nested', equal: '', gt: 'nested objects' },
  { operand: binary('00ff'), lt: '', equal: 'bytes', gt: 'uuid' },
  { operand: binary('ff'), lt: '', equal: '', gt: 'bytes uuid' },
  { operand: UUID, lt: 'bytes', equal: 'uuid', gt: '' },
  { operand: ID, lt: '', equal: 'id', gt: '' },
  { operand: new ObjectId('f'.repeat(24)), lt: 'id', equal: '', gt: '' },
  { operand: false, lt: '', equal: 'false', gt: 'true' },
  { operand: true, lt: 'false', equal: 'true', gt: '' },
  { operand: DATE, lt: '', equal: 'date', gt: '' },
  { operand: day('2026-01-02T03:04:05.679Z'), lt: 'date', equal: '', gt: '' },
  { operand: timestamp(5, 1), lt: '', equal: 'timestamp', gt: '' },
  { operand: timestamp(5, 0), lt: '', equal: '', gt: 'timestamp' },
];

const both = (a: string, b: string): string => [...new Set(`${a} ${b}`.split(' '))].join(' ').trim();

const ofOrders = (
  operator: '$lt' | '$lte' | '$gt' | '$gte',
  found: (order: Order) => string,
  more: QueryTable['rows'],
): QueryTable => ({
  operator,
  source: `${MANUAL}reference/operator/query/${operator.slice(1)}/`,
  documents: VALUES,
  rows: [
    ...orders.map((order) => [{ v: { [operator]: order.operand } }, found(order)] as const),
    [{ v: { [operator]: /a/ } }, 2],
    ...more,
  ],
});

export const LT = ofOrders('$lt', ({ lt }) => lt, [[{ v: { $lt: new MinKey() } }, '']]);
export const LTE = ofOrders('$lte', ({ lt, equal }) => both(lt, equal), [
  [{ v: { $lte: new MinKey() } }, 'minKey'],
]);
export const GT = ofOrders('$gt', ({ gt }) => gt, [
  [{ v: { $gt: new MaxKey() } }, ''],
  [{ v: { $gt: 5, $lt: 6 } }, 'half'],
  [{ v: { $gt: 'a', $lt: 'c' } }, 'b'],
]);
export const GTE = ofOrders('$gte', ({ gt, equal }) => both(equal, gt), [
  [{ v: { $gte: new MaxKey() } }, 'maxKey'],
  [{ v: { $gte: 5, $lte: 5 } }, FIVES],
]);

const memberships: readonly (readonly [operands: readonly unknown[], found: string])[] = [
  [[], ''],
  [[5], FIVES],
  [[double(5)], FIVES],
  [[decimal('5')], FIVES],
  [[5, 'b'], `${FIVES} b`],
  [[null], NULLS],
  [[null, 5], both(FIVES, NULLS)],
  [[[5]], 'five nested'],
  [[[]], 'noElements'],
  [[{ x: 1 }], 'object objects'],
  [[{ x: 2 }, { y: 2, x: 1 }], 'objects swapped'],
  [[/^a/], 'a mixed regex'],
  [[/^a/, 'b'], 'a mixed regex b'],
  [[/^[ab]/], 'a b mixed'],
  [[true, false], 'true false'],
  [[DATE, ID], 'date id'],
  [[UUID, binary('00ff')], 'uuid bytes'],
  [[double(Number.NaN)], 'nan'],
  [[timestamp(5, 1)], 'timestamp'],
  [[new MinKey(), new MaxKey()], 'minKey maxKey'],
  [[long(9_007_199_254_740_993n)], 'big'],
  [['c', 6, [6]], ''],
];

const badMemberships = (operator: string): QueryTable['rows'] => [
  [{ v: { [operator]: 5 } }, 2],
  [{ v: { [operator]: 'a' } }, 2],
  [{ v: { [operator]: null } }, 2],
  [{ v: { [operator]: { a: 1 } } }, 2],
  [{ v: { [operator]: [{ $gt: 1 }] } }, 2],
];

export const IN: QueryTable = {
  operator: '$in',
  source: `${MANUAL}reference/operator/query/in/`,
  documents: VALUES,
  rows: [
    ...memberships.map(([operands, found]) => [{ v: { $in: operands } }, found] as const),
    ...badMemberships('$in'),
  ],
};

export const NIN: QueryTable = {
  operator: '$nin',
  source: `${MANUAL}reference/operator/query/nin/`,
  documents: VALUES,
  rows: [
    ...memberships.map(([operands, found]) => [{ v: { $nin: operands } }, allBut(found)] as const),
    ...badMemberships('$nin'),
  ],
};

const TYPES: readonly (readonly [number: number, alias: string, found: string])[] = [
  [1, 'double', 'nan double half bigDouble infinity'],
  [2, 'string', 'empty a b mixed'],
  [3, 'object', OBJECTS],
  [4, 'array', ARRAYS],
  [5, 'binData', 'bytes uuid'],
  [7, 'objectId', 'id'],
  [8, 'bool', 'false true'],
  [9, 'date', 'date'],
  [10, 'null', 'null mixed'],
  [11, 'regex', 'regex'],
  [16, 'int', 'negative int five mixed'],
  [17, 'timestamp', 'timestamp'],
  [18, 'long', 'long big'],
  [19, 'decimal', 'decimal'],
  [-1, 'minKey', 'minKey'],
  [127, 'maxKey', 'maxKey'],
];

export const TYPE: QueryTable = {
  operator: '$type',
  source: `${MANUAL}reference/operator/query/type/`,
  documents: VALUES,
  rows: [
    ...TYPES.flatMap(
      ([number, alias, found]) =>
        [
          [{ v: { $type: number } }, found],
          [{ v: { $type: alias } }, found],
          [{ v: { $type: [alias] } }, found],
        ] as const,
    ),
    [
      { v: { $type: 'number' } },
      'nan negative int long double decimal half big bigDouble infinity five mixed',
    ],
    [{ v: { $type: ['int', 'string'] } }, 'negative int five mixed empty a b'],
    [{ v: { $type: ['bool', 9] } }, 'false true date'],
    [{ v: { $type: double(2) } }, 'empty a b mixed'],
    [{ v: { $type: long(2) } }, 'empty a b mixed'],
    [{ v: { $type: 0 } }, 2],
    [{ v: { $type: 20 } }, 2],
    [{ v: { $type: 'text' } }, 2],
    [{ v: { $type: [] } }, 9],
    [{ v: { $type: true } }, 14],
    [{ v: { $type: { a: 1 } } }, 14],
  ],
};

export const EXISTS: QueryTable = {
  operator: '$exists',
  source: `${MANUAL}reference/operator/query/exists/`,
  documents: VALUES,
  rows: [
    [{ v: { $exists: true } }, allBut('missing')],
    [{ v: { $exists: 1 } }, allBut('missing')],
    [{ v: { $exists: 'yes' } }, allBut('missing')],
    [{ v: { $exists: false } }, 'missing'],
    [{ v: { $exists: 0 } }, 'missing'],
    [{ v: { $exists: double(0) } }, 'missing'],
    [{ v: { $exists: null } }, 'missing'],
    [
      { v: { $exists: true, $nin: [5, 'a', null] } },
      allBut('missing null int long double decimal a five mixed'),
    ],
    [{ 'v.x': { $exists: true } }, 'object swapped objects'],
    [{ 'v.x': { $exists: false } }, allBut('object swapped objects')],
    [{ 'v.y': { $exists: true } }, 'swapped'],
    [{ 'v.0': { $exists: true } }, 'five mixed nested objects'],
    [{ 'v.1': { $exists: true } }, 'mixed objects'],
    [{ 'v.0.0': { $exists: true } }, 'nested'],
    [{ 'v.0.x': { $exists: true } }, 'objects'],
    [{ v: { $not: { $exists: true } } }, 'missing'],
  ],
};
