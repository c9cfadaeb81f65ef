import { compileValue } from '../aggregate/expressions.js';
import { encodeValue } from '../bson/encode.js';
import { closed, Tree } from '../bson/tree.js';
import { BsonType, BsonValue, documentValue, elementsOf, entriesOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import { compileFilter, compileValueFilter } from './match.js';
import { isOperatorObject, parseFilter, parseValueFilter } from './parse-filter.js';

/** Makes of a stored document what the client asked for. */
export type Project = (document: Buffer) => Buffer;

/** A projection as a tree: true for the whole field, nested for a part of it. */
type Shape = Map<string, true | Shape>;

interface Special {
  readonly path: readonly string[];
  readonly name: string;
  readonly operand: BsonValue;
}

/** @throws MongoError 31253, 31254 for mixing, 31250 for collisions, 238 for what is lacking. */
export function parseProjection(
  projection: BsonValue,
  variables: Readonly<Record<string, unknown>> = {},
): Project {
  const kept: Shape = new Map();
  const removed: Shape = new Map();
  const specials: Special[] = [];
  const computed: { path: string; compute: (document: Buffer) => BsonValue | undefined }[] = [];
  let id: boolean | undefined;
  for (const [name, value] of flatten(projection)) {
    if (name.includes('$')) throw notSupported(`the positional projection '${name}'`);
    const isSwitch = value.isNumber || value.type === BsonType.boolean;
    if (isSwitch && name === '_id') id = value.truthy();
    else if (isSwitch) addTo(value.truthy() ? kept : removed, name);
    else if (
      value.type === BsonType.object &&
      isOperatorObject(value) &&
      ['$slice', '$elemMatch'].includes(entriesOf(value)[0]![0])
    ) {
      const [operator, operand] = entriesOf(value)[0]!;
      specials.push({ path: name.split('.'), name: operator, operand });
      if (operator === '$elemMatch') addTo(kept, name);
    } else computed.push({ path: name, compute: compileValue(value, variables) });
  }
  const includes = kept.size > 0 || computed.length > 0 || (id === true && removed.size === 0);
  if (includes && removed.size > 0) {
    throw new MongoError(
      31254,
      `Cannot do exclusion on field ${[...removed.keys()][0]} in inclusion projection`,
    );
  }
  if (includes) {
    for (const { name, path } of specials) if (name === '$slice') addTo(kept, path.join('.'));
    if (id !== false) kept.set('_id', true);
  } else if (id === false) removed.set('_id', true);
  return (document) => {
    const tree = includes ? keep(documentValue(document), kept) : drop(documentValue(document), removed);
    for (const special of specials) applySpecial(tree, special);
    for (const { path, compute } of computed) {
      const value = compute(document);
      if (value) setAt(tree, path.split('.'), value);
    }
    return tree.close();
  };
}

/** `{ a: { b: 1 } }` is `{ 'a.b': 1 }`. */
function flatten(projection: BsonValue, prefix = ''): [string, BsonValue][] {
  return entriesOf(projection).flatMap(([name, value]): [string, BsonValue][] => {
    const isNested =
      value.type === BsonType.object && !isOperatorObject(value) && entriesOf(value).length > 0;
    return isNested ? flatten(value, `${prefix}${name}.`) : [[prefix + name, value]];
  });
}

function addTo(shape: Shape, path: string): void {
  const segments = path.split('.');
  let level = shape;
  segments.forEach((segment, at) => {
    const known = level.get(segment);
    const isLast = at === segments.length - 1;
    if (known === true || (isLast && known)) throw new MongoError(31250, `Path collision at ${path}`);
    if (isLast) level.set(segment, true);
    else {
      const next: Shape = known ?? new Map();
      level.set(segment, next);
      level = next;
    }
  });
}

function keep(value: BsonValue, shape: Shape): Tree {
  const tree = new Tree(value.type === BsonType.array ? BsonType.array : BsonType.object);
  for (const [name, field] of entriesOf(value)) {
    if (tree.isArray) {
      if (field.type === BsonType.object || field.type === BsonType.array) tree.push(keep(field, shape));
      continue;
    }
    const wanted = shape.get(name);
    if (wanted === true) tree.set(name, field);
    else if (wanted && (field.type === BsonType.object || field.type === BsonType.array))
      tree.set(name, keep(field, wanted));
  }
  return tree;
}

function drop(value: BsonValue, shape: Shape): Tree {
  const tree = new Tree(value.type === BsonType.array ? BsonType.array : BsonType.object);
  for (const [name, field] of entriesOf(value)) {
    const isNested = field.type === BsonType.object || field.type === BsonType.array;
    if (tree.isArray) tree.push(isNested ? drop(field, shape) : field);
    else {
      const unwanted = shape.get(name);
      if (unwanted === undefined || (unwanted !== true && !isNested)) tree.set(name, field);
      else if (unwanted !== true) tree.set(name, drop(field, unwanted));
    }
  }
  return tree;
}

function setAt(tree: Tree, path: readonly string[], value: BsonValue): void {
  let level = tree;
  for (const name of path.slice(0, -1)) {
    let next = level.openAt(name);
    if (!next || next.isArray) {
      next = new Tree(BsonType.object);
      level.set(name, next);
    }
    level = next;
  }
  level.set(path.at(-1)!, value);
}

function applySpecial(tree: Tree, { path, name, operand }: Special): void {
  let level: Tree | undefined = tree;
  for (const segment of path.slice(0, -1)) level = level?.openAt(segment);
  const last = path.at(-1)!;
  const there = level?.get(last);
  if (!level || there === undefined) return;
  if (there.type !== BsonType.array) {
    if (name === '$elemMatch') level.removeAt(level.indexOf(last));
    return;
  }
  const elements = elementsOf(closed(there));
  if (name === '$slice') {
    level.set(last, encodeValue(slice(elements, operand)));
    return;
  }
  const matches = elementCondition(operand);
  const first = elements.find(matches);
  if (first) level.set(last, encodeValue([first]));
  else level.removeAt(level.indexOf(last));
}

function slice(elements: BsonValue[], operand: BsonValue): BsonValue[] {
  if (operand.type === BsonType.array) {
    const [skip, limit] = elementsOf(operand).map((part) => Number(part.number())) as [number, number];
    if (!(limit > 0)) throw new MongoError(28724, 'Third argument to $slice must be positive');
    const from = skip < 0 ? Math.max(0, elements.length + skip) : skip;
    return elements.slice(from, from + limit);
  }
  const count = Number(operand.number());
  return count < 0 ? elements.slice(count) : elements.slice(0, count);
}

function elementCondition(operand: BsonValue): (element: BsonValue) => boolean {
  if (isOperatorObject(operand) && !['$and', '$or', '$nor'].includes(entriesOf(operand)[0]![0])) {
    return compileValueFilter(parseValueFilter(operand));
  }
  const matches = compileFilter(parseFilter(operand));
  return (element) => element.type === BsonType.object && matches(element.bytes, element.start);
}
