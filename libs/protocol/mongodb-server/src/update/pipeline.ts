import { checkExpression, compileValue } from '../aggregate/expressions.js';
import { encodeValue } from '../bson/encode.js';
import { Path, plainValueAt } from '../bson/path.js';
import { Tree } from '../bson/tree.js';
import { BsonType, type BsonValue, documentValue, elementsOf, entriesOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import { parseProjectStage } from '../query/projection.js';
import { parentFor, parentIfThere } from './tree-walk.js';
import type { Update, UpdateEnvironment } from './update.js';

type Change = NonNullable<Update['change']>;
type Variables = Readonly<Record<string, unknown>>;

/** An update written as an aggregation pipeline: $set, $unset, $project, $replaceWith and their other names. */
export function parsePipelineUpdate(stages: readonly BsonValue[], variables: Variables): Change {
  const changes = stages.map((stage): Change => {
    const entries = stage.type === BsonType.object ? entriesOf(stage) : [];
    if (entries.length !== 1)
      throw new MongoError(40323, 'A pipeline stage specification object must contain exactly one field.');
    return parseStage(entries[0]![0], entries[0]![1], variables);
  });
  return (document, original, environment) => {
    for (const change of changes) change(document, original, environment);
  };
}

function parseStage(name: string, operand: BsonValue, variables: Variables): Change {
  switch (name) {
    case '$set':
    case '$addFields': {
      if (operand.type !== BsonType.object) {
        throw new MongoError(40272, `${name} specification stage must be an object`);
      }
      const assignments = parseAssignments(operand, [], variables);
      return (document, _original, environment) => assign(document, assignments, environment);
    }
    case '$unset': {
      const paths = (operand.type === BsonType.array ? elementsOf(operand) : [operand]).map((path) =>
        path.string().split('.'),
      );
      return (document) => {
        for (const path of paths) removeField(document, path);
      };
    }
    case '$project': {
      const project = parseProjectStage(operand, variables);
      return (document) => replaceAll(document, documentValue(project(document.close())));
    }
    case '$replaceWith':
    case '$replaceRoot':
      return parseReplacement(name, operand, variables);
    default:
      if (['$match', '$group', '$sort', '$limit', '$lookup', '$unwind', '$facet'].includes(name)) {
        throw new MongoError(72, `${name} is not allowed to be used within an update`);
      }
      throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
  }
}

function parseReplacement(name: string, operand: BsonValue, variables: Variables): Change {
  const expression =
    name === '$replaceWith' ? operand : entriesOf(operand).find(([field]) => field === 'newRoot')?.[1];
  if (!expression) throw new MongoError(40231, 'no newRoot specified for the $replaceRoot stage');
  const compute = parseValue(expression, variables);
  return (document, _original, environment) => {
    const root = compute(document.close(), environment);
    if (root?.type !== BsonType.object) {
      throw new MongoError(40228, "'newRoot' expression must evaluate to an object");
    }
    replaceAll(document, root);
  };
}

function replaceAll(document: Tree, root: BsonValue): void {
  const opened = Tree.open(root);
  document.names.splice(0, document.names.length, ...opened.names);
  document.values.splice(0, document.values.length, ...opened.values);
}

function removeField(document: Tree, path: readonly string[]): void {
  const parent = parentIfThere(document, path);
  if (parent?.isArray) throw notSupported('$unset of fields inside arrays in a pipeline update');
  const index = parent?.indexOf(path.at(-1)!) ?? -1;
  if (index >= 0) parent!.removeAt(index);
}

type Compute = (input: Buffer, environment: UpdateEnvironment) => BsonValue | undefined;

interface Assignment {
  readonly path: readonly string[];
  /** Undefined removes the field (`$$REMOVE`). */
  readonly compute: Compute | undefined;
}

/** A nested document without operators is set field by field, beside what is there. */
function parseAssignments(fields: BsonValue, prefix: readonly string[], variables: Variables): Assignment[] {
  return entriesOf(fields).flatMap(([name, operand]): Assignment[] => {
    const path = [...prefix, ...name.split('.')];
    const inner = operand.type === BsonType.object ? entriesOf(operand) : [];
    if (inner.length > 0 && !inner[0]![0].startsWith('$')) return parseAssignments(operand, path, variables);
    const removes = operand.type === BsonType.string && operand.string() === '$$REMOVE';
    return [{ path, compute: removes ? undefined : parseValue(operand, variables) }];
  });
}

/** All are computed from the document as it came into the stage. */
function assign(document: Tree, assignments: readonly Assignment[], environment: UpdateEnvironment): void {
  const input = document.close();
  for (const { path, compute } of assignments) {
    if (!compute) removeField(document, path);
    const value = compute?.(input, environment);
    if (value) pipelineParent(document, path).set(path.at(-1)!, value);
  }
}

/** Unlike `$set` of the operators, a pipeline replaces a scalar on the way. */
function pipelineParent(document: Tree, path: readonly string[]): Tree {
  let tree = document;
  for (const name of path.slice(0, -1)) {
    const there = tree.get(name);
    if (there !== undefined && there.type === BsonType.array) {
      throw notSupported('setting fields inside arrays in a pipeline update');
    }
    if (there !== undefined && there.type !== BsonType.object) tree.set(name, new Tree(BsonType.object));
    tree = parentFor(tree, [name, '']).isArray ? tree : tree.openAt(name)!;
  }
  return tree;
}

/** Constants and plain field paths keep their stored type; everything else is computed. */
function parseValue(operand: BsonValue, variables: Variables): Compute {
  if (operand.type === BsonType.object || operand.type === BsonType.array)
    return computed(operand, variables);
  if (operand.type !== BsonType.string) return () => operand;
  const text = operand.string();
  if (!text.startsWith('$')) return () => operand;
  if (text === '$$NOW') return (_input, { now }) => encodeValue(now);
  if (text === '$$ROOT' || text === '$$CURRENT') return (input) => documentValue(input);
  const compute = computed(operand, variables);
  if (text.startsWith('$$')) return compute;
  const path = new Path(text.slice(1));
  return (input, environment) => {
    const found = plainValueAt(path, input);
    return found === 'array' ? compute(input, environment) : found;
  };
}

/** Compiled once for all documents that see the same time. */
function computed(operand: BsonValue, variables: Variables): Compute {
  let compiled: ((document: Buffer) => BsonValue | undefined) | undefined;
  let compiledFor: Date | undefined;
  checkExpression(operand);
  return (input, { now }) => {
    if (!compiled || compiledFor !== now) {
      compiled = compileValue(operand, { ...variables, NOW: now });
      compiledFor = now;
    }
    return compiled(input);
  };
}
