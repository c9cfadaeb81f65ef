import { NULL_VALUE } from '../../bson/compare.js';
import { encodeValue } from '../../bson/encode.js';
import { BsonType, type BsonValue, elementsOf } from '../../bson/value.js';
import { notSupported } from '../../errors.js';
import { operandsOf } from './define.js';
import { ADD, asDouble, calculate, divide, double, widest } from './numbers.js';
import { compareAny, isNullish, type Operator, type Value } from './scope.js';

/** Numbers added up; everything else counts for nothing. */
export function sumOf(values: readonly Value[]): BsonValue {
  return values.reduce<BsonValue>(
    (sum, value) => (value?.isNumber ? calculate(ADD, sum, value) : sum),
    encodeValue(0),
  );
}

export function averageOf(values: readonly Value[]): BsonValue {
  const numbers = values.filter((value): value is BsonValue => value?.isNumber === true);
  return numbers.length === 0 ? NULL_VALUE : divide(sumOf(numbers), encodeValue(numbers.length));
}

export function extremeOf(values: readonly Value[], sign: 1 | -1): BsonValue {
  const present = values.filter((value): value is BsonValue => !isNullish(value));
  if (present.length === 0) return NULL_VALUE;
  return present.reduce((a, b) => (compareAny(b, a) * sign < 0 ? b : a));
}

export function deviationOf(values: readonly Value[], isSample: boolean): BsonValue {
  const numbers = values.filter((value): value is BsonValue => value?.isNumber === true);
  const count = numbers.length;
  if (count === 0 || (isSample && count === 1)) return NULL_VALUE;
  if (widest(numbers) === BsonType.decimal128) throw notSupported('a standard deviation of Decimal128');
  const doubles = numbers.map(asDouble);
  const mean = doubles.reduce((a, b) => a + b, 0) / count;
  const squares = doubles.reduce((sum, number) => sum + (number - mean) ** 2, 0);
  return double(Math.sqrt(squares / (isSample ? count - 1 : count)));
}

/** Outside of `$group`: over a list of operands, or over the elements of a single one that is an array. */
const over =
  (compute: (values: readonly Value[]) => BsonValue): Operator =>
  (operand, context) => {
    const parts = operandsOf(operand).map((part) => context.compile(part, context));
    const isSingle = parts.length === 1;
    return (scope) => {
      const values = parts.map((part) => part(scope));
      const [only] = values;
      return compute(isSingle && only?.type === BsonType.array ? elementsOf(only) : values);
    };
  };

export const ACCUMULATING: Readonly<Record<string, Operator>> = {
  $sum: over(sumOf),
  $avg: over(averageOf),
  $min: over((values) => extremeOf(values, 1)),
  $max: over((values) => extremeOf(values, -1)),
  $stdDevPop: over((values) => deviationOf(values, false)),
  $stdDevSamp: over((values) => deviationOf(values, true)),
};
