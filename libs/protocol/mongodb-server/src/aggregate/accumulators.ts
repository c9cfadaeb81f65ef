import { encodeValue } from '../bson/encode.js';
import { BsonType, type BsonValue, elementsOf, entriesOf, fieldsOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import { compareSortKeys, parseSort, sortKeyOf } from '../query/sort.js';
import { averageOf, deviationOf, extremeOf, sumOf } from './expression/accumulating.js';
import { keyOf, list, positiveOf, severalOf } from './expression/arrays.js';
import { merge } from './expression/objects.js';
import { fail, orNull, type Value } from './expression/scope.js';
import { type Constants, compileWith } from './expressions.js';

/** What one accumulator makes of the documents of a group. */
export type Accumulate = (documents: readonly Buffer[]) => BsonValue;

type Accumulator = (operand: BsonValue, constants: Constants, name: string) => Accumulate;

const from =
  (compute: (values: readonly Value[]) => BsonValue): Accumulator =>
  (operand, constants) => {
    const of = compileWith(operand, constants);
    return (documents) => compute(documents.map(of));
  };

function fieldsIn(operand: BsonValue, known: readonly string[], name: string): Map<string, BsonValue> {
  if (operand.type !== BsonType.object) fail(5_787_801, `specification must be an object; found ${name}`);
  const fields = fieldsOf(operand);
  for (const field of fields.keys())
    if (!known.includes(field)) fail(5_787_901, `Unknown argument for ${name}: ${field}`);
  for (const field of known)
    if (!fields.has(field)) fail(5_787_907, `Missing value for '${field}' in ${name}`);
  return fields;
}

/** `n` may depend on nothing but constants here. */
function countOf(n: BsonValue, constants: Constants): number {
  return positiveOf(compileWith(n, constants)(EMPTY));
}
const EMPTY = Buffer.from([5, 0, 0, 0, 0]);

const several =
  (kind: 'first' | 'last' | 'max' | 'min'): Accumulator =>
  (operand, constants, name) => {
    const fields = fieldsIn(operand, ['input', 'n'], name);
    const of = compileWith(fields.get('input')!, constants);
    const n = countOf(fields.get('n')!, constants);
    return (documents) => list(severalOf(kind, documents.map(of), n));
  };

/** `$top`, `$bottom` and those of `n`: by an order of their own. */
const ranked =
  (end: 'top' | 'bottom', isSeveral: boolean): Accumulator =>
  (operand, constants, name) => {
    const fields = fieldsIn(operand, isSeveral ? ['sortBy', 'output', 'n'] : ['sortBy', 'output'], name);
    const sort = parseSort(fields.get('sortBy'));
    const of = compileWith(fields.get('output')!, constants);
    const n = isSeveral ? countOf(fields.get('n')!, constants) : 1;
    return (documents) => {
      const keyed = documents.map((document) => ({ document, by: sortKeyOf(sort, document) }));
      keyed.sort((a, b) => compareSortKeys(sort, a.by, b.by));
      const chosen = (end === 'top' ? keyed.slice(0, n) : keyed.slice(-n)).map(({ document }) =>
        of(document),
      );
      return isSeveral ? list(chosen) : orNull(chosen[0]);
    };
  };

/** The accumulators of `$group` that are there. */
export const ACCUMULATORS: Readonly<Record<string, Accumulator>> = {
  $sum: from(sumOf),
  $avg: from(averageOf),
  $min: from((values) => extremeOf(values, 1)),
  $max: from((values) => extremeOf(values, -1)),
  $first: from((values) => orNull(values[0])),
  $last: from((values) => orNull(values.at(-1))),
  $push: from((values) => encodeValue(values.filter((value): value is BsonValue => value !== undefined))),
  $addToSet: from((values) => {
    const set = new Map<string, BsonValue>();
    for (const value of values) if (value && !set.has(keyOf(value))) set.set(keyOf(value), value);
    return encodeValue([...set.values()]);
  }),
  $count: (operand) => {
    if (operand.type !== BsonType.object || entriesOf(operand).length > 0)
      fail(1_600_101, '$count takes no arguments, i.e. $count:{}');
    return (documents) => encodeValue(documents.length);
  },
  $mergeObjects: from((values) => merge(values)),
  $stdDevPop: from((values) => deviationOf(values, false)),
  $stdDevSamp: from((values) => deviationOf(values, true)),
  $firstN: several('first'),
  $lastN: several('last'),
  $maxN: several('max'),
  $minN: several('min'),
  $top: ranked('top', false),
  $topN: ranked('top', true),
  $bottom: ranked('bottom', false),
  $bottomN: ranked('bottom', true),
};

/** Accumulators of MongoDB that are not. */
export const ABSENT_ACCUMULATORS = ['$accumulator', '$median', '$percentile'] as const;

export interface AccumulatedField {
  readonly name: string;
  readonly accumulate: Accumulate;
}

/** `{ total: { $sum: '$price' } }`. @throws MongoError 40234, 40238, 15952 and those of the accumulators. */
export function parseAccumulated(name: string, value: BsonValue, constants: Constants): AccumulatedField {
  if (name.includes('.')) throw new MongoError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$'))
    throw new MongoError(40236, `The field name '${name}' cannot be an operator name`);
  const parts = value.type === BsonType.object ? entriesOf(value) : [];
  if (value.type !== BsonType.object || !parts[0]?.[0].startsWith('$'))
    throw new MongoError(40234, `The field '${name}' must be an accumulator object`);
  if (parts.length > 1) throw new MongoError(40238, `The field '${name}' must specify one accumulator`);
  const [operator, operand] = parts[0]!;
  const accumulator = Object.hasOwn(ACCUMULATORS, operator) ? ACCUMULATORS[operator] : undefined;
  if (accumulator) {
    if (operand.type === BsonType.array && elementsOf(operand).length !== 1 && !operator.endsWith('N'))
      throw new MongoError(40237, `The ${operator} accumulator is a unary operator`);
    const single = operand.type === BsonType.array ? elementsOf(operand)[0]! : operand;
    return { name, accumulate: accumulator(single, constants, operator) };
  }
  if ((ABSENT_ACCUMULATORS as readonly string[]).includes(operator))
    throw notSupported(`the accumulator ${operator}`);
  throw new MongoError(15952, `unknown group operator '${operator}'`);
}
