import type { Encodable } from '../bson/encode.js';
import { validateDocument } from '../bson/validate.js';
import { type BsonValue, fieldsOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import type { WriteContext } from '../storage/contexts.js';
import type { Invocation, Reply } from './invocation.js';
import { type CommandTime, runDelete, runInsert, runUpdate } from './write-operations.js';
import { isOrdered, timeOf, writeError } from './writes.js';

interface Tally {
  nErrors: number;
  nInserted: number;
  nMatched: number;
  nModified: number;
  nUpserted: number;
  nDeleted: number;
}

type Operation = (context: WriteContext, tally: Tally, time: CommandTime) => { [name: string]: Encodable };

/** The `bulkWrite` command of 8.0: statements on several collections in one command. */
export async function bulkWrite(invocation: Invocation): Promise<Reply | Buffer> {
  if (invocation.database !== 'admin')
    throw new MongoError(13, "bulkWrite may only be run against the 'admin' database.");
  const namespaces = invocation.documents('nsInfo').map((info) => namespaceOf(invocation, info));
  const variables = invocation.document('let');
  const operations = invocation.documents('ops').map((operation) => {
    validateDocument(operation.bytes, operation.start, operation.end);
    return parseOperation(invocation, fieldsOf(operation), namespaces, variables);
  });
  if (operations.length === 0)
    throw new MongoError(16, 'Write batch sizes must be between 1 and 100000. Got 0 operations.');
  const ordered = isOrdered(invocation);
  const errorsOnly = invocation.boolean('errorsOnly');
  return invocation.write((context) => runAll(operations, context, ordered, errorsOnly, timeOf(invocation)));
}

function runAll(
  operations: readonly Operation[],
  context: WriteContext,
  ordered: boolean,
  errorsOnly: boolean,
  time: CommandTime,
): Reply {
  const tally: Tally = { nErrors: 0, nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 };
  const items: { [name: string]: Encodable }[] = [];
  for (const [idx, operation] of operations.entries()) {
    try {
      const result = operation(context, tally, time);
      if (!errorsOnly) items.push({ ok: 1, idx, ...result });
    } catch (error) {
      const { index, ...rest } = writeError(idx, error);
      items.push({ ok: 0, idx: index, n: 0, ...rest });
      tally.nErrors++;
      if (ordered) break;
    }
  }
  return { cursor: { id: 0n, firstBatch: items, ns: 'admin.$cmd.bulkWrite' }, ...tally, ok: 1 };
}

function namespaceOf(invocation: Invocation, info: BsonValue): string {
  const namespace = fieldsOf(info).get('ns')?.string() ?? '';
  const dot = namespace.indexOf('.');
  if (
    dot < 1 ||
    dot === namespace.length - 1 ||
    namespace.includes('$') ||
    Buffer.byteLength(namespace) > 255
  ) {
    throw new MongoError(73, `Invalid namespace specified for bulkWrite: '${namespace}'`);
  }
  const known = ['ns', 'collectionUUID', 'encryptionInformation'];
  for (const name of fieldsOf(info).keys()) {
    if (!known.includes(name))
      throw new MongoError(40415, `BSON field '${invocation.name}.nsInfo.${name}' is an unknown field.`);
  }
  return namespace;
}

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  insert: ['insert', 'document'],
  update: [
    'update',
    'filter',
    'updateMods',
    'multi',
    'upsert',
    'arrayFilters',
    'hint',
    'collation',
    'sort',
    'constants',
  ],
  delete: ['delete', 'filter', 'multi', 'hint', 'collation'],
};

function parseOperation(
  invocation: Invocation,
  fields: ReadonlyMap<string, BsonValue>,
  namespaces: readonly string[],
  variables: BsonValue | undefined,
): Operation {
  const [kind, target] = [...fields][0] ?? [];
  const known = kind === undefined ? undefined : FIELDS[kind];
  if (!known || !target)
    throw new MongoError(40415, `BSON field 'bulkWrite.ops.${kind}' is an unknown field.`);
  for (const name of fields.keys()) {
    if (!known.includes(name))
      throw new MongoError(40415, `BSON field 'bulkWrite.ops.${name}' is an unknown field.`);
  }
  invocation.refuseCollation(fields.get('collation'));
  const namespace = namespaces[Number(target.number())];
  if (namespace === undefined) throw new MongoError(2, `BulkWrite ops entry has an invalid nsInfo index.`);
  const multi = fields.get('multi')?.truthy() ?? false;
  if (multi && invocation.retryNumber !== undefined)
    throw new MongoError(72, 'Cannot use retryable writes with multi=true');
  if (kind === 'insert') return insertOperation(namespace, required(fields, 'document'));
  if (kind === 'delete') {
    const statement = { filter: required(fields, 'filter'), multi, hint: fields.get('hint'), variables };
    return (context, tally) => {
      const n = runDelete(context, namespace, statement);
      tally.nDeleted += n;
      return { n };
    };
  }
  return updateOperation(namespace, fields, multi, variables);
}

function insertOperation(namespace: string, document: BsonValue): Operation {
  return (context, tally) => {
    runInsert(context, namespace, document);
    tally.nInserted++;
    return { n: 1 };
  };
}

function updateOperation(
  namespace: string,
  fields: ReadonlyMap<string, BsonValue>,
  multi: boolean,
  variables: BsonValue | undefined,
): Operation {
  const statement = {
    filter: required(fields, 'filter'),
    update: required(fields, 'updateMods'),
    multi,
    upsert: fields.get('upsert')?.truthy() ?? false,
    arrayFilters: fields.get('arrayFilters'),
    hint: fields.get('hint'),
    sort: fields.get('sort'),
    constants: fields.get('constants'),
    variables,
  };
  return (context, tally, time) => {
    const result = runUpdate(context, namespace, statement, time);
    tally.nMatched += result.matched;
    tally.nModified += result.modified;
    if (!result.upsertedId) return { n: result.matched, nModified: result.modified };
    tally.nUpserted++;
    return { n: 1, nModified: 0, upserted: { _id: result.upsertedId } };
  };
}

function required(fields: ReadonlyMap<string, BsonValue>, name: string): BsonValue {
  const value = fields.get(name);
  if (value === undefined)
    throw new MongoError(40414, `BSON field 'bulkWrite.ops.${name}' is missing but a required field`);
  return value;
}
