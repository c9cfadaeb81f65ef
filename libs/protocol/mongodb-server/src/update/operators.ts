import { compareValues } from '../bson/compare.js';
import { encodeValue, Timestamp } from '../bson/encode.js';
import { closed, Tree } from '../bson/tree.js';
import { BsonType, BsonValue, fieldsOf, typeName } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { show } from '../storage/records.js';
import { addToSet, pop, pull, pullAll, push } from './array-operators.js';
import { calculate, calculateBits, int32 } from './numbers.js';
import type { Operator } from './operator.js';
import { parentFor, parentIfThere } from './tree-walk.js';
import type { UpdateEnvironment } from './update.js';

function set(document: Tree, path: readonly string[], value: BsonValue): void {
  parentFor(document, path).set(path.at(-1)!, value);
}

function unset(document: Tree, path: readonly string[]): void {
  const parent = parentIfThere(document, path);
  const index = parent?.indexOf(path.at(-1)!) ?? -1;
  if (!parent || index < 0) return;
  if (parent.isArray) parent.values[index] = new BsonValue(BsonType.null, Buffer.alloc(0), 0, 0);
  else parent.removeAt(index);
}

function arithmetic(operator: '$inc' | '$mul'): Operator {
  return {
    check(operand, path) {
      if (!operand.isNumber)
        throw new MongoError(
          14,
          `Cannot ${operator === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${path}: ${show(operand)}}`,
        );
    },
    apply(document, path, operand) {
      const parent = parentFor(document, path);
      const name = path.at(-1)!;
      const there = parent.get(name);
      if (there === undefined) {
        parent.set(name, operator === '$inc' ? operand : calculate('$mul', int32(0), operand));
        return;
      }
      if (there instanceof Tree || !there.isNumber) {
        throw new MongoError(
          14,
          `Cannot apply ${operator} to a value of non-numeric type. The field '${name}' has non-numeric type ${typeName(there.type)}`,
        );
      }
      parent.set(name, calculate(operator, there, operand));
    },
  };
}

function extreme(wins: (order: number) => boolean): Operator {
  return {
    apply(document, path, operand) {
      const parent = parentFor(document, path);
      const there = parent.get(path.at(-1)!);
      if (there === undefined || wins(compareValues(operand, closed(there))))
        parent.set(path.at(-1)!, operand);
    },
  };
}

function rename(document: Tree, path: readonly string[], operand: BsonValue): void {
  const value = parentIfThere(document, path)?.get(path.at(-1)!);
  if (value === undefined) return;
  const target = operand.string().split('.');
  refuseArrayOn(document, path, 'source');
  refuseArrayOn(document, target, 'destination');
  unset(document, path);
  // The field ends up at the end of its document even where it is already there.
  unset(document, target);
  parentFor(document, target).set(target.at(-1)!, value);
}

function refuseArrayOn(document: Tree, path: readonly string[], what: string): void {
  for (let length = 1; length < path.length; length++) {
    if (parentIfThere(document, path.slice(0, length + 1))?.isArray)
      throw new MongoError(2, `The ${what} field cannot be an array element, '${path.join('.')}'`);
  }
}

function checkRename(operand: BsonValue, path: string): void {
  if (operand.type !== BsonType.string)
    throw new MongoError(2, `The 'to' field for $rename must be a string: ${path}`);
  if (operand.string() === path)
    throw new MongoError(2, `The source and target field for $rename must differ: ${path}`);
  if (operand.string().startsWith(`${path}.`) || path.startsWith(`${operand.string()}.`))
    throw new MongoError(2, `The source and target field for $rename must not be on the same path: ${path}`);
  for (const side of [path, operand.string()]) {
    if (side.includes('$'))
      throw new MongoError(2, `The source and target field for $rename may not be dynamic: ${side}`);
  }
}

function currentDate(
  document: Tree,
  path: readonly string[],
  operand: BsonValue,
  environment: UpdateEnvironment,
): void {
  const isTimestamp =
    operand.type === BsonType.object && fieldsOf(operand).get('$type')?.string() === 'timestamp';
  set(document, path, encodeValue(isTimestamp ? new Timestamp(environment.clusterTime) : environment.now));
}

function checkCurrentDate(operand: BsonValue): void {
  if (operand.type === BsonType.boolean) return;
  const type = operand.type === BsonType.object ? fieldsOf(operand).get('$type') : undefined;
  const isKnown =
    type?.type === BsonType.string && (type.string() === 'date' || type.string() === 'timestamp');
  if (!isKnown)
    throw new MongoError(
      2,
      "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}",
    );
}

function bit(document: Tree, path: readonly string[], operand: BsonValue): void {
  for (const [operation, mask] of fieldsOf(operand)) {
    const parent = parentFor(document, path);
    const there = parent.get(path.at(-1)!);
    parent.set(path.at(-1)!, calculateBits(operation, there === undefined ? int32(0) : closed(there), mask));
  }
}

export const OPERATORS: Readonly<Record<string, Operator>> = {
  $set: { apply: set },
  $setOnInsert: {
    apply: (document, path, operand, { inserting }) => {
      if (inserting) set(document, path, operand);
    },
  },
  $unset: { apply: unset },
  $inc: arithmetic('$inc'),
  $mul: arithmetic('$mul'),
  $min: extreme((order) => order < 0),
  $max: extreme((order) => order > 0),
  $rename: { apply: rename, check: checkRename },
  $currentDate: { apply: currentDate, check: checkCurrentDate },
  $bit: {
    apply: bit,
    check: (operand) => {
      if (operand.type !== BsonType.object || fieldsOf(operand).size === 0) {
        throw new MongoError(
          2,
          'The $bit modifier is not compatible with this value: expected a document such as {and: 1}',
        );
      }
    },
  },
  $push: push,
  $addToSet: addToSet,
  $pull: pull,
  $pullAll: pullAll,
  $pop: pop,
};
