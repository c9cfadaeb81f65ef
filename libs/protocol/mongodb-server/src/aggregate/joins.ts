import { type Encodable, encodeValue } from '../bson/encode.js';
import { anyAt, Path } from '../bson/path.js';
import { openDocument } from '../bson/tree.js';
import { BsonType, type BsonValue, documentValue, elementsOf, entriesOf, fieldsOf } from '../bson/value.js';
import { setValueAt } from '../query/projection.js';
import { keyOf } from './expression/arrays.js';
import { checkVariable } from './expression/logic.js';
import { int32Of } from './expression/numbers.js';
import { fail, orNull, type Value } from './expression/scope.js';
import { type Constants, compileWith } from './expressions.js';
import { type Stage, type StageDefinition, stagesIn } from './stage.js';

function text(fields: ReadonlyMap<string, BsonValue>, name: string, stage: string): string {
  const value = fields.get(name);
  if (value?.type !== BsonType.string) return fail(9, `${stage} argument '${name}' must be a string`);
  return value.string();
}

/** Keys of the values that a path holds in a document, as equality sees them: elements, whole arrays, null for missing. */
function keysAt(path: Path, document: Buffer): string[] {
  const keys = new Set<string>();
  let isThere = false;
  anyAt(path, document, 0, true, (value) => {
    isThere = true;
    keys.add(keyOf(orNull(value)));
    return false;
  });
  if (!isThere) return [];
  return [...keys];
}

/** Values to look for: the elements of an array, else the value itself; null when it is missing. */
function wantedKeys(path: Path, document: Buffer): string[] {
  const values: BsonValue[] = [];
  anyAt(path, document, 0, false, (value) => {
    if (value?.type === BsonType.array) values.push(...elementsOf(value), value);
    else values.push(orNull(value));
    return false;
  });
  return values.length === 0 ? [keyOf(orNull(undefined))] : values.map(keyOf);
}

/** Documents by the values that they have at a path. */
class Joined {
  private readonly byKey = new Map<string, number[]>();

  constructor(
    private readonly documents: readonly Buffer[],
    path: Path,
  ) {
    documents.forEach((document, at) => {
      for (const key of keysAt(path, document)) {
        const known = this.byKey.get(key);
        if (known) known.push(at);
        else this.byKey.set(key, [at]);
      }
    });
  }

  /** In the order of the documents, each once. */
  of(keys: readonly string[]): Buffer[] {
    const found = new Set(keys.flatMap((key) => this.byKey.get(key) ?? []));
    return [...found].sort((a, b) => a - b).map((at) => this.documents[at]!);
  }
}

function withField(row: Buffer, as: string, documents: readonly Buffer[]): Buffer {
  const tree = openDocument(row);
  setValueAt(
    tree,
    as.split('.'),
    encodeValue(documents.map((document): Encodable => documentValue(document))),
  );
  return tree.close();
}

const LOOKUP_FIELDS = ['from', 'localField', 'foreignField', 'as', 'let', 'pipeline'];

export const lookup: StageDefinition = (operand, surroundings, name) => {
  if (operand.type !== BsonType.object) fail(9, 'the $lookup specification must be an Object');
  const fields = fieldsOf(operand);
  for (const field of fields.keys())
    if (!LOOKUP_FIELDS.includes(field)) fail(9, `unknown argument to $lookup: ${field}`);
  const as = text(fields, 'as', name);
  const pipeline = fields.get('pipeline');
  const hasFields = fields.has('localField') || fields.has('foreignField');
  if (!pipeline && !hasFields)
    fail(9, '$lookup requires either pipeline or both localField and foreignField to be specified');
  const local = hasFields ? new Path(text(fields, 'localField', name)) : undefined;
  const foreign = hasFields ? new Path(text(fields, 'foreignField', name)) : undefined;
  const stages = pipeline ? stagesIn(pipeline, '$lookup pipeline') : [];
  const from = !fields.has('from') && stages[0]?.name === '$documents' ? [] : text(fields, 'from', name);
  const lets = letsOf(fields.get('let'), surroundings.constants);
  if (lets.length > 0 && !pipeline) fail(9, "$lookup with 'let' requires 'pipeline'");
  const known = new Map<string, Value>([
    ...surroundings.constants,
    ...lets.map(({ name: let_ }): [string, Value] => [let_, undefined]),
  ]);
  surroundings.check(withoutDocuments(stages), known);
  const start = stages.slice(0, stages.length - withoutDocuments(stages).length);
  const afterEquality = withoutDocuments(stages);
  return async (rows) => {
    if (rows.length === 0) return rows;
    const whole = local
      ? new Joined(await surroundings.runInside(from, start, surroundings.constants), foreign!)
      : undefined;
    const same =
      lets.length === 0 && !local
        ? await surroundings.runInside(from, stages, surroundings.constants)
        : undefined;
    const joined: Buffer[] = [];
    for (const row of rows) {
      surroundings.interrupted();
      const constants =
        lets.length === 0
          ? surroundings.constants
          : new Map([
              ...surroundings.constants,
              ...lets.map(({ name: let_, of }): [string, Value] => [let_, of(row)]),
            ]);
      const results =
        same ??
        (whole
          ? await surroundings.runInside(whole.of(wantedKeys(local!, row)), afterEquality, constants)
          : await surroundings.runInside(from, stages, constants));
      joined.push(withField(row, as, results));
    }
    return joined;
  };
};

const withoutDocuments = (stages: readonly Stage[]) =>
  stages[0]?.name === '$documents' ? stages.slice(1) : stages;

function letsOf(
  lets: BsonValue | undefined,
  constants: Constants,
): { name: string; of: (row: Buffer) => Value }[] {
  if (!lets) return [];
  if (lets.type !== BsonType.object) fail(9, "$lookup argument 'let' must be an object");
  return entriesOf(lets).map(([name, expression]) => {
    checkVariable(name);
    return { name, of: compileWith(expression, constants) };
  });
}

export const unionWith: StageDefinition = (operand, surroundings, name) => {
  const fields = operand.type === BsonType.object ? fieldsOf(operand) : undefined;
  if (!fields && operand.type !== BsonType.string)
    fail(9, 'the $unionWith stage specification must be an object or string');
  for (const field of fields?.keys() ?? [])
    if (field !== 'coll' && field !== 'pipeline')
      fail(40415, `BSON field '$unionWith.${field}' is an unknown field.`);
  const pipeline = fields?.get('pipeline');
  const stages = pipeline ? stagesIn(pipeline, '$unionWith pipeline') : [];
  const from = !fields
    ? operand.string()
    : !fields.has('coll') && stages[0]?.name === '$documents'
      ? []
      : text(fields, 'coll', name);
  surroundings.check(withoutDocuments(stages), surroundings.constants);
  return async (rows) => [...rows, ...(await surroundings.runInside(from, stages, surroundings.constants))];
};

const GRAPH_FIELDS = [
  'from',
  'startWith',
  'connectFromField',
  'connectToField',
  'as',
  'maxDepth',
  'depthField',
  'restrictSearchWithMatch',
];

export const graphLookup: StageDefinition = (operand, surroundings, name) => {
  if (operand.type !== BsonType.object) fail(40327, 'the $graphLookup stage specification must be an object');
  const fields = fieldsOf(operand);
  for (const field of fields.keys())
    if (!GRAPH_FIELDS.includes(field)) fail(40104, `Unknown argument to $graphLookup: ${field}`);
  const start = fields.get('startWith');
  if (!start || ['from', 'connectFromField', 'connectToField', 'as'].some((field) => !fields.has(field)))
    return fail(
      40105,
      "$graphLookup requires 'from', 'as', 'startWith', 'connectFromField', and 'connectToField' to be specified.",
    );
  const of = compileWith(start, surroundings.constants);
  const [from, as] = [text(fields, 'from', name), text(fields, 'as', name)];
  const [connectFrom, connectTo] = [
    new Path(text(fields, 'connectFromField', name)),
    new Path(text(fields, 'connectToField', name)),
  ];
  const depthField = fields.has('depthField') ? text(fields, 'depthField', name) : undefined;
  const depth = fields.get('maxDepth');
  if (depth && !depth.isNumber) fail(40100, 'maxDepth must be numeric');
  const maxDepth = depth
    ? (int32Of(depth) ?? fail(40102, 'maxDepth must be representable as a 64-bit integral'))
    : Number.MAX_SAFE_INTEGER;
  if (maxDepth < 0) fail(40101, 'maxDepth requires a nonnegative argument');
  const restriction = fields.get('restrictSearchWithMatch');
  if (restriction && restriction.type !== BsonType.object)
    fail(40185, 'restrictSearchWithMatch must be an object');
  const stages: Stage[] = restriction ? [{ name: '$match', operand: restriction }] : [];
  surroundings.check(stages, surroundings.constants);
  return async (rows) => {
    if (rows.length === 0) return rows;
    const joined = new Joined(await surroundings.runInside(from, stages, surroundings.constants), connectTo);
    return rows.map((row) =>
      withField(row, as, reached(of(row), joined, connectFrom, { maxDepth, depthField })),
    );
  };
};

/** All documents that can be reached, each once, at the least depth. */
function reached(
  start: Value,
  joined: Joined,
  connectFrom: Path,
  { maxDepth, depthField }: { maxDepth: number; depthField: string | undefined },
): Buffer[] {
  const found = new Map<Buffer, number>();
  let frontier =
    start === undefined
      ? [keyOf(orNull(undefined))]
      : start.type === BsonType.array
        ? elementsOf(start).map(keyOf)
        : [keyOf(start)];
  for (let depth = 0; depth <= maxDepth && frontier.length > 0; depth++) {
    const next = joined.of(frontier).filter((document) => !found.has(document));
    for (const document of next) found.set(document, depth);
    frontier = next.flatMap((document) => keysAt(connectFrom, document));
  }
  return [...found].map(([document, depth]) => {
    if (depthField === undefined) return document;
    const tree = openDocument(document);
    setValueAt(tree, depthField.split('.'), encodeValue(BigInt(depth)));
    return tree.close();
  });
}
