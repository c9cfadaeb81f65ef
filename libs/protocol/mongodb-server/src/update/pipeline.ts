import { type Constants, compileWith, constantsOf } from '../aggregate/expressions.js';
import { Tree } from '../bson/tree.js';
import { BsonType, type BsonValue, documentValue, elementsOf, entriesOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { type Compute, parseProjectStage, Shape } from '../query/projection.js';
import type { Update } from './update.js';

type Change = NonNullable<Update['change']>;

/** Makes another document of a document. */
export type Reshape = (document: Buffer) => Buffer;

/** Stages that change one document after the other, in pipelines and in updates. */
export const RESHAPING: Readonly<
  Record<string, (operand: BsonValue, constants: Constants, name: string) => Reshape>
> = {
  $project: (operand, constants) => parseProjectStage(operand, constants),
  $addFields: addFields,
  $set: addFields,
  $unset: unset,
  $replaceRoot: (operand, constants) => {
    const newRoot = entriesOf(operand).find(([field]) => field === 'newRoot')?.[1];
    if (!newRoot) throw new MongoError(40231, 'no newRoot specified for the $replaceRoot stage');
    return replaceWith(newRoot, constants);
  },
  $replaceWith: replaceWith,
};

/** An update written as an aggregation pipeline. */
export function parsePipelineUpdate(
  stages: readonly BsonValue[],
  variables: Readonly<Record<string, unknown>>,
): Change {
  const parsed = stages.map((stage) => {
    const entries = stage.type === BsonType.object ? entriesOf(stage) : [];
    if (entries.length !== 1)
      throw new MongoError(40323, 'A pipeline stage specification object must contain exactly one field.');
    const [name, operand] = entries[0]!;
    if (!Object.hasOwn(RESHAPING, name)) throw notInUpdates(name);
    return { name, operand };
  });
  const prepare = (constants: Constants) =>
    parsed.map(({ name, operand }) => RESHAPING[name]!(operand, constants, name));
  // Taken apart at once for its errors, and again for each command's time.
  prepare(constantsOf(variables));
  let prepared: { now: Date; steps: Reshape[] } | undefined;
  return (document, _original, { now }) => {
    if (prepared?.now !== now) prepared = { now, steps: prepare(constantsOf({ ...variables, NOW: now })) };
    const result = prepared.steps.reduce((bytes, step) => step(bytes), document.close());
    replaceAll(document, documentValue(result));
  };
}

function notInUpdates(name: string): MongoError {
  if (/^\$(match|group|sort|limit|skip|lookup|unwind|facet|count|merge|out|sample|unionWith)$/.test(name))
    return new MongoError(72, `${name} is not allowed to be used within an update`);
  return new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
}

function replaceAll(document: Tree, root: BsonValue): void {
  const opened = Tree.open(root);
  document.names.splice(0, document.names.length, ...opened.names);
  document.values.splice(0, document.values.length, ...opened.values);
}

function replaceWith(expression: BsonValue, constants: Constants): Reshape {
  const compute = compileWith(expression, constants);
  return (document) => {
    const root = compute(document);
    if (root?.type !== BsonType.object)
      throw new MongoError(40228, "'newRoot' expression must evaluate to an object");
    return Buffer.copyBytesFrom(root.raw());
  };
}

function addFields(operand: BsonValue, constants: Constants, name: string): Reshape {
  if (operand.type !== BsonType.object)
    throw new MongoError(40272, `${name} specification stage must be an object`);
  const shape = new Shape();
  addTo(shape, operand, '', constants);
  return (document) => shape.apply(documentValue(document), 'keep', document).close();
}

/** A nested document without operators is set field by field, beside what is there. */
function addTo(shape: Shape, fields: BsonValue, prefix: string, constants: Constants): void {
  for (const [name, operand] of entriesOf(fields)) {
    const path = prefix + name;
    const inner = operand.type === BsonType.object ? entriesOf(operand) : [];
    if (inner.length > 0 && !inner[0]![0].startsWith('$')) addTo(shape, operand, `${path}.`, constants);
    else shape.add(path, { compute: assigned(operand, constants) });
  }
}

function assigned(operand: BsonValue, constants: Constants): Compute {
  if (operand.type === BsonType.object && operand.end - operand.start === 5) return () => operand;
  return compileWith(operand, constants);
}

function unset(operand: BsonValue): Reshape {
  const paths = operand.type === BsonType.array ? elementsOf(operand) : [operand];
  const shape = new Shape();
  if (paths.length === 0) throw new MongoError(31119, '$unset specification must be a non-empty array');
  for (const path of paths) {
    if (path.type !== BsonType.string)
      throw new MongoError(operand.type === BsonType.array ? 31120 : 31002, '$unset takes strings');
    shape.add(path.string(), 'drop');
  }
  return (document) => shape.apply(documentValue(document), 'keep', document).close();
}
