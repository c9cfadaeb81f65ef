import { type Encodable, encodeDocument, Uuid } from '../bson/encode.js';
import { documentValue, fieldsOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { compileFilter } from '../query/match.js';
import { parseFilter } from '../query/parse-filter.js';
import { type CollectionInfo, collectionOf, databaseOf, type IndexInfo } from '../storage/catalog.js';
import { BufferedSource } from './buffered-source.js';
import type { Invocation, Reply } from './invocation.js';
import { openCursor } from './reading.js';

/** `cursor: { batchSize }` of a command. */
export function batchSizeOf(invocation: Invocation): number | undefined {
  const cursor = invocation.document('cursor');
  const size = cursor && fieldsOf(cursor).get('batchSize');
  return size && Number(size.number());
}

function listed(invocation: Invocation, documents: readonly Buffer[], namespace: string): Promise<Reply> {
  const filter = invocation.document('filter');
  const matches = filter ? compileFilter(parseFilter(filter)) : () => true;
  const kept = documents.filter((document) => matches(document, 0));
  const batchSize = batchSizeOf(invocation);
  return invocation.read((context) =>
    openCursor(invocation, context, new BufferedSource(kept), namespace, {
      batchSize,
      collectionIdent: undefined,
    }),
  );
}

const ID_INDEX = { v: 2, key: { _id: 1 }, name: '_id_' };

export function listCollections(invocation: Invocation): Promise<Reply> {
  const { database } = invocation;
  const nameOnly = invocation.boolean('nameOnly');
  return invocation.read((context) => {
    const documents = [...context.collections()]
      .filter(({ namespace }) => databaseOf(namespace) === database)
      .map((info) => encodeDocument(nameOnly ? nameOf(info) : described(info)));
    return listed(invocation, documents, `${database}.$cmd.listCollections`);
  });
}

function nameOf(info: CollectionInfo): { [name: string]: Encodable } {
  return { name: collectionOf(info.namespace), type: 'collection' };
}

function described(info: CollectionInfo): { [name: string]: Encodable } {
  const uuid = new Uuid(Buffer.from(info.uuid, 'hex'));
  return { ...nameOf(info), options: {}, info: { readOnly: false, uuid }, idIndex: ID_INDEX };
}

export function describeIndex(index: IndexInfo): { [name: string]: Encodable } {
  const key = Object.fromEntries(
    index.fields.map(({ path, descending }) => [path.text, descending ? -1 : 1]),
  );
  const { unique, sparse, partial, expireAfterSeconds, hidden } = index;
  return {
    v: 2,
    key,
    name: index.name,
    ...(unique ? { unique } : {}),
    ...(sparse ? { sparse } : {}),
    ...(partial ? { partialFilterExpression: documentValue(partial.bytes) } : {}),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
    ...(hidden ? { hidden } : {}),
  };
}

export function listIndexes(invocation: Invocation): Promise<Reply> {
  const { namespace } = invocation;
  return invocation.read((context) => {
    const info = context.collection(namespace);
    if (!info) throw new MongoError(26, `ns does not exist: ${namespace}`);
    const indexes = [ID_INDEX, ...info.indexes.filter(({ building }) => !building).map(describeIndex)];
    return listed(
      invocation,
      indexes.map((index) => encodeDocument(index)),
      namespace,
    );
  });
}

export function listDatabases(invocation: Invocation): Promise<Reply> {
  const nameOnly = invocation.boolean('nameOnly');
  return invocation.read((context) => {
    const names = [
      ...new Set([...context.collections()].map(({ namespace }) => databaseOf(namespace))),
    ].sort();
    const filter = invocation.document('filter');
    const matches = filter ? compileFilter(parseFilter(filter)) : () => true;
    const databases = names
      .map((name) => encodeDocument(nameOnly ? { name } : { name, sizeOnDisk: 0n, empty: false }))
      .filter((database) => matches(database, 0))
      .map((database) => documentValue(database));
    return nameOnly ? { databases, ok: 1 } : { databases, totalSize: 0n, totalSizeMb: 0n, ok: 1 };
  });
}
