import {
  addExact,
  decimalOf,
  decimalValue,
  divideExact,
  type Exact,
  exactOf,
  exactOfText,
  multiplyExact,
  toDouble,
  truncateExact,
} from '../../bson/decimal.js';
import { Double, encodeValue } from '../../bson/encode.js';
import { wholeOf } from '../../bson/integers.js';
import { BsonType, type BsonValue } from '../../bson/value.js';

/** int32, int64, double, decimal: the wider of two decides the type of a result. */
export function widest(values: readonly BsonValue[]): number {
  const types = new Set(values.map(({ type }) => type));
  return [BsonType.decimal128, BsonType.double, BsonType.int64, BsonType.int32].find((type) =>
    types.has(type),
  )!;
}

export const double = (number: number): BsonValue => encodeValue(new Double(number));

/** An integer in the narrowest type from `type` on; beyond int64 a double. */
export function integer(number: bigint, type: number): BsonValue {
  if (type === BsonType.int32 && number === BigInt.asIntN(32, number)) return encodeValue(Number(number));
  if (number === BigInt.asIntN(64, number)) return encodeValue(number);
  return double(Number(number));
}

/** A number as a double. */
export function asDouble(value: BsonValue): number {
  if (value.type !== BsonType.decimal128) return Number(value.number());
  const number = decimalOf(value);
  return typeof number === 'object' ? toDouble(number) : number;
}

/** For computing with decimals: a double counts with 15 digits; NaN and infinities stay numbers. */
export function exactly(value: BsonValue): Exact | number {
  if (value.type === BsonType.decimal128) return decimalOf(value);
  const number = value.number();
  if (typeof number === 'bigint' || value.type !== BsonType.double) return exactOf(number);
  return Number.isFinite(number) ? exactOfText(number.toPrecision(15)) : number;
}

type Arithmetic = {
  readonly integers: (a: bigint, b: bigint) => bigint;
  readonly doubles: (a: number, b: number) => number;
  readonly exact: (a: Exact, b: Exact) => Exact;
};

const negated = ({ coefficient, exponent }: Exact): Exact => ({ coefficient: -coefficient, exponent });

export const ADD: Arithmetic = { integers: (a, b) => a + b, doubles: (a, b) => a + b, exact: addExact };
export const SUBTRACT: Arithmetic = {
  integers: (a, b) => a - b,
  doubles: (a, b) => a - b,
  exact: (a, b) => addExact(a, negated(b)),
};
export const MULTIPLY: Arithmetic = {
  integers: (a, b) => a * b,
  doubles: (a, b) => a * b,
  exact: multiplyExact,
};
/** With the sign of the dividend. */
export const REMAINDER: Arithmetic = {
  integers: (a, b) => a % b,
  doubles: (a, b) => a % b,
  exact: (a, b) => {
    const whole = truncateExact(divideExact(a, b));
    return addExact(a, negated(multiplyExact(b, { coefficient: whole, exponent: 0 })));
  },
};
const DIVIDE: Arithmetic = { integers: (a, b) => a / b, doubles: (a, b) => a / b, exact: divideExact };

export function calculate(operation: Arithmetic, a: BsonValue, b: BsonValue): BsonValue {
  const type = widest([a, b]);
  if (type === BsonType.double) return double(operation.doubles(Number(a.number()), Number(b.number())));
  if (type !== BsonType.decimal128)
    return integer(operation.integers(BigInt(a.number()), BigInt(b.number())), type);
  const [x, y] = [exactly(a), exactly(b)];
  if (typeof x === 'object' && typeof y === 'object') return decimalValue(operation.exact(x, y));
  return decimalValue(operation.doubles(asDouble(a), asDouble(b)));
}

/** A double unless a side is a decimal; the divisor is not 0. */
export function divide(a: BsonValue, b: BsonValue): BsonValue {
  if (widest([a, b]) !== BsonType.decimal128) return double(asDouble(a) / asDouble(b));
  return calculate(DIVIDE, a, b);
}

/** Rounds to a place behind (or, negative, before) the point: `half to even`, or towards zero. */
export function rounded(
  value: BsonValue,
  place: number,
  mode: 'round' | 'trunc' | 'ceil' | 'floor',
): BsonValue {
  const { type } = value;
  if ((type === BsonType.int32 || type === BsonType.int64) && place >= 0) return value;
  const number = type === BsonType.double ? doubleExactly(value) : exactly(value);
  if (typeof number === 'number') return value;
  const result = roundExact(number, place, mode);
  if (type === BsonType.decimal128) return decimalValue(result);
  if (type !== BsonType.double) return integer(truncateExact(result), type);
  const sum = toDouble(result);
  return double(sum === 0 && asDouble(value) < 0 ? -0 : sum);
}

function doubleExactly(value: BsonValue): Exact | number {
  const number = Number(value.number());
  return Number.isFinite(number) ? exactOf(number) : number;
}

function roundExact(number: Exact, place: number, mode: 'round' | 'trunc' | 'ceil' | 'floor'): Exact {
  const drop = -place - number.exponent;
  if (drop <= 0) return number;
  const unit = 10n ** BigInt(drop);
  const { coefficient } = number;
  let kept = coefficient / unit;
  const rest = coefficient % unit;
  const isNegative = coefficient < 0n;
  const twice = (isNegative ? -rest : rest) * 2n;
  if (mode === 'round' && (twice > unit || (twice === unit && kept % 2n !== 0n)))
    kept += isNegative ? -1n : 1n;
  if (mode === 'ceil' && rest > 0n) kept++;
  if (mode === 'floor' && rest < 0n) kept--;
  return { coefficient: kept, exponent: -place };
}

/** A number without a fraction within int32; undefined else. */
export function int32Of(value: BsonValue): number | undefined {
  if (!value.isNumber) return undefined;
  const whole = wholeOf(value);
  if (whole === undefined || asDouble(value) !== Number(whole)) return undefined;
  return whole === BigInt.asIntN(32, whole) ? Number(whole) : undefined;
}
