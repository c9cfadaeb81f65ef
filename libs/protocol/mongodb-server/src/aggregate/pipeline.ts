import { encodeDocument } from '../bson/encode.js';
import { BsonType, type BsonValue, documentValue, entriesOf } from '../bson/value.js';
import { BufferedSource } from '../commands/buffered-source.js';
import type { BatchSource } from '../commands/cursors.js';
import { MongoError } from '../errors.js';
import { parseHint } from '../query/planner.js';
import { countOf, Query, QueryRun } from '../query/query.js';
import { parseSort } from '../query/sort.js';
import type { CollectionInfo } from '../storage/catalog.js';
import type { ReadContext } from '../storage/contexts.js';
import { type Constants, constantsOf, judgeOf } from './expressions.js';
import type { Stage, Surroundings } from './stage.js';
import { documentsOf, parseStages, sortOf, wholeOfStage } from './stages.js';

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

/** Pipelines inside pipelines (MongoDB limits: maxSubPipelineViewDepth). */
const MAX_DEPTH = 20;

interface Input {
  readonly query: Query;
  readonly rest: readonly Stage[];
}

function surroundingsOf(pipeline: Pipeline, constants: Constants, depth = 0): Surroundings {
  const { database, context, interrupted } = pipeline;
  return {
    database,
    context,
    constants,
    interrupted,
    check: (stages, inner) => void parseStages(stages, surroundingsOf(pipeline, inner, depth)),
    runInside: async (from, stages, inner) => {
      if (depth >= MAX_DEPTH) throw new MongoError(5, 'too many pipelines inside each other');
      const surroundings = surroundingsOf(pipeline, inner, depth + 1);
      if (typeof from !== 'string') {
        const starts =
          stages[0]?.name === '$documents' ? documentsOf(stages[0].operand, surroundings) : [...from];
        return runStages(starts, stages[0]?.name === '$documents' ? stages.slice(1) : stages, surroundings);
      }
      const collection = context.collection(`${database}.${from}`);
      const { query, rest } = inputOf(collection, { ...pipeline, stages, hint: undefined }, inner);
      return runStages(await everything(new QueryRun(query), pipeline), rest, surroundings);
    },
  };
}

/** Runs a pipeline: its start as a query with the planner, the rest on the documents found. */
export async function runPipeline(
  pipeline: Pipeline,
): Promise<{ source: BatchSource; collectionIdent: number | undefined }> {
  const { stages, context, namespace } = pipeline;
  const constants = constantsOf({ ...pipeline.variables, NOW: pipeline.now });
  const surroundings = surroundingsOf(pipeline, constants);
  const first = stages[0]?.name === '$documents' ? stages[0] : undefined;
  parseStages(first ? stages.slice(1) : stages, surroundings);
  if (first && namespace === undefined) {
    const rows = documentsOf(first.operand, surroundings);
    const results = await runStages(rows, stages.slice(1), surroundings);
    return { source: new BufferedSource(results), collectionIdent: undefined };
  }
  if (first || namespace === undefined)
    throw new MongoError(
      73,
      first
        ? "'$documents' can only be run with {aggregate: 1}"
        : `{aggregate: 1} is not valid for '${stages[0]?.name ?? 'an empty pipeline'}'; a collection is required.`,
    );
  const collection = context.collection(namespace);
  const { query, rest } = inputOf(collection, pipeline, constants);
  const run = new QueryRun(query);
  if (rest.length === 0) return { source: run, collectionIdent: collection?.ident };
  const countName = rest.length === 1 ? countingGroup(rest[0]!) : undefined;
  if (countName !== undefined) {
    const counted = await countOf(query, context, pipeline.interrupted);
    const row = counted === 0 ? [] : [countName(counted)];
    return { source: new BufferedSource(row), collectionIdent: undefined };
  }
  const rows = await everything(run, pipeline);
  return {
    source: new BufferedSource(await runStages(rows, rest, surroundings)),
    collectionIdent: undefined,
  };
}

async function everything(run: QueryRun, { context, interrupted }: Pipeline): Promise<Buffer[]> {
  const rows: Buffer[] = [];
  while (!run.done)
    for (const row of await run.batch(context, 1_000, Number.MAX_SAFE_INTEGER, interrupted)) rows.push(row);
  return rows;
}

async function runStages(
  rows: Buffer[],
  stages: readonly Stage[],
  surroundings: Surroundings,
): Promise<Buffer[]> {
  let current = rows;
  for (const run of parseStages(stages, surroundings)) {
    current = await run(current);
    surroundings.interrupted();
  }
  return current;
}

/** `{ $group: { _id: 1, n: { $sum: 1 } } }` is how the driver counts documents: no document is looked at for it. */
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
function inputOf(collection: CollectionInfo | undefined, pipeline: Pipeline, constants: Constants): Input {
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
  if (rest[0]?.name === '$skip') skip = wholeOfStage(rest.shift()!);
  if (rest[0]?.name === '$limit') limit = wholeOfStage(rest.shift()!);
  const hint = parseHint(collection, pipeline.hint, entriesOf);
  const judge = (expression: BsonValue) => judgeOf(expression, constants);
  const options = { sort: parseSort(sort), skip, limit, hint, judge };
  return { query: new Query(collection, pipeline.context, filter, options), rest };
}
