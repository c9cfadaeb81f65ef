import { Decimal128, ObjectId } from 'bson';
import { NULL_VALUE } from '../../bson/compare.js';
import { decimalOf, decimalValue, exactOf, exactOfText, truncateExact } from '../../bson/decimal.js';
import { encodeValue } from '../../bson/encode.js';
import { BsonType, type BsonValue, typeName, typeOfName } from '../../bson/value.js';
import { dateOf, millisOf } from './arithmetic.js';
import { parseDate } from './date-text.js';
import { computing, named } from './define.js';
import { asDouble, double, exactly } from './numbers.js';
import { fail, isNullish, isTrue, type Operator } from './scope.js';

/** A scalar as text, as `$toString` writes it. @param code of the error for what has none. */
export function textOf(value: BsonValue, code: number): string {
  switch (value.type) {
    case BsonType.string:
    case BsonType.symbol:
      return value.string();
    case BsonType.boolean:
      return String(value.boolean());
    case BsonType.int32:
    case BsonType.int64:
      return String(value.number());
    case BsonType.double:
      return doubleText(asDouble(value));
    case BsonType.decimal128:
      return new Decimal128(value.raw()).toString();
    case BsonType.date:
      return new Date(Number(millisOf(value))).toISOString();
    case BsonType.objectId:
      return value.raw().toString('hex');
    default:
      return fail(code, `can't convert from BSON type ${typeName(value.type)} to String`);
  }
}

function doubleText(number: number): string {
  if (Number.isNaN(number)) return 'NaN';
  if (!Number.isFinite(number)) return number > 0 ? 'Infinity' : '-Infinity';
  if (Object.is(number, -0)) return '-0';
  return String(number);
}

const bad = (message: string): never => fail(241, message);
const unsupported = (value: BsonValue, to: string): never =>
  bad(`Unsupported conversion from ${typeName(value.type)} to ${to} in $convert with no onError value`);

function toInteger(value: BsonValue, bits: 32 | 64): BsonValue {
  const to = bits === 32 ? 'int' : 'long';
  const made = (number: bigint) => {
    if (number !== BigInt.asIntN(bits, number))
      bad(`Conversion would overflow target type in $convert with no onError value: ${number}`);
    return encodeValue(bits === 32 ? Number(number) : number);
  };
  switch (value.type) {
    case BsonType.int32:
    case BsonType.int64:
      return made(BigInt(value.number()));
    case BsonType.double: {
      const number = asDouble(value);
      if (!Number.isFinite(number))
        bad(`Attempt to convert ${number} to integer type in $convert with no onError value`);
      return made(BigInt(Math.trunc(number)));
    }
    case BsonType.decimal128: {
      const number = decimalOf(value);
      if (typeof number === 'number')
        return bad(`Attempt to convert ${number} to integer type in $convert with no onError value`);
      return made(truncateExact(number));
    }
    case BsonType.boolean:
      return made(value.boolean() ? 1n : 0n);
    case BsonType.date:
      return bits === 64 ? made(millisOf(value)) : unsupported(value, to);
    case BsonType.string: {
      const text = value.string();
      if (!/^[-+]?\d+$/.test(text)) bad(`Failed to parse number '${text}' in $convert with no onError value`);
      return made(BigInt(text.replace('+', '')));
    }
    default:
      return unsupported(value, to);
  }
}

const NUMBER_TEXT = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

function toDoubleValue(value: BsonValue): BsonValue {
  if (value.isNumber) return double(asDouble(value));
  if (value.type === BsonType.boolean) return double(value.boolean() ? 1 : 0);
  if (value.type === BsonType.date) return double(Number(millisOf(value)));
  if (value.type !== BsonType.string) return unsupported(value, 'double');
  const text = value.string();
  if (/^[-+]?(inf|infinity)$/i.test(text)) return double(text.startsWith('-') ? -Infinity : Infinity);
  if (/^nan$/i.test(text)) return double(Number.NaN);
  if (!NUMBER_TEXT.test(text)) bad(`Failed to parse number '${text}' in $convert with no onError value`);
  return double(Number(text));
}

function toDecimal(value: BsonValue): BsonValue {
  if (value.type === BsonType.decimal128) return value;
  if (value.type === BsonType.double) {
    const number = asDouble(value);
    return decimalValue(Number.isFinite(number) ? exactOfText(number.toPrecision(15)) : number);
  }
  if (value.isNumber) return decimalValue(exactly(value));
  if (value.type === BsonType.boolean) return decimalValue(exactOf(value.boolean() ? 1 : 0));
  if (value.type === BsonType.date) return decimalValue(exactOf(millisOf(value)));
  if (value.type !== BsonType.string) return unsupported(value, 'decimal');
  const text = value.string();
  if (!NUMBER_TEXT.test(text))
    return bad(`Failed to parse number '${text}' in $convert with no onError value`);
  return decimalValue(exactOfText(Decimal128.fromString(text).toString().replace('E', 'e')));
}

function toDate(value: BsonValue): BsonValue {
  switch (value.type) {
    case BsonType.date:
      return value;
    case BsonType.int64:
      return dateOf(BigInt(value.number()));
    case BsonType.double:
    case BsonType.decimal128:
      return dateOf(BigInt(toInteger(value, 64).number()));
    case BsonType.string:
      return dateOf(BigInt(parseDate(value.string())));
    case BsonType.objectId:
      return dateOf(BigInt(value.bytes.readUInt32BE(value.start)) * 1000n);
    case BsonType.timestamp:
      return dateOf(BigInt(value.bytes.readUInt32LE(value.start + 4)) * 1000n);
    default:
      return unsupported(value, 'date');
  }
}

function toObjectId(value: BsonValue): BsonValue {
  if (value.type === BsonType.objectId) return value;
  if (value.type !== BsonType.string) return unsupported(value, 'objectId');
  const text = value.string();
  if (!/^[0-9a-fA-F]{24}$/.test(text))
    bad(
      `Failed to parse objectId '${text}' in $convert with no onError value: Invalid string length for parsing to OID`,
    );
  return encodeValue(new ObjectId(text));
}

const CONVERSIONS: Readonly<Record<number, (value: BsonValue) => BsonValue>> = {
  [BsonType.double]: toDoubleValue,
  [BsonType.string]: (value) => encodeValue(textOf(value, 241)),
  [BsonType.objectId]: toObjectId,
  [BsonType.boolean]: (value) => encodeValue(isTrue(value)),
  [BsonType.date]: toDate,
  [BsonType.int32]: (value) => toInteger(value, 32),
  [BsonType.int64]: (value) => toInteger(value, 64),
  [BsonType.decimal128]: toDecimal,
};

const to = (type: number): Operator =>
  computing(1, 1, ([value]) => (isNullish(value) ? NULL_VALUE : CONVERSIONS[type]!(value as BsonValue)));

const convert: Operator = named(
  ['input', 'to', 'onError', 'onNull'],
  { notObject: 9, unknown: 9, missing: 9 },
  (operands) => {
    const [input, target] = [operands.must('input'), operands.must('to')];
    const [onError, onNull] = [operands.get('onError'), operands.get('onNull')];
    return (scope) => {
      const wanted = target(scope);
      const value = input(scope);
      if (isNullish(value)) return onNull ? onNull(scope) : NULL_VALUE;
      if (isNullish(wanted)) return NULL_VALUE;
      const conversion = CONVERSIONS[typeOf(wanted as BsonValue)];
      if (!conversion) return fail(238, '$convert to this type is not supported by the embedded server');
      if (!onError) return conversion(value as BsonValue);
      try {
        return conversion(value as BsonValue);
      } catch (error) {
        if ((error as { code?: unknown }).code === 241) return onError(scope);
        throw error;
      }
    };
  },
);

function typeOf(wanted: BsonValue): number {
  if (wanted.type !== BsonType.string && !wanted.isNumber)
    fail(2, "$convert's 'to' argument must be a string or number");
  const type = wanted.type === BsonType.string ? typeOfName(wanted.string()) : asDouble(wanted);
  if (type === undefined || typeName(type).startsWith('type '))
    return fail(2, 'Unknown type name in $convert');
  return type;
}

export const CONVERSION: Readonly<Record<string, Operator>> = {
  $convert: convert,
  $toBool: to(BsonType.boolean),
  $toInt: to(BsonType.int32),
  $toLong: to(BsonType.int64),
  $toDouble: to(BsonType.double),
  $toDecimal: to(BsonType.decimal128),
  $toString: to(BsonType.string),
  $toDate: to(BsonType.date),
  $toObjectId: to(BsonType.objectId),
  $type: computing(1, 1, ([value]) => encodeValue(value === undefined ? 'missing' : typeName(value.type))),
  $isNumber: computing(1, 1, ([value]) => encodeValue(value?.isNumber ?? false)),
};
