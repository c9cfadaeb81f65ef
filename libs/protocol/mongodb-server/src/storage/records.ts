import { ObjectId } from 'bson';
import { encodeDocument } from '../bson/encode.js';
import { fieldName } from '../bson/field-name.js';
import { documentKey, KeyWriter } from '../bson/key-encoding.js';
import { firstArrayOn, indexedValuesAt, plainValueAt } from '../bson/path.js';
import { BsonType, BsonValue, documentValue, eachField, entriesOf, findField } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { type CollectionInfo, collectionOf, databaseOf, type IndexInfo } from './catalog.js';
import type { Change } from './change-log.js';
import type { WriteContext } from './contexts.js';

const ID = Buffer.from('_id');
/** LMDB takes keys of up to 1,978 bytes. */
const MAX_KEY_BYTES = 1_978;
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

const writer = new KeyWriter();

/** The `_id` of a stored document. */
export function idOf(document: Buffer): BsonValue {
  const id = findField(document, 0, ID);
  if (id === undefined) throw new Error('a stored document has no _id');
  return id;
}

/** The document with its `_id` first; one without an `_id` gets an ObjectId. @throws MongoError 53, 2, 10334 */
export function withIdFirst(document: Buffer): Buffer {
  if (document.length > MAX_DOCUMENT_BYTES) {
    throw new MongoError(
      10334,
      `object to insert too large. size in bytes: ${document.length}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  }
  const isFirst =
    document.length > 8 &&
    document[5] === 0x5f &&
    document[6] === 0x69 &&
    document[7] === 0x64 &&
    document[8] === 0;
  const id = isFirst ? new BsonValue(document[4]!, document, 9, 9) : findField(document, 0, ID);
  if (id) checkId(id.type);
  if (isFirst) return document;
  const head = id ?? newObjectId();
  const rest: [number, number, BsonValue][] = [];
  eachField(document, 0, (value, nameStart, nameEnd) => {
    if (nameEnd - nameStart !== 3 || fieldName(document, nameStart, nameEnd) !== '_id')
      rest.push([nameStart, nameEnd, value]);
    return undefined;
  });
  const parts = [Buffer.from([head.type]), ID, Buffer.from([0]), head.raw()];
  for (const [nameStart, , value] of rest) parts.push(document.subarray(nameStart - 1, value.end));
  const body = Buffer.concat([Buffer.alloc(4), ...parts, Buffer.from([0])]);
  body.writeInt32LE(body.length, 0);
  return body;
}

function newObjectId(): BsonValue {
  return new BsonValue(BsonType.objectId, Buffer.from(new ObjectId().id), 0, 12);
}

function checkId(type: number): void {
  if (type === BsonType.array || type === BsonType.regex || type === BsonType.undefined) {
    const name = type === BsonType.array ? 'array' : type === BsonType.regex ? 'regex' : 'undefined';
    throw new MongoError(53, `The '_id' value cannot be of type ${name}`);
  }
}

/** The keys of a document in one index: none where the index leaves it out. @throws MongoError 171 for arrays in two fields. */
export function indexKeysOf(
  index: IndexInfo,
  document: Buffer,
  context: Pick<WriteContext, 'isMultikey' | 'markMultikey'>,
): Buffer[] {
  if (index.partial && !index.partial.holds(document, 0)) return [];
  const plain = index.sparse ? undefined : plainKey(index, document);
  if (plain) return [plain];
  const columns = index.fields.map(({ path }) => indexedValuesAt(path, document).values);
  if (index.sparse) {
    if (columns.every((column) => column.every((value) => value === undefined))) return [];
    const sparse = plainKey(index, document);
    if (sparse) return [sparse];
  }
  checkArrays(index, document, columns);
  if (!context.isMultikey(index.ident)) context.markMultikey(index.ident);
  const keys = new Map<string, Buffer>();
  const rows = Math.max(...columns.map((column) => column.length));
  for (let row = 0; row < rows; row++) {
    writer.reset().ident(index.ident);
    index.fields.forEach(({ descending }, at) => {
      const column = columns[at]!;
      writer.part(column[column.length > 1 ? row : 0], descending);
    });
    const key = finishKey(index, document);
    keys.set(key.toString('latin1'), key);
  }
  return [...keys.values()];
}

/** Several fields may go through one array, element by element; two arrays beside each other may not. */
function checkArrays(index: IndexInfo, document: Buffer, columns: readonly (readonly unknown[])[]): void {
  const arrays = index.fields
    .map(({ path }, at) => ({ array: firstArrayOn(path, document), size: columns[at]!.length }))
    .filter(({ array }) => array !== undefined);
  if (new Set(arrays.map(({ array }) => array)).size > 1) {
    throw new MongoError(171, `cannot index parallel arrays in index ${index.name}`);
  }
  if (new Set(arrays.map(({ size }) => size)).size > 1) {
    throw new MongoError(
      238,
      `nested arrays in several fields of index ${index.name} are not supported by the embedded server`,
    );
  }
}

function plainKey(index: IndexInfo, document: Buffer): Buffer | undefined {
  writer.reset().ident(index.ident);
  for (const { path, descending } of index.fields) {
    const value = plainValueAt(path, document);
    if (value === 'array') return undefined;
    writer.part(value, descending);
  }
  return finishKey(index, document);
}

/** A unique entry ends with its values; any other also carries the `_id`, so that equal values can stand together. */
function finishKey(index: IndexInfo, document: Buffer): Buffer {
  if (!index.unique) writer.part(idOf(document));
  return checkedKey(writer.take());
}

function checkedKey(key: Buffer): Buffer {
  if (key.length > MAX_KEY_BYTES) {
    throw new MongoError(
      238,
      `an index key of ${key.length} bytes (more than ${MAX_KEY_BYTES}) is not supported by the embedded server`,
    );
  }
  return key;
}

/** Adds a document. @throws MongoError 11000 before anything was written. */
export function insertDocument(context: WriteContext, collection: CollectionInfo, given: Buffer): Buffer {
  const document = withIdFirst(given);
  const id = idOf(document);
  const key = checkedKey(documentKey(collection.ident, id));
  context.claim(key);
  if (context.get(key) !== undefined) throw duplicateKey(collection, '_id_', ['_id'], [id]);
  const keys = collection.indexes.map((index) => indexKeysOf(index, document, context));
  collection.indexes.forEach((index, at) => {
    for (const entry of keys[at]!) checkUnique(context, collection, index, entry, document);
  });
  context.put(key, document);
  const idKey = key.subarray(4);
  for (const entries of keys) for (const entry of entries) context.put(entry, idKey);
  context.addCount(collection.ident, 1);
  recordChange(context, collection, id, () => ({ op: 'insert', doc: documentValue(document) }));
  return document;
}

/** Says what an update did, for change streams. */
export type DescribeChange = (before: Buffer, after: Buffer) => Pick<Change, 'op' | 'doc' | 'desc'>;

/** Puts a new version of a document with the same `_id` in its place. */
export function replaceDocument(
  context: WriteContext,
  collection: CollectionInfo,
  key: Buffer,
  before: Buffer,
  after: Buffer,
  describe: DescribeChange,
): void {
  if (after.length > MAX_DOCUMENT_BYTES) {
    throw new MongoError(17419, `Resulting document after update is larger than ${MAX_DOCUMENT_BYTES}`);
  }
  context.claim(key);
  const added: Buffer[] = [];
  const removed: { key: Buffer; unique: boolean }[] = [];
  for (const index of collection.indexes) {
    const old = indexKeysOf(index, before, context);
    const now = indexKeysOf(index, after, context);
    for (const entry of now) {
      if (old.some((other) => other.equals(entry))) continue;
      checkUnique(context, collection, index, entry, after);
      added.push(entry);
    }
    for (const entry of old) {
      if (now.some((other) => other.equals(entry))) continue;
      if (belongsToAnother(context, index, entry, key)) continue;
      removed.push({ key: entry, unique: index.unique });
    }
  }
  for (const entry of removed) {
    if (entry.unique) context.claim(entry.key);
  }
  for (const entry of removed) context.remove(entry.key);
  const idKey = key.subarray(4);
  for (const entry of added) context.put(entry, idKey);
  context.put(key, after);
  recordChange(context, collection, idOf(after), () => describe(before, after));
}

/** While a unique index is being built, the entry may be that of a document written since. */
function belongsToAnother(context: WriteContext, index: IndexInfo, entry: Buffer, key: Buffer): boolean {
  if (!index.unique || !index.building) return false;
  const holder = context.get(entry);
  return holder !== undefined && !holder.equals(key.subarray(4));
}

export function deleteDocument(
  context: WriteContext,
  collection: CollectionInfo,
  key: Buffer,
  document: Buffer,
): void {
  context.claim(key);
  for (const index of collection.indexes) {
    for (const entry of indexKeysOf(index, document, context)) {
      if (index.unique) {
        context.claim(entry);
        if (belongsToAnother(context, index, entry, key)) continue;
      }
      context.remove(entry);
    }
  }
  context.remove(key);
  context.addCount(collection.ident, -1);
  recordChange(context, collection, idOf(document), () => ({ op: 'delete' }));
}

function recordChange(
  context: WriteContext,
  { namespace, uuid }: CollectionInfo,
  id: BsonValue,
  change: () => Pick<Change, 'op' | 'doc' | 'desc'>,
): void {
  context.record(databaseOf(namespace), () => ({
    ...change(),
    coll: collectionOf(namespace),
    uuid,
    key: { _id: id },
  }));
}

/** @throws MongoError 11000 when another document has the key. */
export function checkUnique(
  context: WriteContext,
  collection: CollectionInfo,
  index: IndexInfo,
  entry: Buffer,
  document: Buffer,
): void {
  if (!index.unique) return;
  context.claim(entry);
  const holder = context.get(entry);
  if (holder === undefined || holder.equals(documentKey(collection.ident, idOf(document)).subarray(4)))
    return;
  const names = index.fields.map(({ path }) => path.text);
  const values = index.fields.map(({ path }) => indexedValuesAt(path, document).values[0]);
  throw duplicateKey(collection, index.name, names, values, index);
}

function duplicateKey(
  collection: CollectionInfo,
  indexName: string,
  names: readonly string[],
  values: readonly (BsonValue | undefined)[],
  index?: IndexInfo,
): MongoError {
  const shown = names.map((name, i) => `${name}: ${show(values[i])}`).join(', ');
  return new MongoError(
    11000,
    `E11000 duplicate key error collection: ${collection.namespace} index: ${indexName} dup key: { ${shown} }`,
    {
      keyPattern: Object.fromEntries(names.map((name, i) => [name, index?.fields[i]?.descending ? -1 : 1])),
      keyValue: Object.fromEntries(names.map((name, i) => [name, copied(values[i])])),
    },
  );
}

function copied(value: BsonValue | undefined): BsonValue | null {
  if (value === undefined) return null;
  const bytes = Buffer.copyBytesFrom(value.bytes, value.start, value.end - value.start);
  return new BsonValue(value.type, bytes, 0, bytes.length);
}

/** A value as messages of the server write it. */
export function show(value: BsonValue | undefined): string {
  if (value === undefined || value.type === BsonType.null) return 'null';
  switch (value.type) {
    case BsonType.string:
      return JSON.stringify(value.string());
    case BsonType.objectId:
      return `ObjectId('${value.raw().toString('hex')}')`;
    case BsonType.boolean:
      return String(value.boolean());
    case BsonType.date:
      return `new Date(${value.bytes.readBigInt64LE(value.start)})`;
    case BsonType.object:
      return `{ ${entriesOf(value)
        .map(([name, field]) => `${name}: ${show(field)}`)
        .join(', ')} }`;
    case BsonType.array:
      return `[ ${entriesOf(value)
        .map(([, element]) => show(element))
        .join(', ')} ]`;
    default:
      return value.isNumber && value.type !== BsonType.decimal128
        ? String(value.number())
        : `BinData(${value.type}, ${value.raw().toString('hex').toUpperCase()})`;
  }
}

/** An empty document, for upserts. */
export function emptyDocument(): BsonValue {
  return documentValue(encodeDocument({}));
}
