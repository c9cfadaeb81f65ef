import { compareValues, isNaNValue, rankOf } from '../bson/compare.js';
import { encodeValue } from '../bson/encode.js';
import { bitsOfBinary, wholeOf } from '../bson/integers.js';
import { encodeKey } from '../bson/key-encoding.js';
import { anyAt, anyElement } from '../bson/path.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { MongoError } from '../errors.js';
import type { Filter, RegexTest, Test } from './filter.js';

/** Whether the document at `start` of the bytes matches. */
export type Predicate = (bytes: Buffer, start: number) => boolean;
type ValueTest = (value: BsonValue | undefined) => boolean;

/** How `$expr` is judged; the aggregation brings it, so that the matcher does not depend on expressions. */
export type ExpressionJudge = (expression: BsonValue) => Predicate;

/** Turns a filter into a predicate on raw documents. */
export function compileFilter(filter: Filter, judge?: ExpressionJudge): Predicate {
  switch (filter.kind) {
    case 'never':
      return () => false;
    case 'and': {
      const parts = filter.parts.map((part) => compileFilter(part, judge));
      if (parts.length === 0) return () => true;
      if (parts.length === 1) return parts[0]!;
      return (bytes, start) => parts.every((part) => part(bytes, start));
    }
    case 'or': {
      const parts = filter.parts.map((part) => compileFilter(part, judge));
      return (bytes, start) => parts.some((part) => part(bytes, start));
    }
    case 'nor': {
      const parts = filter.parts.map((part) => compileFilter(part, judge));
      return (bytes, start) => !parts.some((part) => part(bytes, start));
    }
    case 'not': {
      const part = compileFilter(filter.part, judge);
      return (bytes, start) => !part(bytes, start);
    }
    case 'path': {
      const { path } = filter;
      const test = compileTest(filter.test, judge);
      const expand = expandsArrays(filter.test);
      return (bytes, start) => anyAt(path, bytes, start, expand, test);
    }
    case 'expression':
      if (!judge) throw new MongoError(2, '$expr is not allowed here');
      return judge(filter.expression);
  }
}

function expandsArrays(test: Test): boolean {
  return (
    test.op !== 'exists' && test.op !== 'size' && test.op !== 'elemMatch' && test.op !== 'elemMatchValue'
  );
}

function compileTest(test: Test, judge: ExpressionJudge | undefined): ValueTest {
  switch (test.op) {
    case 'eq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return comparison(test.op, test.operand);
    case 'in':
      return membership(test.operands, test.patterns);
    case 'exists':
      return (value) => value !== undefined;
    case 'type':
      return (value) => value !== undefined && test.types.has(value.type);
    case 'size':
      return (value) => value?.type === BsonType.array && sizeOf(value) === test.size;
    case 'mod':
      return (value) => value !== undefined && remainderOf(value, test.divisor) === test.remainder;
    case 'regex':
      return regex(test);
    case 'elemMatch': {
      const matches = compileFilter(test.filter, judge);
      return (value) =>
        value?.type === BsonType.array &&
        anyElement(
          value,
          (element) =>
            (element.type === BsonType.object || element.type === BsonType.array) &&
            matches(element.bytes, element.start),
        );
    }
    case 'elemMatchValue': {
      const tests = test.tests.map((part) => compileValueFilter(part, judge));
      return (value) =>
        value?.type === BsonType.array &&
        anyElement(value, (element) => tests.every((passes) => passes(element)));
    }
    case 'bits':
      return (value) => value !== undefined && matchesBits(value, test.mask, test.want);
  }
}

/** A filter made of operators only, applied to one value: `$elemMatch` on values, `$pull`, array filters. */
export function compileValueFilter(filter: Filter, judge?: ExpressionJudge): (value: BsonValue) => boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
    case 'nor': {
      const parts = filter.parts.map((part) => compileValueFilter(part, judge));
      if (filter.kind === 'and') return (value) => parts.every((part) => part(value));
      const wanted = filter.kind === 'or';
      return (value) => parts.some((part) => part(value)) === wanted;
    }
    case 'not': {
      const part = compileValueFilter(filter.part, judge);
      return (value) => !part(value);
    }
    case 'path':
      return compileTest(filter.test, judge);
    case 'never':
      return () => false;
    case 'expression':
      throw new MongoError(2, '$expr is not allowed here');
  }
}

function comparison(op: 'eq' | 'gt' | 'gte' | 'lt' | 'lte', operand: BsonValue): ValueTest {
  if (operand.type === BsonType.null) {
    if (op === 'gt' || op === 'lt') return () => false;
    return (value) => value === undefined || value.type === BsonType.null;
  }
  const rank = rankOf(operand.type);
  if (op === 'eq')
    return (value) =>
      value !== undefined && rankOf(value.type) === rank && compareValues(value, operand) === 0;
  const accepts = acceptance(op);
  if (operand.type === BsonType.minKey || operand.type === BsonType.maxKey) {
    // Everything is above MinKey and below MaxKey, also a field that is missing.
    const whenMissing = operand.type === BsonType.minKey ? op.startsWith('gt') : op.startsWith('lt');
    return (value) => (value === undefined ? whenMissing : accepts(compareValues(value, operand)));
  }
  if (isNaNValue(operand)) {
    if (op === 'gt' || op === 'lt') return () => false;
    return (value) => value !== undefined && isNaNValue(value);
  }
  return (value) => {
    if (value === undefined || rankOf(value.type) !== rank) return false;
    if (isNaNValue(value)) return false;
    return accepts(compareValues(value, operand));
  };
}

function acceptance(op: 'gt' | 'gte' | 'lt' | 'lte'): (order: number) => boolean {
  if (op === 'gt') return (order) => order > 0;
  if (op === 'gte') return (order) => order >= 0;
  if (op === 'lt') return (order) => order < 0;
  return (order) => order <= 0;
}

function membership(operands: readonly BsonValue[], patterns: readonly RegExp[]): ValueTest {
  const keys = new Set(operands.map((operand) => encodeKey(operand).toString('latin1')));
  const acceptsNull = operands.some((operand) => operand.type === BsonType.null);
  return (value) => {
    if (value === undefined) return acceptsNull;
    if (keys.has(encodeKey(value).toString('latin1'))) return true;
    return patterns.length > 0 && isText(value) && patterns.some((pattern) => pattern.test(value.string()));
  };
}

function isText(value: BsonValue): boolean {
  return value.type === BsonType.string || value.type === BsonType.symbol;
}

function regex({ pattern, literal }: RegexTest): ValueTest {
  return (value) => {
    if (value === undefined) return false;
    if (isText(value)) return pattern.test(value.string());
    return value.type === BsonType.regex && compareValues(value, literal) === 0;
  };
}

function sizeOf(array: BsonValue): number {
  let size = 0;
  anyElement(array, () => {
    size++;
    return false;
  });
  return size;
}

function remainderOf(value: BsonValue, divisor: bigint): bigint | undefined {
  const number = wholeOf(value);
  return number === undefined ? undefined : number % divisor;
}

function matchesBits(
  value: BsonValue,
  mask: bigint,
  want: 'allSet' | 'allClear' | 'anySet' | 'anyClear',
): boolean {
  const whole = value.type === BsonType.binary ? bitsOfBinary(value) : wholeOf(value);
  if (whole === undefined) return false;
  if (value.isNumber && compareValues(value, encodeValue(whole)) !== 0) return false;
  const bits = whole & mask;
  if (want === 'allSet') return bits === mask;
  if (want === 'allClear') return bits === 0n;
  return want === 'anySet' ? bits !== 0n : bits !== mask;
}
