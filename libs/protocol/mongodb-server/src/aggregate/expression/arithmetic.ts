import { compareValues, isNaNValue, NULL_VALUE } from '../../bson/compare.js';
import { decimalOf, decimalValue } from '../../bson/decimal.js';
import { encodeValue } from '../../bson/encode.js';
import { wholeOf } from '../../bson/integers.js';
import { BsonType, BsonValue, typeName } from '../../bson/value.js';
import { computing } from './define.js';
import {
  ADD,
  asDouble,
  calculate,
  divide,
  double,
  int32Of,
  integer,
  MULTIPLY,
  REMAINDER,
  rounded,
  SUBTRACT,
} from './numbers.js';
import { fail, isNullish, type Operator, type Value } from './scope.js';

const ANY = Number.MAX_SAFE_INTEGER;
const ZERO = encodeValue(0);

export const millisOf = (date: BsonValue): bigint => date.bytes.readBigInt64LE(date.start);

export function dateOf(millis: bigint): BsonValue {
  if (millis !== BigInt.asIntN(64, millis)) fail(2, 'date overflow');
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(millis);
  return new BsonValue(BsonType.date, bytes, 0, 8);
}

/** Milliseconds that a number stands for beside a date; fractions are rounded. */
function offsetOf(value: BsonValue): bigint {
  const whole = wholeOf(value.type === BsonType.double ? double(Math.round(asDouble(value))) : value);
  return whole ?? fail(2, 'date overflow in $add');
}

function add(operands: readonly Value[]): Value {
  let sum: BsonValue = ZERO;
  let date: BsonValue | undefined;
  for (const operand of operands) {
    if (isNullish(operand)) return NULL_VALUE;
    const value = operand as BsonValue;
    if (value.type === BsonType.date) {
      if (date) fail(16612, 'only one date allowed in an $add expression');
      date = value;
    } else if (value.isNumber) sum = calculate(ADD, sum, value);
    else fail(14, `$add only supports numeric or date types, not ${typeName(value.type)}`);
  }
  return date ? dateOf(millisOf(date) + offsetOf(sum)) : sum;
}

function subtract([left, right]: readonly Value[]): Value {
  if (isNullish(left) || isNullish(right)) return NULL_VALUE;
  const [a, b] = [left as BsonValue, right as BsonValue];
  if (a.type === BsonType.date && b.type === BsonType.date) return encodeValue(millisOf(a) - millisOf(b));
  if (a.type === BsonType.date && b.isNumber) return dateOf(millisOf(a) - offsetOf(b));
  if (!a.isNumber || !b.isNumber) fail(14, `can't $subtract ${typeName(b.type)} from ${typeName(a.type)}`);
  return calculate(SUBTRACT, a, b);
}

function multiply(operands: readonly Value[]): Value {
  let product: BsonValue = encodeValue(1);
  for (const operand of operands) {
    if (isNullish(operand)) return NULL_VALUE;
    const value = operand as BsonValue;
    if (!value.isNumber) fail(14, `$multiply only supports numeric types, not ${typeName(value.type)}`);
    product = calculate(MULTIPLY, product, value);
  }
  return product;
}

function quotient([left, right]: readonly Value[]): Value {
  if (isNullish(left) || isNullish(right)) return NULL_VALUE;
  const [a, b] = [left as BsonValue, right as BsonValue];
  if (!a.isNumber || !b.isNumber)
    fail(14, `$divide only supports numeric types, not ${typeName(a.type)} and ${typeName(b.type)}`);
  if (compareValues(b, ZERO) === 0) fail(2, "can't $divide by zero");
  return divide(a, b);
}

function remainder([left, right]: readonly Value[]): Value {
  if (isNullish(left) || isNullish(right)) return NULL_VALUE;
  const [a, b] = [left as BsonValue, right as BsonValue];
  if (!a.isNumber || !b.isNumber)
    fail(16611, `$mod only supports numeric types, not ${typeName(a.type)} and ${typeName(b.type)}`);
  if (compareValues(b, ZERO) === 0) fail(16610, "can't $mod by zero");
  return calculate(REMAINDER, a, b);
}

/** An operator on one number. */
function single(compute: (value: BsonValue, name: string) => Value): Operator {
  return computing(1, 1, ([operand], name) => {
    if (isNullish(operand)) return NULL_VALUE;
    const value = operand as BsonValue;
    if (!value.isNumber) fail(28765, `${name} only supports numeric types, not ${typeName(value.type)}`);
    return compute(value, name);
  });
}

function absolute(value: BsonValue): Value {
  if (compareValues(value, ZERO) >= 0 || isNaNValue(value))
    return value.type === BsonType.double ? double(Math.abs(asDouble(value))) : value;
  if (value.type === BsonType.double) return double(-asDouble(value));
  if (value.type === BsonType.decimal128) {
    const number = decimalOf(value);
    return decimalValue(
      typeof number === 'object' ? { ...number, coefficient: -number.coefficient } : Math.abs(number),
    );
  }
  const number = -BigInt(value.number());
  if (number > 2n ** 63n - 1n) fail(28680, "can't take $abs of long long min");
  return integer(number, value.type);
}

/** Functions that give doubles; a decimal is refused where its 34 digits would be lost. */
function real(
  compute: (number: number) => number,
  domain?: (number: number, name: string) => void,
): Operator {
  return single((value, name) => {
    if (value.type === BsonType.decimal128)
      fail(238, `${name} of Decimal128 is not supported by the embedded server`);
    const number = asDouble(value);
    if (!Number.isNaN(number)) domain?.(number, name);
    return double(compute(number));
  });
}

const positive = (code: number) => (number: number, name: string) => {
  if (!(number > 0)) fail(code, `${name}'s argument must be a positive number, but is ${number}`);
};
const within = (low: number, high: number) => (number: number, name: string) => {
  if (number < low || number > high)
    fail(50989, `cannot apply ${name} to ${number}, value must be in [${low},${high}]`);
};

function logarithm([left, right]: readonly Value[]): Value {
  if (isNullish(left) || isNullish(right)) return NULL_VALUE;
  const [number, base] = [left as BsonValue, right as BsonValue];
  if (!number.isNumber) fail(28756, "$log's argument must be numeric");
  if (!base.isNumber) fail(28757, "$log's base must be numeric");
  if (!(asDouble(number) > 0)) fail(28758, "$log's argument must be a positive number");
  if (!(asDouble(base) > 0) || asDouble(base) === 1)
    fail(28759, "$log's base must be a positive number not equal to 1");
  return double(Math.log(asDouble(number)) / Math.log(asDouble(base)));
}

function power([left, right]: readonly Value[]): Value {
  if (isNullish(left) || isNullish(right)) return NULL_VALUE;
  const [base, exponent] = [left as BsonValue, right as BsonValue];
  if (!base.isNumber) fail(28762, "$pow's base must be numeric");
  if (!exponent.isNumber) fail(28763, "$pow's exponent must be numeric");
  if (asDouble(base) === 0 && asDouble(exponent) < 0)
    fail(28764, '$pow cannot take a base of 0 and a negative exponent');
  if (base.type === BsonType.decimal128 || exponent.type === BsonType.decimal128)
    fail(238, '$pow of Decimal128 is not supported by the embedded server');
  const areIntegers = base.type !== BsonType.double && exponent.type !== BsonType.double;
  if (!areIntegers || asDouble(exponent) < 0) return double(asDouble(base) ** asDouble(exponent));
  const type =
    base.type === BsonType.int32 && exponent.type === BsonType.int32 ? BsonType.int32 : BsonType.int64;
  if (Math.abs(asDouble(base)) > 1 && asDouble(exponent) > 64)
    return double(asDouble(base) ** asDouble(exponent));
  const small = Math.abs(asDouble(base)) <= 1 ? BigInt(exponent.number()) % 2n : BigInt(exponent.number());
  const isZeroth = BigInt(exponent.number()) === 0n;
  return integer(BigInt(base.number()) ** (isZeroth ? 0n : small === 0n ? 2n : small), type);
}

function rounding(mode: 'round' | 'trunc'): Operator {
  return computing(1, 2, ([operand, place], name) => {
    if (isNullish(operand) && operand === undefined) return NULL_VALUE;
    if (isNullish(operand)) return NULL_VALUE;
    const value = operand as BsonValue;
    if (!value.isNumber) fail(51081, `${name} only supports numeric types, not ${typeName(value.type)}`);
    let digits: number | undefined = 0;
    if (place !== undefined) {
      if (isNullish(place)) return NULL_VALUE;
      digits = int32Of(place as BsonValue);
      if (digits === undefined) fail(51082, `precision argument to ${name} must be a integral value`);
      if (digits < -20 || digits > 100) fail(51083, `cannot apply ${name} with precision value ${digits}`);
    }
    return rounded(value, digits, mode);
  });
}

function bits(start: bigint, combine: (a: bigint, b: bigint) => bigint): Operator {
  return computing(0, ANY, (operands, name) => {
    let result = start;
    let type: number = BsonType.int32;
    for (const operand of operands) {
      if (isNullish(operand)) return NULL_VALUE;
      const value = operand as BsonValue;
      if (value.type !== BsonType.int32 && value.type !== BsonType.int64)
        fail(14, `${name} only supports int and long operands.`);
      if (value.type === BsonType.int64) type = BsonType.int64;
      result = combine(result, BigInt(value.number()));
    }
    return type === BsonType.int64 ? encodeValue(result) : integer(result, type);
  });
}

export const ARITHMETIC: Readonly<Record<string, Operator>> = {
  $add: computing(0, ANY, add),
  $subtract: computing(2, 2, subtract),
  $multiply: computing(0, ANY, multiply),
  $divide: computing(2, 2, quotient),
  $mod: computing(2, 2, remainder),
  $abs: single(absolute),
  $ceil: single((value) => rounded(value, 0, 'ceil')),
  $floor: single((value) => rounded(value, 0, 'floor')),
  $round: rounding('round'),
  $trunc: rounding('trunc'),
  $sqrt: real(Math.sqrt, (number) => {
    if (number < 0) fail(28714, "$sqrt's argument must be greater than or equal to 0");
  }),
  $exp: real(Math.exp),
  $ln: real(Math.log, positive(28766)),
  $log10: real(Math.log10, positive(28761)),
  $log: computing(2, 2, logarithm),
  $pow: computing(2, 2, power),
  $sin: real(Math.sin),
  $cos: real(Math.cos),
  $tan: real(Math.tan),
  $asin: real(Math.asin, within(-1, 1)),
  $acos: real(Math.acos, within(-1, 1)),
  $atan: real(Math.atan),
  $atan2: computing(2, 2, ([y, x]) => {
    if (isNullish(y) || isNullish(x)) return NULL_VALUE;
    const [a, b] = [y as BsonValue, x as BsonValue];
    if (!a.isNumber || !b.isNumber) fail(51044, '$atan2 only supports numeric types');
    return double(Math.atan2(asDouble(a), asDouble(b)));
  }),
  $sinh: real(Math.sinh),
  $cosh: real(Math.cosh),
  $tanh: real(Math.tanh),
  $asinh: real(Math.asinh),
  $acosh: real(Math.acosh, within(1, Infinity)),
  $atanh: real(Math.atanh, within(-1, 1)),
  $degreesToRadians: real((number) => (number * Math.PI) / 180),
  $radiansToDegrees: real((number) => (number * 180) / Math.PI),
  $bitAnd: bits(-1n, (a, b) => a & b),
  $bitOr: bits(0n, (a, b) => a | b),
  $bitXor: bits(0n, (a, b) => a ^ b),
  $bitNot: computing(1, 1, ([operand]) => {
    if (isNullish(operand)) return NULL_VALUE;
    const value = operand as BsonValue;
    if (value.type !== BsonType.int32 && value.type !== BsonType.int64)
      fail(28765, `$bitNot only supports int and long, not: ${typeName(value.type)}.`);
    const result = ~BigInt(value.number());
    return value.type === BsonType.int64 ? encodeValue(result) : integer(result, value.type);
  }),
};
