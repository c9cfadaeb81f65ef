import {
  addExact,
  decimalOf,
  decimalValue,
  type Exact,
  exactOf,
  exactOfText,
  multiplyExact,
  toDouble,
} from '../bson/decimal.js';
import { Double, encodeValue } from '../bson/encode.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { MongoError } from '../errors.js';

const INT32_MAX = 2n ** 31n - 1n;
const INT64_MAX = 2n ** 63n - 1n;

/** An int32 as BSON. */
export function int32(number: number): BsonValue {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32LE(number);
  return new BsonValue(BsonType.int32, bytes, 0, 4);
}

function int64(number: bigint): BsonValue {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(number);
  return new BsonValue(BsonType.int64, bytes, 0, 8);
}

/**
 * `$inc` and `$mul`: int32 grows into int64, int64 must not overflow, any double makes a double
 * (MongoDB manual: $inc, $mul).
 */
export function calculate(operator: '$inc' | '$mul', left: BsonValue, right: BsonValue): BsonValue {
  if (left.type === BsonType.decimal128 || right.type === BsonType.decimal128) {
    return calculateDecimals(operator, left, right);
  }
  const a = left.number();
  const b = right.number();
  if (left.type === BsonType.double || right.type === BsonType.double) {
    const result = operator === '$inc' ? Number(a) + Number(b) : Number(a) * Number(b);
    return encodeValue(new Double(result));
  }
  const result = operator === '$inc' ? BigInt(a) + BigInt(b) : BigInt(a) * BigInt(b);
  if (result > INT64_MAX || result < -INT64_MAX - 1n) {
    throw new MongoError(2, `Failed to apply ${operator} operations to current value ((NumberLong)${a})`);
  }
  const isSmall = left.type === BsonType.int32 && right.type === BsonType.int32;
  if (isSmall && result <= INT32_MAX && result >= -INT32_MAX - 1n) return int32(Number(result));
  return int64(result);
}

/** A Decimal128 on either side makes a Decimal128; a double counts with 15 digits (MongoDB: Value::coerceToDecimal). */
function calculateDecimals(operator: '$inc' | '$mul', left: BsonValue, right: BsonValue): BsonValue {
  const [a, b] = [decimalPart(left), decimalPart(right)];
  if (typeof a === 'object' && typeof b === 'object')
    return decimalValue(operator === '$inc' ? addExact(a, b) : multiplyExact(a, b));
  const [x, y] = [a, b].map((part) => (typeof part === 'object' ? toDouble(part) : part)) as [number, number];
  return decimalValue(operator === '$inc' ? x + y : x * y);
}

function decimalPart(value: BsonValue): Exact | number {
  if (value.type === BsonType.decimal128) return decimalOf(value);
  const number = value.number();
  if (value.type !== BsonType.double) return exactOf(number);
  if (!Number.isFinite(number)) return Number(number);
  return exactOfText(Number(number).toPrecision(15));
}

/** `$bit`: and, or, xor on int32 and int64. */
export function calculateBits(operation: string, left: BsonValue, right: BsonValue): BsonValue {
  const isInteger = (value: BsonValue) => value.type === BsonType.int32 || value.type === BsonType.int64;
  if (!isInteger(right)) throw new MongoError(2, 'The $bit modifier field must be an Integer(32/64 bit)');
  if (!isInteger(left)) throw new MongoError(2, 'Cannot apply $bit to a value of non-integral type.');
  const a = BigInt(left.number());
  const b = BigInt(right.number());
  const result =
    operation === 'and' ? a & b : operation === 'or' ? a | b : operation === 'xor' ? a ^ b : undefined;
  if (result === undefined)
    throw new MongoError(2, `The $bit modifier only supports 'and', 'or', and 'xor', not '${operation}'`);
  const isSmall = left.type === BsonType.int32 && right.type === BsonType.int32;
  return isSmall ? int32(Number(BigInt.asIntN(32, result))) : int64(BigInt.asIntN(64, result));
}
