import { MongoError } from '../errors.js';
import { compareExact, decimalOf, type Exact, exactOf } from './decimal.js';
import { BsonType, BsonValue, elementsOf, entriesOf } from './value.js';

/**
 * Place of a type in MongoDB's comparison order, with room between neighbours
 * (MongoDB manual: Comparison/Sort Order).
 */
export function rankOf(type: number): number {
  const rank = RANKS[type];
  if (rank === undefined) throw new MongoError(22, `unknown BSON type ${type}`);
  return rank;
}

const RANKS: readonly (number | undefined)[] = (() => {
  const ranks: (number | undefined)[] = new Array(256).fill(undefined);
  const order: number[][] = [
    [255],
    [6],
    [10],
    [1, 16, 18, 19],
    [2, 14],
    [3],
    [4],
    [5],
    [7],
    [8],
    [9],
    [17],
    [11],
    [12],
    [13],
    [15],
    [127],
  ];
  order.forEach((types, place) => {
    for (const type of types) ranks[type] = 4 + place * 4;
  });
  return ranks;
})();

export const NULL_RANK = 12;
export const NULL_VALUE = new BsonValue(BsonType.null, Buffer.alloc(0), 0, 0);

/** Negative, 0 or positive as `left` sorts before, with or after `right`. */
export function compareValues(left: BsonValue, right: BsonValue): number {
  const byType = rankOf(left.type) - rankOf(right.type);
  if (byType !== 0) return byType;
  switch (left.type) {
    case 16:
    case 1:
    case 18:
    case 19:
      if (left.type === BsonType.decimal128 || right.type === BsonType.decimal128)
        return compareAnyNumbers(numberOf(left), numberOf(right));
      return compareNumbers(left.number(), right.number());
    case 2:
    case 14:
    case 13:
      return compareBytes(left, 4, 1, right);
    case 3:
      return compareObjects(left, right);
    case 4:
      return compareArrays(left, right);
    case 5: {
      const bySize = left.end - left.start - (right.end - right.start);
      return bySize !== 0 ? bySize : compareBytes(left, 4, 0, right);
    }
    case 9: {
      const a = left.bytes.readBigInt64LE(left.start);
      const b = right.bytes.readBigInt64LE(right.start);
      return a < b ? -1 : a > b ? 1 : 0;
    }
    case 17: {
      const a = left.bytes.readBigUInt64LE(left.start);
      const b = right.bytes.readBigUInt64LE(right.start);
      return a < b ? -1 : a > b ? 1 : 0;
    }
    default:
      return compareBytes(left, 0, 0, right);
  }
}

function compareBytes(left: BsonValue, skipFront: number, skipBack: number, right: BsonValue): number {
  return left.bytes.compare(
    right.bytes,
    right.start + skipFront,
    right.end - skipBack,
    left.start + skipFront,
    left.end - skipBack,
  );
}

/** NaN sorts before every number and equals itself; a bigint compares exactly with a double. */
export function compareNumbers(left: number | bigint, right: number | bigint): number {
  if (left < right) return -1;
  if (left > right) return 1;
  const leftIsNaN = Number.isNaN(left);
  const rightIsNaN = Number.isNaN(right);
  return leftIsNaN === rightIsNaN ? 0 : leftIsNaN ? -1 : 1;
}

/** Any number of BSON: a Decimal128 exactly, except NaN and the infinities. */
function numberOf(value: BsonValue): number | bigint | Exact {
  return value.type === BsonType.decimal128 ? decimalOf(value) : value.number();
}

function compareAnyNumbers(left: number | bigint | Exact, right: number | bigint | Exact): number {
  const isPlain = (number: number | bigint | Exact) => typeof number === 'number' && !Number.isFinite(number);
  if (isPlain(left) || isPlain(right)) {
    return compareNumbers(nonFiniteOr0(left), nonFiniteOr0(right));
  }
  return compareExact(asExact(left), asExact(right));
}

/** Beside NaN or an infinity every finite number is like 0. */
function nonFiniteOr0(number: number | bigint | Exact): number {
  return typeof number === 'number' && !Number.isFinite(number) ? number : 0;
}

function asExact(number: number | bigint | Exact): Exact {
  return typeof number === 'object' ? number : exactOf(number);
}

/** Whether a number is NaN, of either kind. */
export function isNaNValue(value: BsonValue): boolean {
  if (value.type === BsonType.double) return Number.isNaN(value.number());
  return value.type === BsonType.decimal128 && Number.isNaN(decimalOf(value));
}

function compareObjects(left: BsonValue, right: BsonValue): number {
  const a = entriesOf(left);
  const b = entriesOf(right);
  for (let i = 0; i < a.length && i < b.length; i++) {
    const [leftName, leftValue] = a[i]!;
    const [rightName, rightValue] = b[i]!;
    const byType = rankOf(leftValue.type) - rankOf(rightValue.type);
    if (byType !== 0) return byType;
    if (leftName !== rightName) return Buffer.compare(Buffer.from(leftName), Buffer.from(rightName));
    const byValue = compareValues(leftValue, rightValue);
    if (byValue !== 0) return byValue;
  }
  return a.length - b.length;
}

function compareArrays(left: BsonValue, right: BsonValue): number {
  const a = elementsOf(left);
  const b = elementsOf(right);
  for (let i = 0; i < a.length && i < b.length; i++) {
    const byValue = compareValues(a[i]!, b[i]!);
    if (byValue !== 0) return byValue;
  }
  return a.length - b.length;
}

/** Equality as `{ field: value }` means it: numbers by value, objects with their field order. */
export function equalValues(left: BsonValue, right: BsonValue): boolean {
  return compareValues(left, right) === 0;
}
