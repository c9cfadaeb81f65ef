import { type Constants, compileWith, constantsOf } from '../aggregate/expressions.js';
import { encodeValue } from '../bson/encode.js';
import { closed, Tree } from '../bson/tree.js';
import { BsonType, type BsonValue, documentValue, eachField, elementsOf, entriesOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { matchedIndex } from './array-match.js';
import type { Filter } from './filter.js';
import { compileFilter, compileValueFilter } from './match.js';
import { isOperatorObject, parseFilter, parseValueFilter } from './parse-filter.js';

/** Makes of a stored document what the client asked for. */
export type Project = (document: Buffer) => Buffer;
/** A computed field; undefined leaves it out. */
export type Compute = (document: Buffer) => BsonValue | undefined;

/** What a projection does with one field: keep it, leave it out, compute it, or look inside. */
export type Part = 'keep' | 'drop' | Computed | Shape;

export interface Computed {
  readonly compute: Compute;
}

/** The parts of a projection as a tree. */
export class Shape {
  readonly parts = new Map<string, Part>();
  private computes = false;

  /** @throws MongoError 31249, 31250 when the path meets another one, 40352 and others for what is no path. */
  add(path: string, part: Exclude<Part, Shape>): void {
    const segments = checkedPath(path);
    let level: Shape = this;
    segments.forEach((segment, at) => {
      if (typeof part === 'object') level.computes = true;
      const known = level.parts.get(segment);
      if (at === segments.length - 1) {
        if (known) throw new MongoError(31250, `Invalid $project :: caused by :: Path collision at ${path}`);
        level.parts.set(segment, part);
        return;
      }
      if (known && !(known instanceof Shape)) {
        const remaining = segments.slice(at + 1).join('.');
        throw new MongoError(31249, `Path collision at ${path} remaining portion ${remaining}`);
      }
      const next = known ?? new Shape();
      level.parts.set(segment, next);
      level = next;
    });
  }

  /**
   * @param rest what becomes of fields that are not named.
   * @param document the whole document, which expressions are computed from.
   */
  apply(value: BsonValue, rest: 'keep' | 'drop', document: Buffer): Tree {
    const tree = new Tree(BsonType.object);
    eachField(value.bytes, value.start, (field, nameStart, nameEnd) => {
      const name = value.bytes.toString('utf8', nameStart, nameEnd);
      const part = this.parts.get(name) ?? rest;
      if (part instanceof Shape) {
        const inside = part.inside(field, rest, document);
        if (inside) tree.set(name, inside);
      } else if (part === 'keep') tree.set(name, field);
      // What is computed stays in its place where the other fields stay, and else comes last.
      else if (part !== 'drop' && rest === 'keep') tree.set(name, field);
      return undefined;
    });
    if (this.computes) this.compute(tree, rest, document);
    return tree;
  }

  private inside(value: BsonValue, rest: 'keep' | 'drop', document: Buffer): BsonValue | Tree | undefined {
    if (value.type === BsonType.object) return this.apply(value, rest, document);
    if (value.type === BsonType.array) {
      const tree = new Tree(BsonType.array);
      for (const element of elementsOf(value)) {
        const inside = this.inside(element, rest, document);
        if (inside) tree.push(inside);
      }
      return tree;
    }
    // An expression below a scalar puts a document in its place.
    if (this.computes) return this.apply(EMPTY, rest, document);
    return rest === 'keep' ? value : undefined;
  }

  private compute(tree: Tree, rest: 'keep' | 'drop', document: Buffer): void {
    for (const [name, part] of this.parts) {
      if (part instanceof Shape) {
        if (part.computes && tree.indexOf(name) < 0) tree.set(name, part.apply(EMPTY, rest, document));
      } else if (typeof part === 'object') {
        const value = part.compute(document);
        const index = tree.indexOf(name);
        if (value) tree.set(name, value);
        else if (index >= 0) tree.removeAt(index);
      }
    }
  }
}

const EMPTY = documentValue(Buffer.from([5, 0, 0, 0, 0]));

function checkedPath(path: string): string[] {
  if (path === '') throw new MongoError(40352, 'FieldPath cannot be constructed with empty string');
  if (path.endsWith('.')) throw new MongoError(40353, `FieldPath must not end with a '.'.`);
  const segments = path.split('.');
  if (segments.includes('')) throw new MongoError(15998, 'FieldPath field names may not be empty strings.');
  const dollar = segments.find((segment) => segment.startsWith('$'));
  if (dollar) throw new MongoError(16410, `FieldPath field names may not start with '$', found '${dollar}'.`);
  return segments;
}

/** Changes the projected document once more, with a look at the one stored: `$slice` and `a.$`. */
type Afterwards = (tree: Tree, document: Buffer) => void;

/** A projection being taken apart. */
class Parser {
  readonly shape = new Shape();
  readonly afterwards: Afterwards[] = [];
  type: 'inclusion' | 'exclusion' | undefined;
  id: boolean | undefined;
  private hasPositional = false;

  constructor(
    private readonly constants: Constants,
    /** The filter of a `find`, which knows more than `$project`: `$slice`, `$elemMatch`, `a.$`. */
    private readonly find: { readonly filter: Filter } | undefined,
  ) {}

  fields(specification: BsonValue, prefix: string): void {
    for (const [name, value] of entriesOf(specification)) this.field(prefix + name, value);
  }

  private field(path: string, value: BsonValue): void {
    if (this.find && path.includes('.$')) this.positional(path, value, this.find.filter);
    else if (value.isNumber || value.type === BsonType.boolean) this.switch(path, value.truthy());
    else if (value.type !== BsonType.object) this.expression(path, value, 31310);
    else this.object(path, value);
  }

  private object(path: string, value: BsonValue): void {
    const inner = entriesOf(value);
    if (inner.length === 0)
      throw new MongoError(
        51270,
        `An empty sub-projection is not a valid value. Found empty object at path ${path}`,
      );
    const [operator, operand] = inner[0]!;
    if (!isOperatorObject(value)) this.fields(value, `${path}.`);
    else if (inner.length > 1)
      throw new MongoError(
        16410,
        `an expression at '${path}' must have one field only, found ${inner.length}`,
      );
    else if (this.find && operator === '$elemMatch') this.elemMatch(path, operand);
    else if (this.find && operator === '$slice' && this.isSliceOfFind(operand)) this.slice(path, operand);
    else this.expression(path, value, 31252);
  }

  private switch(path: string, keeps: boolean): void {
    if (path === '_id') {
      this.id = keeps;
      return;
    }
    this.must(keeps ? 'inclusion' : 'exclusion', path);
    this.shape.add(path, keeps ? 'keep' : 'drop');
  }

  private must(type: 'inclusion' | 'exclusion', path: string): void {
    this.type ??= type;
    if (this.type === type) return;
    if (type === 'inclusion')
      throw new MongoError(31253, `Cannot do inclusion on field ${path} in exclusion projection`);
    throw new MongoError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
  }

  private expression(path: string, value: BsonValue, inExclusion: number): void {
    if (this.type === 'exclusion')
      throw new MongoError(inExclusion, `Cannot use an expression at ${path} in an exclusion projection`);
    this.type = 'inclusion';
    const compute = this.compile(value);
    if (path === '_id') this.id = true;
    this.shape.add(path, { compute });
  }

  private compile(value: BsonValue): Compute {
    try {
      return compileWith(value, this.constants);
    } catch (error) {
      if (this.find && error instanceof MongoError && error.code === 168)
        throw new MongoError(31325, error.message);
      throw error;
    }
  }

  private elemMatch(path: string, operand: BsonValue): void {
    if (path.includes('.'))
      throw new MongoError(31275, 'Cannot use $elemMatch projection on a nested field.');
    if (operand.type !== BsonType.object)
      throw new MongoError(31274, 'elemMatch: Invalid argument, object required');
    this.type ??= 'inclusion';
    const matches = elementCondition(operand);
    const compute: Compute = (document) => {
      const there = entriesOf(documentValue(document)).find(([name]) => name === path)?.[1];
      const found = there?.type === BsonType.array ? elementsOf(there).find(matches) : undefined;
      return found && encodeValue([found]);
    };
    this.shape.add(path, { compute });
  }

  private isSliceOfFind(operand: BsonValue): boolean {
    if (operand.isNumber) return true;
    const parts = operand.type === BsonType.array ? elementsOf(operand) : [];
    return parts.length === 2 && parts.every(({ isNumber }) => isNumber);
  }

  private slice(path: string, operand: BsonValue): void {
    const cut = sliceOf(operand);
    const segments = checkedPath(path);
    this.sliced.push(path);
    this.afterwards.push((tree) => sliceAt(tree, segments, cut));
  }

  private readonly sliced: string[] = [];

  private positional(path: string, value: BsonValue, filter: Filter): void {
    if (!path.endsWith('.$') || path.slice(0, -2).includes('.$'))
      throw new MongoError(
        31394,
        "As of 4.4, it's illegal to specify positional operator in the middle of a path.",
      );
    if (this.hasPositional)
      throw new MongoError(31276, 'Cannot specify more than one positional projection per query.');
    if (!value.truthy()) throw new MongoError(31395, 'positional projection cannot be used with exclusion');
    this.hasPositional = true;
    const array = path.slice(0, -2);
    this.must('inclusion', array);
    this.shape.add(array, 'keep');
    const segments = array.split('.');
    this.afterwards.push((tree, document) => {
      const index = matchedIndex(filter, array, document);
      if (index === undefined) {
        throw new MongoError(
          51246,
          "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
        );
      }
      sliceAt(tree, segments, (elements) => elements.slice(index, index + 1));
    });
  }

  /** Ends the parsing. */
  project(): Project {
    const { shape, afterwards } = this;
    const isInclusion = this.type === 'inclusion' || (this.type === undefined && this.id === true);
    if (isInclusion) {
      for (const path of this.sliced) shape.add(path, 'keep');
      if (this.id !== false && !shape.parts.has('_id')) shape.add('_id', 'keep');
    } else if (this.id === false) shape.add('_id', 'drop');
    const rest = isInclusion ? 'drop' : 'keep';
    return (document) => {
      const tree = shape.apply(documentValue(document), rest, document);
      for (const change of afterwards) change(tree, document);
      return tree.close();
    };
  }
}

/**
 * The projection of a `find` or findAndModify.
 * @throws MongoError 31253, 31254 for mixing, 31249, 31250 for collisions, 238 for what is lacking.
 */
export function parseFindProjection(
  projection: BsonValue,
  filter: Filter,
  variables: Readonly<Record<string, unknown>> = {},
): Project {
  const parser = new Parser(constantsOf(variables), { filter });
  parser.fields(projection, '');
  return parser.project();
}

/** `$project`. @throws MongoError as above, and 51272 for an empty one. */
export function parseProjectStage(projection: BsonValue, constants: Constants): Project {
  if (projection.type !== BsonType.object)
    throw new MongoError(15969, '$project specification must be an object');
  if (entriesOf(projection).length === 0)
    throw new MongoError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  const parser = new Parser(constants, undefined);
  parser.fields(projection, '');
  return parser.project();
}

function sliceOf(operand: BsonValue): (elements: BsonValue[]) => BsonValue[] {
  if (operand.type === BsonType.array) {
    const [skip, limit] = elementsOf(operand).map((part) => Math.trunc(Number(part.number()))) as [
      number,
      number,
    ];
    if (!(limit > 0)) throw new MongoError(28724, '$slice limit must be positive');
    return (elements) => {
      const from = skip < 0 ? Math.max(0, elements.length + skip) : skip;
      return elements.slice(from, from + limit);
    };
  }
  const count = Math.trunc(Number(operand.number()));
  return (elements) => (count < 0 ? elements.slice(count) : elements.slice(0, count));
}

/** Arrays on the way are entered; the array at the end of the path is cut. */
function sliceAt(tree: Tree, path: readonly string[], cut: (elements: BsonValue[]) => BsonValue[]): void {
  if (tree.isArray) {
    tree.values.forEach((value, index) => {
      if (value.type !== BsonType.object && value.type !== BsonType.array) return;
      const opened = value instanceof Tree ? value : Tree.open(value);
      tree.values[index] = opened;
      sliceAt(opened, path, cut);
    });
    return;
  }
  const [name, ...below] = path as [string, ...string[]];
  if (below.length > 0) {
    const next = tree.openAt(name);
    if (next) sliceAt(next, below, cut);
    return;
  }
  const there = tree.get(name);
  if (there?.type === BsonType.array) tree.set(name, encodeValue(cut(elementsOf(closed(there)))));
}

/** What `$elemMatch` of a projection asks of an element. */
function elementCondition(operand: BsonValue): (element: BsonValue) => boolean {
  if (isOperatorObject(operand) && !['$and', '$or', '$nor'].includes(entriesOf(operand)[0]![0])) {
    return compileValueFilter(parseValueFilter(operand));
  }
  const matches = compileFilter(parseFilter(operand));
  return (element) => element.type === BsonType.object && matches(element.bytes, element.start);
}

/** Sets a value at a path, with documents in place of what is none on the way. */
export function setValueAt(tree: Tree, path: readonly string[], value: BsonValue): void {
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
