import { type Encodable, encodeDocument } from '../bson/encode.js';
import { openDocument } from '../bson/tree.js';
import { BsonType, type BsonValue, documentValue, elementsOf, entriesOf, fieldsOf } from '../bson/value.js';
import { BufferedSource } from '../commands/buffered-source.js';
import type { BatchSource } from '../commands/cursors.js';
import { MongoError, notSupported } from '../errors.js';
import type { Filter } from '../query/filter.js';
import { compileFilter } from '../query/match.js';
import { parseFilter } from '../query/parse-filter.js';
import { parseHint } from '../query/planner.js';
import { countOf, Query, QueryRun } from '../query/query.js';
import { parseSort, Sorter } from '../query/sort.js';
import type { CollectionInfo } from '../storage/catalog.js';
import type { ReadContext } from '../storage/contexts.js';
import { parsePipelineUpdate } from '../update/pipeline.js';
import {
  checkExpression,
  judgeWith,
  plainDocument,
  plainValue,
  refuseInexact,
  runMingo,
} from './expressions.js';
import { newAggregator } from './mingo.js';
import { toEncodable } from './plain.js';

export interface Stage {
  readonly name: string;
  readonly operand: BsonValue;
}

export interface Pipeline {
  /** Undefined for a pipeline on the database. */
  readonly namespace: string | undefined;
  readonly database: string;
  readonly stages: readonly Stage[];
  readonly context: ReadContext;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly hint: BsonValue | undefined;
  readonly interrupted: () => void;
  /** `$$NOW`. */
  readonly now: Date;
}

/** Stages that mingo does. */
const COMPUTED = new Set(
  '$group $unwind $sortByCount $facet $bucket $bucketAuto $lookup $unionWith'.split(' '),
);
/** Stages that change one document after the other, as in a pipeline update. */
const RESHAPING = new Set('$project $addFields $set $unset $replaceRoot $replaceWith'.split(' '));
/** Stages done here on raw documents. */
const OWN = new Set(['$match', '$sort', '$limit', '$skip', '$count', '$documents', ...RESHAPING]);
const ABSENT = new Set(
  (
    '$geoNear $graphLookup $merge $out $sample $redact $setWindowFields $densify $fill $changeStream $collStats $indexStats $currentOp ' +
    '$listSessions $listLocalSessions $search $searchMeta $vectorSearch $planCacheStats $shardedDataDistribution $rankFusion'
  ).split(' '),
);

function checkStage({ name, operand }: Stage): void {
  if (ABSENT.has(name)) throw notSupported(`the pipeline stage ${name}`);
  if (!OWN.has(name) && !COMPUTED.has(name))
    throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
  if (COMPUTED.has(name)) checkExpression(operand);
  if (name === '$lookup') checkLookup(operand);
  if (name === '$facet' || name === '$unionWith') checkNested(name, operand);
}

/** mingo forgets the equality beside a pipeline, and takes a dotted name for one name. */
function checkLookup(operand: BsonValue): void {
  const fields = operand.type === BsonType.object ? fieldsOf(operand) : new Map<string, BsonValue>();
  if (fields.has('pipeline')) throw notSupported('$lookup with a pipeline');
  for (const name of ['from', 'localField', 'foreignField', 'as']) {
    if (fields.get(name)?.type !== BsonType.string)
      throw new MongoError(9, `$lookup needs ${name}, a string`);
  }
  if (fields.get('as')!.string().includes('.')) throw notSupported('$lookup into a dotted field');
}

/** Stages inside stages run in mingo, which does not do all of them as MongoDB does. */
const NESTED = new Set(
  '$group $sortByCount $bucket $bucketAuto $limit $skip $unwind $count $sort $match'.split(' '),
);

function checkNested(name: string, operand: BsonValue): void {
  if (name === '$unionWith') {
    if (operand.type !== BsonType.string) throw notSupported('$unionWith with a pipeline');
    return;
  }
  for (const pipeline of operand.type === BsonType.object ? fieldsOf(operand).values() : []) {
    for (const stage of pipeline.type === BsonType.array ? elementsOf(pipeline) : []) {
      const [inner] = fieldsOf(stage).keys();
      if (inner !== undefined && !NESTED.has(inner)) throw notSupported(`${inner} inside ${name}`);
    }
  }
}

interface Input {
  readonly query: Query;
  readonly rest: readonly Stage[];
}

/** Runs a pipeline: its start as a query with the planner, the rest on the documents found. */
export async function runPipeline(
  pipeline: Pipeline,
): Promise<{ source: BatchSource; collectionIdent: number | undefined }> {
  for (const stage of pipeline.stages) checkStage(stage);
  const { stages, context, namespace } = pipeline;
  if (stages[0]?.name === '$documents') {
    const rows = documentsOf(stages[0].operand);
    return {
      source: new BufferedSource(await runStages(rows, stages.slice(1), pipeline)),
      collectionIdent: undefined,
    };
  }
  if (namespace === undefined)
    throw new MongoError(
      73,
      `{aggregate: 1} is not valid for '${stages[0]?.name ?? 'an empty pipeline'}'; a collection is required.`,
    );
  const collection = context.collection(namespace);
  const { query, rest } = inputOf(collection, pipeline);
  const run = new QueryRun(query);
  if (rest.length === 0) return { source: run, collectionIdent: collection?.ident };
  const countName = rest.length === 1 ? countingGroup(rest[0]!) : undefined;
  if (countName !== undefined) {
    const counted = await countOf(query, context, pipeline.interrupted);
    const row = counted === 0 ? [] : [countName(counted)];
    return { source: new BufferedSource(row), collectionIdent: undefined };
  }
  const rows: Buffer[] = [];
  while (!run.done)
    for (const row of await run.batch(context, 1_000, Number.MAX_SAFE_INTEGER, pipeline.interrupted))
      rows.push(row);
  return { source: new BufferedSource(await runStages(rows, rest, pipeline)), collectionIdent: undefined };
}

/** `{ $group: { _id: 1, n: { $sum: 1 } } }` is how the driver counts documents: no expression is needed for it. */
function countingGroup({ name, operand }: Stage): ((count: number) => Buffer) | undefined {
  if (name !== '$group' || operand.type !== BsonType.object) return undefined;
  const fields = entriesOf(operand);
  const [id, sum] = fields;
  if (fields.length !== 2 || id?.[0] !== '_id' || !(id[1].type === BsonType.null || id[1].isNumber))
    return undefined;
  const accumulator = sum![1].type === BsonType.object ? entriesOf(sum![1]) : [];
  const [operator, step] = accumulator[0] ?? [];
  if (accumulator.length !== 1 || operator !== '$sum' || step?.type !== BsonType.int32 || step.number() !== 1)
    return undefined;
  return (count) => encodeDocument({ _id: id[1], [sum![0]]: count });
}

/** Leading $match, $sort, $skip and $limit become the query. */
function inputOf(collection: CollectionInfo | undefined, pipeline: Pipeline): Input {
  const rest = [...pipeline.stages];
  let filter: BsonValue | undefined;
  let sort: BsonValue | undefined;
  let skip = 0;
  let limit = 0;
  const matches: BsonValue[] = [];
  while (rest[0]?.name === '$match') matches.push(rest.shift()!.operand);
  if (matches.length === 1) filter = matches[0];
  else if (matches.length > 1) filter = documentValue(encodeDocument({ $and: matches }));
  if (filter && filter.type !== BsonType.object)
    throw new MongoError(15959, 'the match filter must be an expression in an object');
  if (rest[0]?.name === '$sort') sort = sortOf(rest.shift()!.operand);
  if (rest[0]?.name === '$skip') skip = whole(rest.shift()!, 0);
  if (rest[0]?.name === '$limit') limit = whole(rest.shift()!, 1);
  const hint = parseHint(collection, pipeline.hint, entriesOf);
  const options = { sort: parseSort(sort), skip, limit, hint, judge: judgeWith(pipeline.variables) };
  return { query: new Query(collection, pipeline.context, filter, options), rest };
}

function sortOf(operand: BsonValue): BsonValue {
  if (operand.type !== BsonType.object)
    throw new MongoError(15973, 'the $sort key specification must be an object');
  if (operand.end - operand.start === 5)
    throw new MongoError(15976, '$sort stage must have at least one sort key');
  return operand;
}

function whole({ name, operand }: Stage, least: number): number {
  const number = operand.isNumber ? Number(operand.number()) : Number.NaN;
  if (!Number.isInteger(number) || number < least)
    throw new MongoError(
      name === '$limit' ? 15958 : 15956,
      `invalid argument to ${name} stage: must be a number of at least ${least}`,
    );
  return number;
}

function documentsOf(operand: BsonValue): Buffer[] {
  if (operand.type !== BsonType.array) throw notSupported('$documents with an expression');
  return elementsOf(operand).map((element) => {
    if (element.type !== BsonType.object)
      throw new MongoError(40228, '$documents: every element must be an object');
    return element.raw();
  });
}

async function runStages(rows: Buffer[], stages: readonly Stage[], pipeline: Pipeline): Promise<Buffer[]> {
  let current = rows;
  for (let at = 0; at < stages.length; ) {
    const stage = stages[at]!;
    if (OWN.has(stage.name)) {
      current = ownStage(stage, current, pipeline);
      at++;
      continue;
    }
    let end = at;
    while (end < stages.length && COMPUTED.has(stages[end]!.name)) end++;
    current = computedStages(stages.slice(at, end), current, pipeline);
    at = end;
    pipeline.interrupted();
  }
  return current;
}

function reshape(stage: Stage, rows: Buffer[], pipeline: Pipeline): Buffer[] {
  const specification = documentValue(encodeDocument({ [stage.name]: stage.operand }));
  const change = parsePipelineUpdate([specification], pipeline.variables);
  const environment = { filter: EVERYTHING, inserting: false, now: pipeline.now, clusterTime: 0n };
  return rows.map((row) => {
    const tree = openDocument(row);
    change(tree, row, environment);
    return tree.close();
  });
}

const EVERYTHING: Filter = { kind: 'and', parts: [] };

function ownStage(stage: Stage, rows: Buffer[], pipeline: Pipeline): Buffer[] {
  if (RESHAPING.has(stage.name)) return reshape(stage, rows, pipeline);
  switch (stage.name) {
    case '$match': {
      const matches = compileFilter(parseFilter(stage.operand), judgeWith(pipeline.variables));
      return rows.filter((row) => matches(row, 0));
    }
    case '$sort': {
      const sorter = new Sorter(parseSort(sortOf(stage.operand)), Number.MAX_SAFE_INTEGER);
      for (const row of rows) sorter.add(row, row);
      return sorter.finish().map(({ document }) => document);
    }
    case '$limit':
      return rows.slice(0, whole(stage, 1));
    case '$skip':
      return rows.slice(whole(stage, 0));
    case '$count': {
      const name = stage.operand.type === BsonType.string ? stage.operand.string() : '';
      if (name === '' || name.startsWith('$') || name.includes('.'))
        throw new MongoError(40156, 'the count field must be a non-empty string without $ and dots');
      return rows.length === 0 ? [] : [encodeDocument({ [name]: rows.length })];
    }
    default:
      throw new MongoError(40602, `${stage.name} is only valid as the first stage in a pipeline`);
  }
}

function computedStages(stages: readonly Stage[], rows: Buffer[], pipeline: Pipeline): Buffer[] {
  for (const row of rows) refuseInexact(documentValue(row));
  const plain = stages.map(({ name, operand }) => ({ [name]: plainValue(operand) }));
  const aggregator = newAggregator(plain, {
    variables: { ...pipeline.variables },
    collectionResolver: (name) => collectionRows(name, pipeline),
    scriptEnabled: false,
  });
  const results = runMingo(() => aggregator.run(rows.map((row) => plainDocument(row)))) as object[];
  return results.map((row) => encodeDocument(toEncodable(row) as { [name: string]: Encodable }));
}

function collectionRows(name: string, pipeline: Pipeline): Record<string, unknown>[] {
  const collection = pipeline.context.collection(`${pipeline.database}.${name}`);
  const query = new Query(collection, pipeline.context, undefined);
  const rows: Record<string, unknown>[] = [];
  if (collection)
    for (const { document } of query.found(pipeline.context)) rows.push(plainDocument(document));
  return rows;
}
