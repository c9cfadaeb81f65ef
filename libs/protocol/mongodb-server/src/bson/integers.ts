import { decimalOf, truncateExact } from './decimal.js';
import { BsonType, type BsonValue } from './value.js';

/** A number cut to an int64; undefined for what is no number, not finite, or beyond. */
export function wholeOf(value: BsonValue): bigint | undefined {
  if (!value.isNumber) return undefined;
  const number = value.type === BsonType.decimal128 ? decimalOf(value) : value.number();
  if (typeof number === 'number' && !Number.isFinite(number)) return undefined;
  let whole: bigint;
  if (typeof number === 'object') whole = truncateExact(number);
  else whole = typeof number === 'bigint' ? number : BigInt(Math.trunc(number));
  return whole === BigInt.asIntN(64, whole) ? whole : undefined;
}

/** Bit 0 is the lowest of the first byte. */
export function bitsOfBinary(value: BsonValue): bigint {
  const bytes = value.bytes.subarray(value.start + 5, value.end);
  return bytes.reduce((bits, byte, at) => bits | (BigInt(byte) << BigInt(at * 8)), 0n);
}
