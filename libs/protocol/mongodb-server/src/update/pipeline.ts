import { evaluate, plainValue } from '../aggregate/expressions.js';
import { encodeValue } from '../bson/encode.js';
import { Path, plainValueAt } from '../bson/path.js';
import { Tree } from '../bson/tree.js';
import { BsonType, type BsonValue, documentValue, elementsOf, entriesOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import { parseProjection } from '../query/projection.js';
import { parentFor, parentIfThere } from './tree-walk.js';
import type { Update, UpdateEnvironment } from './update.js';

type Change = NonNullable<Update['change']>;
type Variables = Readonly<Record<string, unknown>>;

/** An update written as an aggregation pipeline: $set, $unset, $project, $replaceWith and their other names. */
export function parsePipelineUpdate(stages: readonly BsonValue[], constants: BsonValue | undefined): Change {
  const variables = (constants ? plainValue(constants) : {}) as Variables;
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
    case '$addFields':
      if (operand.type !== BsonType.object)
        throw new MongoError(40272, `${name} specification stage must be an object`);
      return (document, _original, environment) =>
        setFields(document, [], operand, document.close(), variables, environment);
    case '$unset': {
      const paths = (operand.type === BsonType.array ? elementsOf(operand) : [operand]).map((path) =>
        path.string().split('.'),
      );
      return (document) => {
        for (const path of paths) removeField(document, path);
      };
    }
    case '$project': {
      const project = parseProjection(operand, { kind: 'and', parts: [] });
      return (document) => replaceAll(document, documentValue(project(document.close())));
    }
    case '$replaceWith':
    case '$replaceRoot': {
      const expression =
        name === '$replaceWith' ? operand : entriesOf(operand).find(([field]) => field === 'newRoot')?.[1];
      if (!expression) throw new MongoError(40231, 'no newRoot specified for the $replaceRoot stage');
      return (document, _original, environment) => {
        const root = computed(expression, document.close(), variables, environment);
        if (root?.type !== BsonType.object)
          throw new MongoError(40228, "'newRoot' expression must evaluate to an object");
        replaceAll(document, root);
      };
    }
    default:
      if (['$match', '$group', '$sort', '$limit', '$lookup', '$unwind', '$facet'].includes(name)) {
        throw new MongoError(72, `${name} is not allowed to be used within an update`);
      }
      throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
  }
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

/** A nested document without operators is set field by field, beside what is there. */
function setFields(
  document: Tree,
  prefix: readonly string[],
  fields: BsonValue,
  input: Buffer,
  variables: Variables,
  environment: UpdateEnvironment,
): void {
  for (const [name, operand] of entriesOf(fields)) {
    const path = [...prefix, ...name.split('.')];
    const isNested =
      operand.type === BsonType.object &&
      !entriesOf(operand)[0]?.[0].startsWith('$') &&
      entriesOf(operand).length > 0;
    if (isNested) {
      setFields(document, path, operand, input, variables, environment);
      continue;
    }
    if (operand.type === BsonType.string && operand.string() === '$$REMOVE') {
      removeField(document, path);
      continue;
    }
    const value = computed(operand, input, variables, environment);
    if (value === undefined) continue;
    const parent = pipelineParent(document, path);
    parent.set(path.at(-1)!, value);
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
function computed(
  operand: BsonValue,
  input: Buffer,
  variables: Variables,
  environment: UpdateEnvironment,
): BsonValue | undefined {
  if (operand.type === BsonType.string) {
    const text = operand.string();
    if (text === '$$NOW') return encodeValue(environment.now);
    if (text === '$$ROOT' || text === '$$CURRENT') return documentValue(input);
    if (text.startsWith('$') && !text.startsWith('$$')) {
      const found = plainValueAt(new Path(text.slice(1)), input);
      if (found !== 'array') return found;
    }
    if (!text.startsWith('$')) return operand;
  } else if (operand.type !== BsonType.object && operand.type !== BsonType.array) return operand;
  return evaluate(operand, input, { ...variables, NOW: environment.now });
}
