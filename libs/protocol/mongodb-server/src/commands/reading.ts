import { judgeWith, plainValue } from '../aggregate/expressions.js';
import { documentValue, entriesOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import { parseFilter } from '../query/parse-filter.js';
import { parseHint } from '../query/planner.js';
import { parseFindProjection } from '../query/projection.js';
import { countOf, Query, QueryRun } from '../query/query.js';
import { parseSort } from '../query/sort.js';
import type { ReadContext } from '../storage/contexts.js';
import { emptyDocument } from '../storage/records.js';
import type { BatchSource } from './cursors.js';
import type { Invocation, Reply } from './invocation.js';

const FIRST_BATCH = 101;
export const MAX_BATCH_BYTES = 16 * 1024 * 1024;

export function textOfSession(invocation: Invocation): string | undefined {
  return invocation.session?.key.toString('latin1');
}

export function transactionNumber(invocation: Invocation): bigint | undefined {
  return invocation.transaction ? invocation.session?.number : undefined;
}

/** First reply of a cursor: its first batch, and an id when there is more. */
export async function openCursor(
  invocation: Invocation,
  context: ReadContext,
  source: BatchSource,
  namespace: string,
  options: { batchSize: number | undefined; single?: boolean; collectionIdent: number | undefined },
): Promise<Reply> {
  const interrupted = invocation.timeLimit();
  const batch = await source.batch(context, options.batchSize ?? FIRST_BATCH, MAX_BATCH_BYTES, interrupted);
  const firstBatch = batch.map((document) => documentValue(document));
  const { postBatchResumeToken } = source;
  if (source.done || options.single)
    return { cursor: { firstBatch, postBatchResumeToken, id: 0n, ns: namespace }, ok: 1 };
  const cursor = invocation.server.cursors.open({
    namespace,
    source,
    session: textOfSession(invocation),
    transactionNumber: transactionNumber(invocation),
    collectionIdent: options.collectionIdent,
  });
  return { cursor: { firstBatch, postBatchResumeToken, id: cursor.id, ns: namespace }, ok: 1 };
}

export function nonNegative(invocation: Invocation, name: string): number | undefined {
  const number = invocation.number(name);
  if (number !== undefined && number < 0)
    throw new MongoError(51024, `BSON field '${name}' value must be >= 0, actual value '${number}'`);
  return number;
}

/** The query of a `find`, also for its explanation. */
export function findQuery(invocation: Invocation, context: ReadContext, namespace: string): Query {
  const collection = context.collection(namespace);
  const filter = invocation.document('filter');
  const projection = invocation.document('projection');
  const variables = invocation.document('let');
  const lets = variables ? (plainValue(variables) as Record<string, unknown>) : {};
  const hasProjection = projection !== undefined && projection.end - projection.start > 5;
  return new Query(collection, context, filter, {
    sort: parseSort(invocation.document('sort')),
    skip: nonNegative(invocation, 'skip') ?? 0,
    limit: nonNegative(invocation, 'limit') ?? 0,
    hint: parseHint(collection, invocation.get('hint'), entriesOf),
    project: hasProjection
      ? parseFindProjection(projection, parseFilter(filter ?? emptyDocument()), lets)
      : undefined,
    judge: judgeWith(lets),
  });
}

export function find(invocation: Invocation): Promise<Reply> {
  const { namespace } = invocation;
  invocation.refuseCollation();
  if (invocation.boolean('tailable'))
    throw new MongoError(
      2,
      `error processing query: ns=${namespace}: tailable cursor requested on non capped collection`,
    );
  for (const name of ['min', 'max', 'returnKey', 'showRecordId']) {
    const value = invocation.get(name);
    if (value?.truthy() && !(value.type === 3 && value.end - value.start === 5))
      throw notSupported(`find with ${name}`);
  }
  const batchSize = nonNegative(invocation, 'batchSize');
  return invocation.read((context) => {
    const query = findQuery(invocation, context, namespace);
    const source = new QueryRun(query);
    const single = invocation.boolean('singleBatch');
    return openCursor(invocation, context, source, namespace, {
      batchSize,
      single,
      collectionIdent: query.collection?.ident,
    });
  });
}

const ANY_SIZE = Number.MAX_SAFE_INTEGER;

/** Runs a query to its end, in pieces, and gives each piece away. */
export async function eachBatch(
  query: Query,
  context: ReadContext,
  interrupted: () => void,
  take: (documents: readonly Buffer[]) => void,
): Promise<void> {
  const run = new QueryRun(query);
  while (!run.done) take(await run.batch(context, 1_000, ANY_SIZE, interrupted));
}

export function count(invocation: Invocation): Promise<Reply> {
  const { namespace } = invocation;
  invocation.refuseCollation();
  return invocation.read(async (context) => {
    const collection = context.collection(namespace);
    const filter = invocation.document('query');
    const skip = nonNegative(invocation, 'skip') ?? 0;
    const limit = Math.abs(invocation.number('limit') ?? 0);
    const hint = parseHint(collection, invocation.get('hint'), entriesOf);
    if (!collection) return { n: 0, ok: 1 };
    let n = 0;
    if (!filter || filter.end - filter.start === 5) {
      n = Math.max(0, context.countOf(collection.ident) - skip);
      if (limit > 0) n = Math.min(n, limit);
    } else {
      const query = new Query(collection, context, filter, { skip, limit, hint, judge: judgeWith({}) });
      n = await countOf(query, context, invocation.timeLimit());
    }
    return { n, ok: 1 };
  });
}
