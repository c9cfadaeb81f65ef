import { type BsonValue, documentValue } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { parseFilter } from '../query/parse-filter.js';
import { parseFindProjection } from '../query/projection.js';
import type { WriteContext } from '../storage/contexts.js';
import { deleteDocument, emptyDocument, idOf } from '../storage/records.js';
import { Transaction } from '../storage/transaction.js';
import { parseUpdate } from '../update/parse-update.js';
import type { Invocation, Reply } from './invocation.js';
import { applyTo, collectionForWrite, first, queryFor, upsert } from './write-operations.js';
import { timeOf } from './writes.js';

/** `findAndModify`: one document found, changed or removed, and answered as it was or as it is. */
export function findAndModify(invocation: Invocation): Promise<Reply | Buffer> {
  const { namespace } = invocation;
  invocation.refuseCollation();
  const removes = invocation.boolean('remove');
  const given = invocation.get('update');
  if (removes && given) throw new MongoError(9, "Cannot specify both an 'update' and 'remove'=true");
  if (removes && invocation.boolean('new'))
    throw new MongoError(
      9,
      "Cannot specify both 'new'=true and 'remove'=true; 'remove' always returns the deleted document",
    );
  if (removes && invocation.boolean('upsert'))
    throw new MongoError(9, "Cannot specify both 'upsert'=true and 'remove'=true");
  if (!removes && !given) throw new MongoError(9, "Either an update or 'remove'=true must be specified");
  return invocation.write((context) =>
    removes
      ? removeFound(invocation, context, namespace)
      : updateFound(invocation, context, namespace, given!),
  );
}

function statementOf(invocation: Invocation) {
  return {
    filter: invocation.document('query') ?? emptyDocument(),
    sort: invocation.document('sort'),
    hint: invocation.get('hint'),
    variables: invocation.document('let'),
  };
}

function shown(invocation: Invocation, document: Buffer | undefined): BsonValue | null {
  if (!document) return null;
  const projection = invocation.document('fields');
  if (!projection || projection.end - projection.start === 5) return documentValue(document);
  return documentValue(
    parseFindProjection(projection, parseFilter(statementOf(invocation).filter))(document),
  );
}

function removeFound(invocation: Invocation, context: WriteContext, namespace: string): Reply {
  const collection = context.collection(namespace);
  const statement = statementOf(invocation);
  if (context instanceof Transaction) context.touch(namespace);
  const query = queryFor(context, collection, statement.filter, statement);
  for (const found of first(query.found(context))) {
    const { key, document } = found;
    deleteDocument(context, collection!, key, document);
    return { lastErrorObject: { n: 1 }, value: shown(invocation, document), ok: 1 };
  }
  return { lastErrorObject: { n: 0 }, value: null, ok: 1 };
}

function updateFound(
  invocation: Invocation,
  context: WriteContext,
  namespace: string,
  given: BsonValue,
): Reply {
  const statement = statementOf(invocation);
  const upserts = invocation.boolean('upsert');
  const wantsNew = invocation.boolean('new');
  const constants = given.type === 4 ? statement.variables : undefined;
  const update = parseUpdate(given, invocation.get('arrayFilters'), constants);
  const collection = upserts ? collectionForWrite(context, namespace) : context.collection(namespace);
  if (context instanceof Transaction) context.touch(namespace);
  const environment = { ...timeOf(invocation), filter: parseFilter(statement.filter), inserting: false };
  const query = queryFor(context, collection, statement.filter, statement);
  for (const found of first(query.found(context))) {
    const after = applyTo(context, collection!, found, given, update, environment) ?? found.document;
    return {
      lastErrorObject: { n: 1, updatedExisting: true },
      value: shown(invocation, wantsNew ? after : found.document),
      ok: 1,
    };
  }
  if (!upserts) return { lastErrorObject: { n: 0, updatedExisting: false }, value: null, ok: 1 };
  const added = upsert(context, collection!, statement, update, environment);
  return {
    lastErrorObject: { n: 1, updatedExisting: false, upserted: idOf(added) },
    value: wantsNew ? shown(invocation, added) : null,
    ok: 1,
  };
}
