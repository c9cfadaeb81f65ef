import { judgeWith, plainValue } from '../aggregate/expressions.js';
import { equalValues } from '../bson/compare.js';
import { closed, openDocument, Tree } from '../bson/tree.js';
import { BsonType, BsonValue, entriesOf } from '../bson/value.js';
import { describeUpdate } from '../change-streams/describe-update.js';
import { MongoError } from '../errors.js';
import { conjunctsOf, type Filter } from '../query/filter.js';
import { parseFilter } from '../query/parse-filter.js';
import { parseHint } from '../query/planner.js';
import { onlyId, Query } from '../query/query.js';
import type { Found } from '../query/scan.js';
import { parseSort } from '../query/sort.js';
import type { CollectionInfo } from '../storage/catalog.js';
import type { WriteContext } from '../storage/contexts.js';
import { deleteDocument, idOf, insertDocument, replaceDocument, withIdFirst } from '../storage/records.js';
import { Transaction } from '../storage/transaction.js';
import { parseUpdate } from '../update/parse-update.js';
import { parentFor, parentIfThere } from '../update/tree-walk.js';
import type { Update, UpdateEnvironment } from '../update/update.js';
import { newCollection } from './collections.js';

/** One update statement as the client wrote it. */
export interface UpdateStatement {
  readonly filter: BsonValue;
  readonly update: BsonValue;
  readonly multi: boolean;
  readonly upsert: boolean;
  readonly arrayFilters?: BsonValue | undefined;
  readonly hint?: BsonValue | undefined;
  readonly sort?: BsonValue | undefined;
  /** `let` of the command, or constants of the statement. */
  readonly variables?: BsonValue | undefined;
  readonly constants?: BsonValue | undefined;
}

export interface UpdateResult {
  readonly matched: number;
  readonly modified: number;
  readonly upsertedId?: BsonValue;
}

/** Time as all statements of one command see it. */
export interface CommandTime {
  readonly now: Date;
  readonly clusterTime: bigint;
}

/** The collection to write to, made when it is missing. */
export function collectionForWrite(context: WriteContext, namespace: string): CollectionInfo {
  const known = context.collection(namespace);
  if (context instanceof Transaction) context.touch(namespace);
  return known ?? newCollection(context, namespace);
}

export function queryFor(
  context: WriteContext,
  collection: CollectionInfo | undefined,
  filter: BsonValue,
  options: { hint?: BsonValue | undefined; sort?: BsonValue | undefined; variables?: BsonValue | undefined },
): Query {
  const hint = parseHint(collection, options.hint, entriesOf);
  const variables = options.variables ? (plainValue(options.variables) as Record<string, unknown>) : {};
  return new Query(collection, context, filter, {
    hint,
    sort: parseSort(options.sort),
    judge: judgeWith(variables),
  });
}

/** @throws MongoError of the statement; documents changed before it stay changed, as with MongoDB. */
export function runUpdate(
  context: WriteContext,
  namespace: string,
  statement: UpdateStatement,
  time: CommandTime,
): UpdateResult {
  const update = parseUpdate(
    statement.update,
    statement.arrayFilters,
    statement.constants ?? pipelineVariables(statement),
  );
  if (update.replacement && statement.multi)
    throw new MongoError(9, 'multi update is not supported for replacement-style update');
  const known = statement.upsert ? collectionForWrite(context, namespace) : context.collection(namespace);
  if (!known) {
    parseFilter(statement.filter);
    return { matched: 0, modified: 0 };
  }
  if (context instanceof Transaction) context.touch(namespace);
  const query = queryFor(context, known, statement.filter, statement);
  const environment: UpdateEnvironment = {
    ...time,
    filter: filterOf(statement.filter, query, update),
    inserting: false,
  };
  let matched = 0;
  let modified = 0;
  for (const found of foundForChange(query, context, statement.multi)) {
    matched++;
    if (applyTo(context, known, found, statement.update, update, environment)) modified++;
  }
  if (matched > 0 || !statement.upsert) return { matched, modified };
  const upserted = upsert(context, known, statement, update, environment);
  return { matched: 0, modified: 0, upsertedId: idOf(upserted) };
}

function pipelineVariables(statement: UpdateStatement): BsonValue | undefined {
  return statement.update.type === BsonType.array ? statement.variables : undefined;
}

/** The filter by `_id` alone is not taken apart unless the update looks at it. */
function filterOf(filter: BsonValue, query: Query, update: Update): Filter {
  return update.change && onlyId(filter) ? parseFilter(filter) : query.filter;
}

/**
 * All that match are found before the first is changed, so that none is met twice; their keys only, so that a change
 * of a whole collection does not hold it in memory.
 */
function* foundForChange(query: Query, context: WriteContext, multi: boolean): Iterable<Found> {
  if (!multi) {
    yield* first(query.found(context));
    return;
  }
  const keys: Buffer[] = [];
  for (const { key } of query.found(context)) keys.push(key);
  for (const key of keys) {
    const document = context.get(key);
    if (document) yield { key, document };
  }
}

/** At most one, with the reading behind it ended. */
export function first(found: Iterable<Found>): Found[] {
  for (const one of found) return [one];
  return [];
}

/** @param given the update as the client wrote it. @returns the document as it is now, or undefined when nothing changed. */
export function applyTo(
  context: WriteContext,
  collection: CollectionInfo,
  found: Found,
  given: BsonValue,
  update: Update,
  environment: UpdateEnvironment,
): Buffer | undefined {
  const after = changed(found.document, update, environment);
  if (after.equals(found.document)) return undefined;
  replaceDocument(context, collection, found.key, found.document, after, describeUpdate(given));
  return after;
}

function changed(document: Buffer, update: Update, environment: UpdateEnvironment): Buffer {
  if (update.replacement) return replacementFor(idOf(document), update.replacement);
  const tree = openDocument(document);
  update.change!(tree, document, environment);
  const id = tree.get('_id');
  const before = idOf(document);
  if (id === undefined) {
    if (!update.isPipeline) throw immutableId();
    tree.names.unshift('_id');
    tree.values.unshift(before);
  } else if (!equalValues(closed(id), before)) throw immutableId();
  return tree.close();
}

function immutableId(): MongoError {
  return new MongoError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
}

function replacementFor(id: BsonValue, replacement: BsonValue): Buffer {
  const bytes = replacement.raw();
  const first = entriesOfFirst(replacement);
  if (first && first[0] === '_id') {
    if (!equalValues(first[1], id)) throw immutableId();
    // The stored form of the _id stays (1 and 1.0 are equal).
    if (first[1].type === id.type) return bytes;
  }
  const tree = new Tree(BsonType.object);
  tree.set('_id', id);
  for (const [name, value] of entriesOf(replacement)) {
    if (name !== '_id') tree.set(name, value);
    else if (!equalValues(value, id)) throw immutableId();
  }
  return tree.close();
}

function entriesOfFirst(document: BsonValue): [string, BsonValue] | undefined {
  return document.end - document.start > 5 ? entriesOf(document)[0] : undefined;
}

/** Adds a document made from the filter's equalities and the update. @returns it. */
export function upsert(
  context: WriteContext,
  collection: CollectionInfo,
  statement: Pick<UpdateStatement, 'filter'>,
  update: Update,
  environment: UpdateEnvironment,
): Buffer {
  const filter = parseFilter(statement.filter);
  const seed = new Tree(BsonType.object);
  for (const [path, value] of equalitiesOf(filter)) {
    const isId = path[0] === '_id';
    if (update.replacement ? isId && path.length === 1 : true) seedAt(seed, path, value);
  }
  if (update.replacement) {
    const id = seed.get('_id');
    const document = id ? replacementFor(closed(id), update.replacement) : update.replacement.raw();
    return insertDocument(context, collection, document);
  }
  const id = seed.get('_id');
  update.change!(seed, seed.close(), { ...environment, filter, inserting: true });
  const after = seed.get('_id');
  if (id && (!after || !equalValues(closed(id), closed(after)))) throw immutableId();
  return insertDocument(context, collection, withIdFirst(seed.close()));
}

/** Whether a value, not a document made for a longer path, is at the path. */
function seededAt(seed: Tree, path: readonly string[]): boolean {
  return parentIfThere(seed, path)?.get(path.at(-1)!) instanceof BsonValue;
}

function seedAt(seed: Tree, path: readonly string[], value: BsonValue): void {
  const taken = path.some((_segment, at) => at > 0 && seededAt(seed, path.slice(0, at)));
  const parent = taken ? undefined : parentFor(seed, path);
  if (!parent || parent.get(path.at(-1)!) !== undefined)
    throw new MongoError(54, `cannot infer query fields to set, path '${path.join('.')}' is matched twice`);
  parent.set(path.at(-1)!, value);
}

/** What a filter fixes: `{a: 1}`, `$eq`, `$in` and `$or` with one value, all inside `$and`. */
function equalitiesOf(filter: Filter): [path: readonly string[], value: BsonValue][] {
  return conjunctsOf(filter).flatMap((part): [readonly string[], BsonValue][] => {
    if (part.kind === 'or' && part.parts.length === 1) return equalitiesOf(part.parts[0]!);
    if (part.kind !== 'path') return [];
    const { path, test } = part;
    if (test.op === 'eq') return [[path.segments, test.operand]];
    if (test.op === 'in' && test.operands.length === 1 && test.patterns.length === 0)
      return [[path.segments, test.operands[0]!]];
    return [];
  });
}

export interface DeleteStatement {
  readonly filter: BsonValue;
  readonly multi: boolean;
  readonly hint?: BsonValue | undefined;
  readonly sort?: BsonValue | undefined;
  readonly variables?: BsonValue | undefined;
}

export function runDelete(context: WriteContext, namespace: string, statement: DeleteStatement): number {
  const collection = context.collection(namespace);
  if (!collection) {
    parseFilter(statement.filter);
    return 0;
  }
  if (context instanceof Transaction) context.touch(namespace);
  const query = queryFor(context, collection, statement.filter, statement);
  let deleted = 0;
  for (const { key, document } of foundForChange(query, context, statement.multi)) {
    deleteDocument(context, collection, key, document);
    deleted++;
  }
  return deleted;
}

export function runInsert(context: WriteContext, namespace: string, document: BsonValue): void {
  insertDocument(context, collectionForWrite(context, namespace), document.raw());
}
