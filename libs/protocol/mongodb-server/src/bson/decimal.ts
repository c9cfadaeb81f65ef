import { Decimal128 } from 'bson';
import { BsonType, BsonValue } from './value.js';

/** `coefficient × 10^exponent`, without rounding: what any finite number of BSON is. */
export interface Exact {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const DIGITS = 34;
const scratch = Buffer.alloc(8);

/** A Decimal128 exactly; NaN and the infinities as numbers (IEEE 754-2008, binary integer encoding). */
export function decimalOf(value: BsonValue): Exact | number {
  const high = value.bytes.readBigUInt64LE(value.start + 8);
  const low = value.bytes.readBigUInt64LE(value.start);
  const isNegative = high >> 63n === 1n;
  const combination = (high >> 58n) & 0x1fn;
  if (combination === 0x1fn) return Number.NaN;
  if (combination === 0x1en) return isNegative ? -Infinity : Infinity;
  // Coefficients with the second form of exponent are beyond 34 digits: they count as zero.
  const isSecondForm = combination >> 3n === 3n;
  const exponent = Number((high >> (isSecondForm ? 47n : 49n)) & 0x3fffn) - 6176;
  const coefficient = isSecondForm ? 0n : ((high & 0x1_ffff_ffff_ffffn) << 64n) | low;
  return { coefficient: isNegative ? -coefficient : coefficient, exponent };
}

/** An integer or finite double exactly. */
export function exactOf(number: number | bigint): Exact {
  if (typeof number === 'bigint') return { coefficient: number, exponent: 0 };
  if (Number.isInteger(number)) return { coefficient: BigInt(number), exponent: 0 };
  scratch.writeDoubleBE(number);
  const bits = scratch.readBigUInt64BE();
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10_0000_0000_0000n;
  // mantissa / 2^shift = mantissa · 5^shift / 10^shift
  const shift = 1075 - Math.max(biased, 1);
  const coefficient = mantissa * 5n ** BigInt(shift);
  return { coefficient: bits >> 63n ? -coefficient : coefficient, exponent: -shift };
}

/** A decimal number as JavaScript writes it, such as `1.50` or `1e+21`. */
export function exactOfText(text: string): Exact {
  const [mantissa, power = '0'] = text.split('e') as [string, string?];
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?];
  return { coefficient: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** Both over the smaller exponent. */
function aligned(a: Exact, b: Exact): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [
    a.coefficient * 10n ** BigInt(a.exponent - exponent),
    b.coefficient * 10n ** BigInt(b.exponent - exponent),
    exponent,
  ];
}

export function compareExact(a: Exact, b: Exact): number {
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

export function addExact(a: Exact, b: Exact): Exact {
  const [left, right, exponent] = aligned(a, b);
  return { coefficient: left + right, exponent };
}

export function multiplyExact(a: Exact, b: Exact): Exact {
  return { coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent };
}

/** To 34 digits, as Decimal128 divides. */
export function divideExact(a: Exact, b: Exact): Exact {
  const missing = Math.max(0, DIGITS + 2 - digitsOf(a.coefficient).length + digitsOf(b.coefficient).length);
  const scaled = a.coefficient * 10n ** BigInt(missing);
  let quotient = scaled / b.coefficient;
  let exponent = a.exponent - b.exponent - missing;
  if (quotient * b.coefficient !== scaled) return { coefficient: quotient, exponent };
  const ideal = a.exponent - b.exponent;
  while (exponent < ideal && quotient % 10n === 0n) {
    quotient /= 10n;
    exponent++;
  }
  return { coefficient: quotient, exponent };
}

export function truncateExact({ coefficient, exponent }: Exact): bigint {
  return exponent >= 0 ? coefficient * 10n ** BigInt(exponent) : coefficient / 10n ** BigInt(-exponent);
}

const digitsOf = (coefficient: bigint): string => String(coefficient < 0n ? -coefficient : coefficient);

/** Nearest double. */
export function toDouble({ coefficient, exponent }: Exact): number {
  return Number(`${coefficient}e${exponent}`);
}

/** Rounded half to even to 34 digits. */
export function decimalText({ coefficient, exponent }: Exact): string {
  let digits = digitsOf(coefficient);
  let power = exponent;
  if (digits.length > DIGITS) {
    const drop = digits.length - DIGITS;
    const unit = 10n ** BigInt(drop);
    const absolute = coefficient < 0n ? -coefficient : coefficient;
    let kept = absolute / unit;
    const rest = (absolute % unit) * 2n;
    if (rest > unit || (rest === unit && kept % 2n === 1n)) kept++;
    digits = String(kept);
    power += drop;
  }
  return `${coefficient < 0n ? '-' : ''}${digits}E${power >= 0 ? '+' : ''}${power}`;
}

/** A Decimal128 as BSON. */
export function decimalValue(number: Exact | number): BsonValue {
  const text =
    typeof number === 'number' ? (Number.isNaN(number) ? 'NaN' : String(number)) : decimalText(number);
  const bytes = Buffer.from(Decimal128.fromString(text).bytes);
  return new BsonValue(BsonType.decimal128, bytes, 0, 16);
}
