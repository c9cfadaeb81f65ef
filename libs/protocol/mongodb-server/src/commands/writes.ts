import type { Encodable } from '../bson/encode.js';
import { validateDocument } from '../bson/validate.js';
import { type BsonValue, fieldsOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import type { Invocation, Reply } from './invocation.js';
import { type CommandTime, runDelete, runInsert, runUpdate } from './write-operations.js';

const MAX_BATCH = 100_000;

export function timeOf(invocation: Invocation): CommandTime {
  return { now: new Date(), clusterTime: invocation.server.engine.tick() };
}

/** An error of one statement. @throws it when it must end the whole command: a write conflict, a fault of ours. */
export function writeError(index: number, error: unknown): { [name: string]: Encodable } {
  if (!(error instanceof MongoError) || error.code === 112) throw error;
  return {
    index,
    code: error.code,
    errmsg: error.message,
    ...(error.details as { [name: string]: Encodable }),
  };
}

/** Runs statement after statement; an ordered command stops at the first that fails. */
export function eachStatement(
  count: number,
  ordered: boolean,
  run: (index: number) => void,
): { [name: string]: Encodable }[] {
  const errors: { [name: string]: Encodable }[] = [];
  for (let index = 0; index < count; index++) {
    try {
      run(index);
    } catch (error) {
      errors.push(writeError(index, error));
      if (ordered) break;
    }
  }
  return errors;
}

function checkBatch(statements: readonly BsonValue[], what: string): void {
  if (statements.length === 0 || statements.length > MAX_BATCH) {
    throw new MongoError(
      16,
      `Write batch sizes must be between 1 and ${MAX_BATCH}. Got ${statements.length} operations. (${what})`,
    );
  }
}

/** `ordered` is true unless said otherwise. */
export function isOrdered(invocation: Invocation): boolean {
  return invocation.get('ordered')?.truthy() ?? true;
}

function withErrors(reply: Reply, errors: readonly { [name: string]: Encodable }[]): Reply {
  return errors.length > 0 ? { ...reply, writeErrors: errors, ok: 1 } : { ...reply, ok: 1 };
}

export function insert(invocation: Invocation): Promise<Reply | Buffer> {
  const { namespace } = invocation;
  const documents = invocation.documents('documents');
  checkBatch(documents, 'insert');
  for (const { bytes, start, end } of documents) validateDocument(bytes, start, end);
  const ordered = isOrdered(invocation);
  return invocation.write((context) => {
    let n = 0;
    const errors = eachStatement(documents.length, ordered, (index) => {
      runInsert(context, namespace, documents[index]!);
      n++;
    });
    return withErrors({ n }, errors);
  });
}

/** Fields of an update statement. @throws MongoError 40415 for an unknown one. */
function checkedFields(statement: BsonValue, known: readonly string[], what: string): Map<string, BsonValue> {
  validateDocument(statement.bytes, statement.start, statement.end);
  const fields = fieldsOf(statement);
  for (const name of fields.keys()) {
    if (!known.includes(name))
      throw new MongoError(40415, `BSON field '${what}.${name}' is an unknown field.`);
  }
  return fields;
}

const UPDATE_FIELDS = [
  'q',
  'u',
  'c',
  'multi',
  'upsert',
  'arrayFilters',
  'hint',
  'collation',
  'sort',
  'sampleId',
];

export function update(invocation: Invocation): Promise<Reply | Buffer> {
  const { namespace } = invocation;
  const statements = invocation.documents('updates');
  checkBatch(statements, 'update');
  const variables = invocation.document('let');
  const parsed = statements.map((statement) => {
    const fields = checkedFields(statement, UPDATE_FIELDS, 'update.updates');
    invocation.refuseCollation(fields.get('collation'));
    const multi = fields.get('multi')?.truthy() ?? false;
    if (multi && invocation.retryNumber !== undefined)
      throw new MongoError(72, 'Cannot use retryable writes with multi=true');
    if (multi && fields.has('sort')) throw new MongoError(9, 'Cannot specify sort with multi=true');
    return {
      filter: required(fields, 'q'),
      update: required(fields, 'u'),
      multi,
      upsert: fields.get('upsert')?.truthy() ?? false,
      arrayFilters: fields.get('arrayFilters'),
      hint: fields.get('hint'),
      sort: fields.get('sort'),
      constants: fields.get('c'),
      variables,
    };
  });
  const ordered = isOrdered(invocation);
  return invocation.write((context) => {
    const time = timeOf(invocation);
    let n = 0;
    let nModified = 0;
    const upserted: { index: number; _id: BsonValue }[] = [];
    const errors = eachStatement(parsed.length, ordered, (index) => {
      const result = runUpdate(context, namespace, parsed[index]!, time);
      n += result.matched + (result.upsertedId ? 1 : 0);
      nModified += result.modified;
      if (result.upsertedId) upserted.push({ index, _id: result.upsertedId });
    });
    const reply =
      upserted.length > 0 ? { n, upserted: upserted as unknown as Encodable, nModified } : { n, nModified };
    return withErrors(reply, errors);
  });
}

function required(fields: ReadonlyMap<string, BsonValue>, name: string): BsonValue {
  const value = fields.get(name);
  if (value === undefined)
    throw new MongoError(40414, `BSON field '${name}' is missing but a required field`);
  return value;
}

export function remove(invocation: Invocation): Promise<Reply | Buffer> {
  const { namespace } = invocation;
  const statements = invocation.documents('deletes');
  checkBatch(statements, 'delete');
  const variables = invocation.document('let');
  const parsed = statements.map((statement) => {
    const fields = checkedFields(
      statement,
      ['q', 'limit', 'hint', 'collation', 'sampleId'],
      'delete.deletes',
    );
    invocation.refuseCollation(fields.get('collation'));
    const limit = Number(required(fields, 'limit').number());
    if (limit !== 0 && limit !== 1)
      throw new MongoError(9, `The limit field in delete objects must be 0 or 1. Got ${limit}`);
    if (limit === 0 && invocation.retryNumber !== undefined)
      throw new MongoError(72, 'Cannot use retryable writes with limit=0');
    return { filter: required(fields, 'q'), multi: limit === 0, hint: fields.get('hint'), variables };
  });
  const ordered = isOrdered(invocation);
  return invocation.write((context) => {
    let n = 0;
    const errors = eachStatement(parsed.length, ordered, (index) => {
      n += runDelete(context, namespace, parsed[index]!);
    });
    return withErrors({ n }, errors);
  });
}
