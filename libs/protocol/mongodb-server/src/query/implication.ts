import { equalValues } from '../bson/compare.js';
import { Path } from '../bson/path.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { type Comparison, conjunctsOf, type Filter, type Test } from './filter.js';
import { compileValueFilter } from './match.js';

type PathCondition = Extract<Filter, { kind: 'path' }>;

/**
 * Whether every document that the filter accepts is accepted by the condition, as far as that can be seen from single
 * comparisons. A partial index may be used only then (MongoDB manual: Partial Indexes, Query Coverage).
 */
export function implies(filter: Filter, condition: Filter): boolean {
  if (condition.kind === 'and') return condition.parts.every((part) => implies(filter, part));
  const conjuncts = conjunctsOf(filter);
  if (condition.kind === 'or' && condition.parts.some((part) => implies(filter, part))) return true;
  if (
    conjuncts.some((part) => part.kind === 'or' && part.parts.every((branch) => implies(branch, condition)))
  )
    return true;
  if (condition.kind !== 'path') return false;
  return conjuncts.some(
    (part) =>
      part.kind === 'path' && part.path.text === condition.path.text && isTighter(part.test, condition),
  );
}

function isTighter(test: Test, condition: PathCondition): boolean {
  const wanted = condition.test;
  if (wanted.op === 'exists') return test.op === 'exists' || isNeverMissing(test);
  switch (test.op) {
    case 'eq':
      return satisfies(test.operand, condition);
    case 'in':
      return test.patterns.length === 0 && test.operands.every((operand) => satisfies(operand, condition));
    case 'gt':
    case 'gte':
      return (wanted.op === 'gt' || wanted.op === 'gte') && isAtLeast(test, wanted)
        ? true
        : sameType(test, wanted);
    case 'lt':
    case 'lte':
      return (wanted.op === 'lt' || wanted.op === 'lte') && isAtMost(test, wanted)
        ? true
        : sameType(test, wanted);
    case 'type':
      return wanted.op === 'type' && [...test.types].every((type) => wanted.types.has(type));
    default:
      return false;
  }
}

/** An equality holds the value itself; null also stands for a missing field, and an array for its elements. */
function satisfies(operand: BsonValue, condition: PathCondition): boolean {
  const { test } = condition;
  if (operand.type === BsonType.null) return test.op === 'eq' && test.operand.type === BsonType.null;
  if (operand.type === BsonType.array) return test.op === 'eq' && equalValues(operand, test.operand);
  return compileValueFilter(condition)(operand);
}

function isNeverMissing(test: Test): boolean {
  switch (test.op) {
    case 'eq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return test.operand.type !== BsonType.null && !isExtreme(test.operand);
    case 'in':
      return test.operands.every(({ type }) => type !== BsonType.null);
    case 'type':
    case 'size':
    case 'mod':
    case 'regex':
    case 'elemMatch':
    case 'elemMatchValue':
    case 'bits':
      return true;
    case 'exists':
      return true;
  }
}

const isExtreme = ({ type }: BsonValue) => type === BsonType.minKey || type === BsonType.maxKey;

interface Order {
  readonly op: Comparison;
  readonly operand: BsonValue;
}

/** `{ $gt: 5 }` says that the value is a number. */
function sameType(test: Order, wanted: Test): boolean {
  if (wanted.op !== 'type' || isExtreme(test.operand)) return false;
  const { isNumber, type } = test.operand;
  return isNumber ? [1, 16, 18, 19].every((number) => wanted.types.has(number)) : wanted.types.has(type);
}

function isAtLeast(test: Order, wanted: Order): boolean {
  if (!comparable(test, wanted)) return false;
  return (
    accepts('gt', wanted.operand, test.operand) ||
    (equalValues(test.operand, wanted.operand) && !(wanted.op === 'gt' && test.op === 'gte'))
  );
}

function isAtMost(test: Order, wanted: Order): boolean {
  if (!comparable(test, wanted)) return false;
  return (
    accepts('lt', wanted.operand, test.operand) ||
    (equalValues(test.operand, wanted.operand) && !(wanted.op === 'lt' && test.op === 'lte'))
  );
}

function comparable(test: Order, wanted: Order): boolean {
  return !isExtreme(test.operand) && !isExtreme(wanted.operand) && test.operand.type !== BsonType.array;
}

/** Whether `value` lies on that side of the operand, of one type with it. */
function accepts(op: 'gt' | 'lt', operand: BsonValue, value: BsonValue): boolean {
  return compileValueFilter({ kind: 'path', path: NO_PATH, test: { op, operand } })(value);
}

const NO_PATH = new Path('');
