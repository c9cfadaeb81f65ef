import { compareValues } from '../bson/compare.js';
import { encodeValue } from '../bson/encode.js';
import { bitsOfBinary, wholeOf } from '../bson/integers.js';
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

/** The operators of filters that are there: at the top, and on a field. */
export const QUERY_OPERATORS = {
  top: ['$and', '$or', '$nor', '$expr', '$comment'],
  field: [
    ...Object.keys(COMPARISONS),
    ...[
      '$ne',
      '$in',
      '$nin',
      '$exists',
      '$type',
      '$size',
      '$mod',
      '$regex',
      '$options',
      '$not',
      '$all',
      '$elemMatch',
    ],
    ...['$bitsAllSet', '$bitsAllClear', '$bitsAnySet', '$bitsAnyClear'],
  ],
} as const;

/** Operators of MongoDB that are not. */
export const ABSENT_QUERY_OPERATORS = {
  top: ['$where', '$text', '$jsonSchema', '$sampleRate'],
  field: ['$near', '$nearSphere', '$geoWithin', '$geoIntersects', '$within', '$encStrictEq', '$encFLEEq'],
} as const;

const ABSENT: ReadonlySet<string> = new Set([...ABSENT_QUERY_OPERATORS.top, ...ABSENT_QUERY_OPERATORS.field]);

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
  if (value.type === BsonType.regex) return regexOf(value);
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
        test: regexOfOptions(operand, options),
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
  if (comparison) return parseComparison(path, comparison, operand);
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

function parseComparison(path: Path, comparison: Comparison, operand: BsonValue): Filter {
  if (operand.type === BsonType.undefined) throw badValue('cannot compare to undefined');
  if (operand.type === BsonType.regex && comparison !== 'eq')
    throw badValue(`Can't have RegEx as arg to predicate over field '${path.text}'.`);
  return { kind: 'path', path, test: { op: comparison, operand } };
}

function parseIn(operand: BsonValue, name: string): Test {
  if (operand.type !== BsonType.array) throw badValue(`${name} needs an array`);
  const operands: BsonValue[] = [];
  const patterns: RegExp[] = [];
  for (const element of elementsOf(operand)) {
    if (isOperatorObject(element)) throw badValue(`cannot nest $ under ${name}`);
    if (element.type === BsonType.regex) patterns.push(regexOf(element).pattern);
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
    if (element.type !== BsonType.string && !element.isNumber)
      throw new MongoError(14, 'type must be represented as a number or a string');
    const type =
      element.type === BsonType.string ? typeOfName(element.string()) : Number(wholeOf(element) ?? 0n);
    if (type === undefined) throw badValue(`Unknown type name alias: ${element.string()}`);
    const stored = type === -1 ? BsonType.minKey : type;
    if (typeName(stored).startsWith('type ')) throw badValue(`Invalid numerical type code: ${type}`);
    types.add(stored);
  }
  if (types.size === 0) throw new MongoError(9, '$type must match at least one type');
  return types;
}

function parseSize(operand: BsonValue): number {
  const size = wholeOf(operand);
  if (size === undefined || size < 0n || compareValues(operand, encodeValue(size)) !== 0)
    throw badValue('Failed to parse $size. Expected a non-negative integer.');
  return Number(size);
}

function parseMod(operand: BsonValue): Test {
  if (operand.type !== BsonType.array) throw badValue('malformed mod, needs to be an array');
  const parts = elementsOf(operand);
  if (parts.length < 2) throw badValue('malformed mod, not enough elements');
  if (parts.length > 2) throw badValue('malformed mod, too many elements');
  const [divisor, remainder] = parts.map((part, at) => {
    const whole = wholeOf(part);
    if (whole === undefined)
      throw badValue(`malformed mod, ${at === 0 ? 'divisor' : 'remainder'} not a number`);
    return whole;
  }) as [bigint, bigint];
  if (divisor === 0n) throw badValue('divisor cannot be 0');
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
  const elements = elementsOf(operand);
  const areMatches = elements[0] !== undefined && elemMatchIn(elements[0]) !== undefined;
  const parts = elements.map((element): Filter => {
    const inner = elemMatchIn(element);
    if (inner && areMatches) return { kind: 'path', path, test: parseElemMatch(inner) };
    if (inner || areMatches) throw badValue('$all/$elemMatch has to be consistent');
    if (isOperatorObject(element)) throw badValue('no $ expressions in $all');
    return { kind: 'path', path, test: equality(element) };
  });
  return parts.length === 0 ? { kind: 'never' } : { kind: 'and', parts };
}

function elemMatchIn(element: BsonValue): BsonValue | undefined {
  if (!isOperatorObject(element)) return undefined;
  const [name, inner] = entriesOf(element)[0]!;
  return name === '$elemMatch' ? inner : undefined;
}

const LOGICAL = new Set(['$and', '$or', '$nor', '$expr', '$comment', '$where']);

function parseElemMatch(operand: BsonValue): Test {
  if (operand.type !== BsonType.object) throw badValue('$elemMatch needs an Object');
  const first = entriesOf(operand)[0]?.[0];
  if (first?.startsWith('$') && !LOGICAL.has(first) && isOperatorObject(operand)) {
    return { op: 'elemMatchValue', tests: parseOperators(new Path(''), operand) };
  }
  return { op: 'elemMatch', filter: withoutExpression(parseFilter(operand)) };
}

/** `$expr` looks at whole documents only. */
function withoutExpression(filter: Filter): Filter {
  if (filter.kind === 'expression') throw badValue('$expr can only be applied to the top-level document');
  if ('parts' in filter) filter.parts.forEach(withoutExpression);
  return filter;
}

function parseMask(name: string, operand: BsonValue): bigint {
  if (operand.isNumber) {
    const mask = wholeOf(operand);
    if (mask === undefined || mask < 0n || compareValues(operand, encodeValue(mask)) !== 0)
      throw new MongoError(9, `${name}: expected a non-negative integer`);
    return mask;
  }
  if (operand.type === BsonType.array) {
    let mask = 0n;
    for (const position of elementsOf(operand)) {
      const bit = wholeOf(position);
      if (
        bit === undefined ||
        bit < 0n ||
        bit > 0x7fff_ffffn ||
        compareValues(position, encodeValue(bit)) !== 0
      )
        throw badValue(`bit positions of ${name} must be integers >= 0`);
      // A position beyond 63 asks for the sign (MongoDB manual: bitwise query operators).
      mask |= 1n << (bit < 64n ? bit : 63n);
    }
    return mask;
  }
  if (operand.type === BsonType.binary) return bitsOfBinary(operand);
  throw badValue(`${name} takes an Array, a number, or a BinData but received: ${typeName(operand.type)}`);
}
