import { Path } from '../bson/path.js';
import { BsonType, BsonValue, elementsOf, entriesOf, typeName, typeOfName } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import type { Comparison, Filter, Test } from './filter.js';
import { regexOf, regexOfOptions } from './regex.js';

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  $eq: 'eq',
  $gt: 'gt',
  $gte: 'gte',
  $lt: 'lt',
  $lte: 'lte',
};

const ABSENT = new Set(
  (
    '$where $text $near $nearSphere $geoWithin $geoIntersects $geoNear $within $jsonSchema $rand $sampleRate ' +
    '$uniqueDocs $encStrictEq $encFLEEq'
  ).split(' '),
);

function badValue(message: string): MongoError {
  return new MongoError(2, message);
}

/** @throws MongoError 2 for an unknown operator or a bad operand, 238 for one that this server lacks. */
export function parseFilter(filter: BsonValue): Filter {
  const parts: Filter[] = [];
  for (const [name, value] of entriesOf(filter)) {
    if (name.startsWith('$')) {
      const part = parseTopLevel(name, value);
      if (part) parts.push(part);
    } else parts.push(parseField(new Path(name), value));
  }
  return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
}

function parseTopLevel(name: string, value: BsonValue): Filter | undefined {
  switch (name) {
    case '$and':
    case '$or':
    case '$nor': {
      const parts = nonEmptyArray(name, value).map((part) => {
        if (part.type !== BsonType.object) throw badValue(`${name} argument's entries must be objects`);
        return parseFilter(part);
      });
      return { kind: name.slice(1) as 'and' | 'or' | 'nor', parts };
    }
    case '$expr':
      return { kind: 'expression', expression: value };
    case '$comment':
      return undefined;
    default:
      if (ABSENT.has(name)) throw notSupported(name);
      throw badValue(
        `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
  }
}

function nonEmptyArray(name: string, value: BsonValue): BsonValue[] {
  if (value.type !== BsonType.array) throw badValue(`${name} must be an array`);
  const elements = elementsOf(value);
  if (elements.length === 0) throw badValue(`${name} argument must be a non-empty array`);
  return elements;
}

/** `{ $gt: … }` but not `{ a: … }` nor a DBRef. */
export function isOperatorObject(value: BsonValue): boolean {
  if (value.type !== BsonType.object) return false;
  const first = entriesOf(value)[0]?.[0];
  return first?.startsWith('$') === true && first !== '$ref' && first !== '$id' && first !== '$db';
}

function parseField(path: Path, value: BsonValue): Filter {
  if (!isOperatorObject(value)) return { kind: 'path', path, test: equality(value) };
  const parts = parseOperators(path, value);
  return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
}

function equality(value: BsonValue): Test {
  if (value.type === BsonType.regex) return { op: 'regex', pattern: regexOf(value), literal: value };
  if (value.type === BsonType.undefined) throw badValue('cannot compare to undefined');
  return { op: 'eq', operand: value };
}

function parseOperators(path: Path, operators: BsonValue): Filter[] {
  const entries = entriesOf(operators);
  const parts: Filter[] = [];
  for (const [name, operand] of entries) {
    if (!name.startsWith('$')) throw badValue(`unknown operator: ${name}`);
    if (name === '$options') {
      if (!entries.some(([other]) => other === '$regex')) throw badValue('$options needs a $regex');
      continue;
    }
    if (name === '$regex') {
      const options = entries.find(([other]) => other === '$options')?.[1];
      parts.push({
        kind: 'path',
        path,
        test: { op: 'regex', pattern: regexOfOptions(operand, options), literal: undefined },
      });
      continue;
    }
    const part = parseOperator(path, name, operand);
    if (part) parts.push(part);
  }
  return parts;
}

function parseOperator(path: Path, name: string, operand: BsonValue): Filter | undefined {
  const comparison = COMPARISONS[name];
  if (comparison) return parseComparison(path, name, comparison, operand);
  const at = (test: Test): Filter => ({ kind: 'path', path, test });
  switch (name) {
    case '$ne':
      if (operand.type === BsonType.regex) throw badValue("Can't have regex as arg to $ne.");
      return { kind: 'not', part: at(equality(operand)) };
    case '$in':
      return at(parseIn(operand, name));
    case '$nin':
      return { kind: 'not', part: at(parseIn(operand, name)) };
    case '$exists':
      return operand.truthy() ? at({ op: 'exists' }) : { kind: 'not', part: at({ op: 'exists' }) };
    case '$type':
      return at({ op: 'type', types: parseTypes(operand) });
    case '$size':
      return at({ op: 'size', size: parseSize(operand) });
    case '$mod':
      return at(parseMod(operand));
    case '$not':
      return { kind: 'not', part: parseNot(path, operand) };
    case '$all':
      return parseAll(path, operand);
    case '$elemMatch':
      return at(parseElemMatch(operand));
    case '$bitsAllSet':
    case '$bitsAllClear':
    case '$bitsAnySet':
    case '$bitsAnyClear': {
      const want = (name[5]!.toLowerCase() + name.slice(6)) as 'allSet';
      return at({ op: 'bits', mask: parseMask(name, operand), want });
    }
    case '$comment':
      return undefined;
    default:
      if (ABSENT.has(name)) throw notSupported(name);
      throw badValue(`unknown operator: ${name}`);
  }
}

/** Operators, a regex or a value, tested on one value: `$pull`, `$elemMatch` on values. */
export function parseValueFilter(condition: BsonValue): Filter {
  return parseField(new Path(''), condition);
}

function parseComparison(path: Path, name: string, comparison: Comparison, operand: BsonValue): Filter {
  if (operand.type === BsonType.undefined) throw badValue('cannot compare to undefined');
  if (operand.type === BsonType.regex && comparison !== 'eq')
    throw badValue(`Can't have RegEx as arg to predicate over field '${path.text}'.`);
  if (operand.type === BsonType.decimal128) throw notSupported(`${name} with Decimal128`);
  return { kind: 'path', path, test: { op: comparison, operand } };
}

function parseIn(operand: BsonValue, name: string): Test {
  if (operand.type !== BsonType.array) throw badValue(`${name} needs an array`);
  const operands: BsonValue[] = [];
  const patterns: RegExp[] = [];
  for (const element of elementsOf(operand)) {
    if (isOperatorObject(element)) throw badValue(`cannot nest $ under ${name}`);
    if (element.type === BsonType.regex) patterns.push(regexOf(element));
    operands.push(element);
  }
  return { op: 'in', operands, patterns };
}

function parseTypes(operand: BsonValue): ReadonlySet<number> {
  const types = new Set<number>();
  for (const element of operand.type === BsonType.array ? elementsOf(operand) : [operand]) {
    if (element.type === BsonType.string && element.string() === 'number') {
      for (const type of [1, 16, 18, 19]) types.add(type);
      continue;
    }
    const type = element.type === BsonType.string ? typeOfName(element.string()) : Number(element.number());
    if (type === undefined) throw badValue(`Unknown type name alias: ${element.string()}`);
    const stored = type === -1 ? BsonType.minKey : type;
    if (typeName(stored).startsWith('type ')) throw badValue(`Invalid numerical type code: ${type}`);
    types.add(stored);
  }
  if (types.size === 0) throw new MongoError(9, '$type must match at least one type');
  return types;
}

function parseSize(operand: BsonValue): number {
  if (!operand.isNumber) throw badValue(`Failed to parse $size. Expected a number in: $size`);
  const size = Number(operand.number());
  if (!Number.isInteger(size) || size < 0)
    throw badValue('Failed to parse $size. Expected a non-negative integer.');
  return size;
}

function parseMod(operand: BsonValue): Test {
  const parts = operand.type === BsonType.array ? elementsOf(operand) : [];
  if (parts.length !== 2) throw badValue('malformed mod, needs to be an array of a divisor and a remainder');
  const [divisor, remainder] = parts.map((part) => Math.trunc(Number(part.number()))) as [number, number];
  if (divisor === 0) throw badValue('divisor cannot be 0');
  return { op: 'mod', divisor, remainder };
}

function parseNot(path: Path, operand: BsonValue): Filter {
  if (operand.type === BsonType.regex) return { kind: 'path', path, test: equality(operand) };
  if (operand.type !== BsonType.object) throw badValue('$not needs a regex or a document');
  const parts = parseOperators(path, operand);
  if (parts.length === 0) throw badValue('$not cannot be empty');
  return { kind: 'and', parts };
}

function parseAll(path: Path, operand: BsonValue): Filter {
  if (operand.type !== BsonType.array) throw badValue('$all needs an array');
  const parts = elementsOf(operand).map((element): Filter => {
    if (!isOperatorObject(element)) return { kind: 'path', path, test: equality(element) };
    const [name, inner] = entriesOf(element)[0]!;
    if (name !== '$elemMatch') throw badValue('no $ expressions in $all');
    return { kind: 'path', path, test: parseElemMatch(inner) };
  });
  return parts.length === 0 ? { kind: 'never' } : { kind: 'and', parts };
}

const LOGICAL = new Set(['$and', '$or', '$nor', '$expr', '$comment', '$where']);

function parseElemMatch(operand: BsonValue): Test {
  if (operand.type !== BsonType.object) throw badValue('$elemMatch needs an Object');
  const first = entriesOf(operand)[0]?.[0];
  if (first?.startsWith('$') && !LOGICAL.has(first) && isOperatorObject(operand)) {
    return { op: 'elemMatchValue', tests: parseOperators(new Path(''), operand) };
  }
  return { op: 'elemMatch', filter: parseFilter(operand) };
}

function parseMask(name: string, operand: BsonValue): bigint {
  if (operand.isNumber) {
    const mask = Number(operand.number());
    if (!Number.isInteger(mask) || mask < 0) throw badValue(`${name} needs a non-negative integer`);
    return BigInt(operand.number());
  }
  if (operand.type === BsonType.array) {
    let mask = 0n;
    for (const position of elementsOf(operand)) mask |= 1n << BigInt(Number(position.number()));
    return mask;
  }
  if (operand.type === BsonType.binary) throw notSupported(`${name} with binary data`);
  throw badValue(`${name} takes an Array, a number, or a BinData`);
}
