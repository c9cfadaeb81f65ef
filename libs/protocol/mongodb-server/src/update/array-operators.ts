import { compareValues, equalValues } from '../bson/compare.js';
import { encodeValue } from '../bson/encode.js';
import { wholeOf } from '../bson/integers.js';
import { closed, type Node, Tree } from '../bson/tree.js';
import { BsonType, type BsonValue, elementsOf, entriesOf, fieldsOf, typeName } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { compileFilter, compileValueFilter } from '../query/match.js';
import { isOperatorObject, parseFilter, parseValueFilter } from '../query/parse-filter.js';
import { compareSortKeys, parseSort, sortKeyOf } from '../query/sort.js';
import type { Operator } from './operator.js';
import { parentFor, parentIfThere } from './tree-walk.js';

/** The array at the path, made where it is missing. @throws MongoError 2 when something else is there. */
function arrayFor(document: Tree, path: readonly string[], operator: string): Tree {
  const parent = parentFor(document, path);
  const name = path.at(-1)!;
  const there = parent.get(name);
  if (there === undefined) {
    const made = new Tree(BsonType.array);
    parent.set(name, made);
    return made;
  }
  if (there.type !== BsonType.array) {
    throw new MongoError(
      2,
      `The field '${path.join('.')}' must be an array but is of type ${typeName(there.type)} (${operator})`,
    );
  }
  return parent.openAt(name)!;
}

function arrayIfThere(document: Tree, path: readonly string[], operator: string): Tree | undefined {
  const parent = parentIfThere(document, path);
  const there = parent?.get(path.at(-1)!);
  if (!parent || there === undefined) return undefined;
  if (there.type !== BsonType.array)
    throw new MongoError(
      2,
      `Cannot apply ${operator} to a non-array value: '${path.join('.')}' is of type ${typeName(there.type)}`,
    );
  return parent.openAt(path.at(-1)!);
}

interface Additions {
  readonly values: readonly BsonValue[];
  readonly modifiers: ReadonlyMap<string, BsonValue>;
}

function additionsOf(operand: BsonValue, operator: '$push' | '$addToSet'): Additions {
  const fields = operand.type === BsonType.object ? fieldsOf(operand) : undefined;
  const each = fields?.get('$each');
  if (!fields || !each) return { values: [operand], modifiers: new Map() };
  if (each.type !== BsonType.array)
    throw new MongoError(
      operator === '$push' ? 2 : 14,
      `The argument to $each in ${operator} must be an array but it was of type ${typeName(each.type)}`,
    );
  const known = operator === '$push' ? ['$each', '$slice', '$sort', '$position'] : ['$each'];
  for (const name of fields.keys()) {
    if (!known.includes(name)) throw new MongoError(2, `Unrecognized clause in ${operator}: ${name}`);
  }
  return { values: elementsOf(each), modifiers: fields };
}

function wholeNumber(value: BsonValue, name: string): number {
  const whole = wholeOf(value);
  const number = Number(whole);
  if (whole === undefined || compareValues(value, encodeValue(whole)) !== 0)
    throw new MongoError(
      2,
      `The value for ${name} must be an integer value but was given type: ${typeName(value.type)}`,
    );
  return number;
}

export const push: Operator = {
  check: (operand) => {
    const { modifiers } = additionsOf(operand, '$push');
    for (const name of ['$slice', '$position']) {
      const value = modifiers.get(name);
      if (value) wholeNumber(value, name);
    }
    const sort = modifiers.get('$sort');
    if (sort?.type === BsonType.object) checkSortPattern(sort);
    else if (sort && Math.abs(wholeNumber(sort, '$sort')) !== 1)
      throw new MongoError(2, 'The $sort element value must be either 1 or -1');
  },
  apply(document, path, operand) {
    const array = arrayFor(document, path, '$push');
    const { values, modifiers } = additionsOf(operand, '$push');
    const position = modifiers.get('$position');
    let at = position ? wholeNumber(position, '$position') : array.values.length;
    if (at < 0) at = Math.max(0, array.values.length + at);
    at = Math.min(at, array.values.length);
    for (const value of values) array.insert(at++, value);
    const sort = modifiers.get('$sort');
    if (sort) sortElements(array, sort);
    const slice = modifiers.get('$slice');
    if (slice) sliceElements(array, wholeNumber(slice, '$slice'));
  },
};

export function checkSortPattern(sort: BsonValue): void {
  const fields = entriesOf(sort);
  if (fields.length === 0)
    throw new MongoError(2, 'The $sort pattern is empty when it should be a set of fields.');
  for (const [name, direction] of fields) {
    if (!direction.isNumber || Math.abs(Number(wholeOf(direction))) !== 1)
      throw new MongoError(2, 'The $sort element value must be either 1 or -1');
    if (name.split('.').includes(''))
      throw new MongoError(2, `The $sort field is a dotted field but has an empty part: ${name}`);
  }
}

function sortElements(array: Tree, sort: BsonValue): void {
  const elements = array.values.map(closed);
  if (sort.type === BsonType.object) {
    const fields = parseSort(sort);
    const keyed = elements.map((element) => ({
      element,
      key:
        element.type === BsonType.object
          ? sortKeyOf(fields, element.raw())
          : sortKeyOf(fields, EMPTY_DOCUMENT),
    }));
    keyed.sort((a, b) => compareSortKeys(fields, a.key, b.key));
    array.values.splice(0, array.values.length, ...keyed.map(({ element }) => element));
    return;
  }
  const sign = Number(sort.number());
  array.values.splice(0, array.values.length, ...elements.sort((a, b) => compareValues(a, b) * sign));
}

const EMPTY_DOCUMENT = Buffer.from([5, 0, 0, 0, 0]);

function sliceElements(array: Tree, slice: number): void {
  const kept = slice < 0 ? array.values.slice(slice) : array.values.slice(0, slice);
  array.values.splice(0, array.values.length, ...kept);
  array.names.length = kept.length;
}

export const addToSet: Operator = {
  check: (operand) => void additionsOf(operand, '$addToSet'),
  apply(document, path, operand) {
    const array = arrayFor(document, path, '$addToSet');
    for (const value of additionsOf(operand, '$addToSet').values) {
      if (!array.values.some((there) => equalValues(closed(there), value))) array.push(value);
    }
  },
};

function removeWhere(array: Tree, matches: (value: BsonValue) => boolean): void {
  const kept: Node[] = array.values.filter((value) => !matches(closed(value)));
  array.values.splice(0, array.values.length, ...kept);
  array.names.length = kept.length;
}

export const pull: Operator = {
  check: (operand) => void pullCondition(operand),
  apply(document, path, operand) {
    const array = arrayIfThere(document, path, '$pull');
    if (array) removeWhere(array, pullCondition(operand));
  },
};

/** A document is a filter on elements that are documents; operators and values are tested on the element itself. */
function pullCondition(operand: BsonValue): (value: BsonValue) => boolean {
  const first = operand.type === BsonType.object ? entriesOf(operand)[0]?.[0] : undefined;
  const isLogical = first === '$and' || first === '$or' || first === '$nor';
  if (operand.type === BsonType.regex || (isOperatorObject(operand) && !isLogical))
    return compileValueFilter(parseValueFilter(operand));
  if (operand.type === BsonType.object) {
    const matches = compileFilter(parseFilter(operand));
    return (element) => element.type === BsonType.object && matches(element.bytes, element.start);
  }
  return (element) => equalValues(element, operand);
}

export const pullAll: Operator = {
  check: (operand) => {
    if (operand.type !== BsonType.array)
      throw new MongoError(
        2,
        `$pullAll requires an array argument but was given a ${typeName(operand.type)}`,
      );
  },
  apply(document, path, operand) {
    const unwanted = elementsOf(operand);
    const array = arrayIfThere(document, path, '$pullAll');
    if (array) removeWhere(array, (element) => unwanted.some((value) => equalValues(value, element)));
  },
};

export const pop: Operator = {
  check: (operand) => {
    const end =
      operand.type === BsonType.decimal128
        ? Number(wholeOf(operand))
        : operand.isNumber
          ? Number(operand.number())
          : Number.NaN;
    if (end !== 1 && end !== -1)
      throw new MongoError(
        9,
        `$pop expects 1 or -1, found: ${operand.isNumber ? end : typeName(operand.type)}`,
      );
  },
  apply(document, path, operand) {
    const parent = parentIfThere(document, path);
    const there = parent?.get(path.at(-1)!);
    if (!parent || there === undefined) return;
    if (there.type !== BsonType.array)
      throw new MongoError(
        14,
        `Path '${path.join('.')}' contains an element of non-array type '${typeName(there.type)}'`,
      );
    const array = parent.openAt(path.at(-1)!)!;
    if (array.values.length > 0) array.removeAt(Number(operand.number()) > 0 ? array.values.length - 1 : 0);
  },
};
