import { setImmediate as breathe } from 'node:timers/promises';
import { Path } from '../bson/path.js';
import { BsonType, type BsonValue, elementsOf, entriesOf, fieldsOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import { type CollectionInfo, collectionOf, type IndexField, type IndexInfo } from '../storage/catalog.js';
import type { ReadContext, WriteContext } from '../storage/contexts.js';
import type { Engine } from '../storage/engine.js';
import { rangeOf } from '../storage/keyspace.js';
import { checkUnique, indexKeysOf } from '../storage/records.js';
import { newCollection } from './collections.js';
import type { Invocation, Reply } from './invocation.js';

const MAX_INDEXES = 64;
const MAX_FIELDS = 32;
const IGNORED_OPTIONS = new Set(['v', 'key', 'name', 'unique', 'background', 'ns', 'storageEngine']);
const REFUSED_OPTIONS = new Set(
  (
    'sparse partialFilterExpression expireAfterSeconds hidden collation weights default_language language_override ' +
    'textIndexVersion 2dsphereIndexVersion bits min max wildcardProjection prepareUnique clustered'
  ).split(' '),
);

interface IndexSpecification {
  readonly name: string;
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
}

function parseSpecification(specification: BsonValue): IndexSpecification {
  if (specification.type !== BsonType.object)
    throw new MongoError(14, 'The elements of the indexes array must be objects');
  const options = fieldsOf(specification);
  for (const [name, value] of options) {
    if (IGNORED_OPTIONS.has(name)) continue;
    const isSimple =
      name === 'collation' &&
      value.type === BsonType.object &&
      fieldsOf(value).get('locale')?.string() === 'simple';
    if (isSimple || (REFUSED_OPTIONS.has(name) && value.type === BsonType.boolean && !value.boolean()))
      continue;
    if (REFUSED_OPTIONS.has(name)) throw notSupported(`an index with ${name}`);
    throw new MongoError(197, `The field '${name}' is not valid for an index specification.`);
  }
  const key = options.get('key');
  if (key?.type !== BsonType.object)
    throw new MongoError(9, "The 'key' field is a required property of an index specification");
  const fields = entriesOf(key).map(([name, direction]) => parseField(name, direction));
  if (fields.length === 0) throw new MongoError(67, 'Index keys cannot be an empty object');
  if (fields.length > MAX_FIELDS)
    throw new MongoError(13103, `too many compound keys: at most ${MAX_FIELDS}`);
  const name = options.get('name');
  if (name?.type !== BsonType.string || name.string() === '')
    throw new MongoError(9, "The 'name' field is a required property of an index specification");
  return { name: name.string(), fields, unique: options.get('unique')?.truthy() ?? false };
}

function parseField(name: string, direction: BsonValue): IndexField {
  if (direction.type === BsonType.string) throw notSupported(`an index of type '${direction.string()}'`);
  if (name === '' || name.split('.').includes(''))
    throw new MongoError(67, 'Index keys cannot contain an empty field name');
  if (name.includes('$**')) throw notSupported('a wildcard index');
  if (name.split('.').some((part) => part.startsWith('$')))
    throw new MongoError(67, `Index key contains an illegal field name: field name starts with '$'`);
  const sign = direction.isNumber ? Number(direction.number()) : Number.NaN;
  if (!(sign !== 0)) throw new MongoError(67, 'Values in the index key pattern cannot be 0');
  if (Number.isNaN(sign))
    throw new MongoError(67, `Values in v:2 index key pattern must be numbers or strings`);
  return { path: new Path(name), descending: sign < 0 };
}

function patternOf(fields: readonly IndexField[]): string {
  return fields.map(({ path, descending }) => `${path.text}:${descending ? -1 : 1}`).join();
}

/** @returns the specification when the index is to be made, undefined when it is there. @throws MongoError 85, 86 */
function checkAgainst(
  collection: CollectionInfo,
  wanted: IndexSpecification,
): IndexSpecification | undefined {
  if (patternOf(wanted.fields) === '_id:1') return undefined;
  if (wanted.name === '_id_')
    throw new MongoError(67, 'The index name _id_ is reserved for the index on _id');
  for (const index of collection.indexes) {
    const sameKeys = patternOf(index.fields) === patternOf(wanted.fields);
    if (index.name === wanted.name) {
      if (sameKeys && index.unique === wanted.unique) return undefined;
      throw new MongoError(
        86,
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Index: ${wanted.name}`,
      );
    }
    if (sameKeys) {
      throw new MongoError(85, `Index already exists with a different name: ${index.name}`);
    }
  }
  return wanted;
}

/**
 * Creates indexes. Each is first noted as being built, so that every write from then on keeps it, then filled in small
 * commits beside other work, then used. One that fails is removed.
 */
export async function createIndexes(invocation: Invocation): Promise<Reply | Buffer> {
  const { namespace } = invocation;
  const wanted = invocation.documents('indexes').map(parseSpecification);
  if (wanted.length === 0) throw new MongoError(2, 'Must specify at least one index to create');
  if (invocation.transaction) return createInTransaction(invocation.transaction, namespace, wanted);
  const { engine } = invocation.server;
  const started = await engine.write((context) => begin(context, namespace, wanted));
  if (started.made.length === 0) {
    await untilBuilt(engine, namespace, wanted);
  } else await build(engine, namespace, started.made);
  const note = started.made.length === 0 ? { note: 'all indexes already exist' } : {};
  return {
    numIndexesBefore: started.before,
    numIndexesAfter: started.before + started.made.length,
    createdCollectionAutomatically: started.created,
    commitQuorum: 'votingMembers',
    ...note,
    ok: 1,
  };
}

interface Started {
  readonly before: number;
  readonly created: boolean;
  readonly made: readonly IndexInfo[];
}

function begin(context: WriteContext, namespace: string, wanted: readonly IndexSpecification[]): Started {
  const known = context.collection(namespace);
  let collection = known ?? newCollection(context, namespace);
  const before = collection.indexes.length + 1;
  const isEmpty = context.countOf(collection.ident) === 0;
  const made: IndexInfo[] = [];
  for (const specification of wanted) {
    if (!checkAgainst(collection, specification)) continue;
    const index = { ...specification, ident: context.nextIdent(), building: !isEmpty };
    made.push(index);
    collection = { ...collection, indexes: [...collection.indexes, index] };
  }
  if (collection.indexes.length + 1 > MAX_INDEXES)
    throw new MongoError(67, `add index fails, too many indexes for ${namespace}`);
  if (made.length > 0) context.setCollection(namespace, collection);
  return { before, created: !known, made };
}

function createInTransaction(
  context: WriteContext,
  namespace: string,
  wanted: readonly IndexSpecification[],
): Reply {
  const known = context.collection(namespace);
  if (known && context.countOf(known.ident) > 0) {
    throw new MongoError(
      263,
      'Cannot create new indexes on existing non-empty collections in a multi-document transaction.',
    );
  }
  const { before, made, created } = begin(context, namespace, wanted);
  return {
    numIndexesBefore: before,
    numIndexesAfter: before + made.length,
    createdCollectionAutomatically: created,
    ok: 1,
  };
}

const DOCUMENTS_PER_COMMIT = 400;

async function build(engine: Engine, namespace: string, made: readonly IndexInfo[]): Promise<void> {
  const idents = new Set(made.map(({ ident }) => ident));
  try {
    let after: Buffer | undefined;
    do {
      const from = after;
      after = await engine.write((context) => fillSome(context, namespace, idents, from));
      await breathe();
    } while (after);
    await engine.write((context) => {
      const collection = stillThere(context, namespace, idents);
      const indexes = collection.indexes.map((index) =>
        idents.has(index.ident) ? { ...index, building: false } : index,
      );
      context.setCollection(namespace, { ...collection, indexes });
    });
  } catch (error) {
    await engine.write((context) => {
      const collection = context.collection(namespace);
      if (!collection) return;
      context.setCollection(namespace, {
        ...collection,
        indexes: collection.indexes.filter(({ ident }) => !idents.has(ident)),
      });
    });
    throw error;
  }
}

function stillThere(context: ReadContext, namespace: string, idents: ReadonlySet<number>): CollectionInfo {
  const collection = context.collection(namespace);
  const found = collection?.indexes.filter(({ ident }) => idents.has(ident)).length;
  if (!collection || found !== idents.size)
    throw new MongoError(276, 'Index build aborted: the collection or the index was dropped');
  return collection;
}

/** Puts the next documents into the new indexes. @returns the key of the last one, or undefined at the end. */
function fillSome(
  context: WriteContext,
  namespace: string,
  idents: ReadonlySet<number>,
  after: Buffer | undefined,
): Buffer | undefined {
  const collection = stillThere(context, namespace, idents);
  const whole = rangeOf(collection.ident);
  const start = after ? Buffer.concat([after, Buffer.from([0])]) : whole.start;
  const documents: { key: Buffer; value: Buffer }[] = [];
  for (const entry of context.range({ start, end: whole.end })) {
    documents.push(entry);
    if (documents.length === DOCUMENTS_PER_COMMIT) break;
  }
  const indexes = collection.indexes.filter(({ ident }) => idents.has(ident));
  for (const { key, value } of documents) {
    for (const index of indexes) {
      for (const entry of indexKeysOf(index, value, context)) {
        checkUnique(context, collection, index, entry, value);
        context.put(entry, key.subarray(4));
      }
    }
  }
  return documents.length < DOCUMENTS_PER_COMMIT ? undefined : documents.at(-1)!.key;
}

/** An index that another client is building is there only once it is filled. */
async function untilBuilt(
  engine: Engine,
  namespace: string,
  wanted: readonly IndexSpecification[],
): Promise<void> {
  const names = new Set(wanted.map(({ name }) => name));
  for (;;) {
    const collection = engine.catalog.collections.get(namespace);
    const building = collection?.indexes.some(({ name, building }) => names.has(name) && building);
    if (!building) break;
    await engine.nextCommit();
  }
  const there = new Set(engine.catalog.collections.get(namespace)?.indexes.map(({ name }) => name));
  for (const { name, fields } of wanted) {
    if (patternOf(fields) !== '_id:1' && !there.has(name))
      throw new MongoError(276, `Index build of ${name} failed`);
  }
}

export async function dropIndexes(invocation: Invocation): Promise<Reply | Buffer> {
  const { namespace } = invocation;
  const which = invocation.get('index');
  if (!which) throw new MongoError(40414, "BSON field 'dropIndexes.index' is missing but a required field");
  return invocation.write((context) => {
    const collection = context.collection(namespace);
    if (!collection) throw new MongoError(26, `ns not found ${namespace}`);
    const unwanted = chosen(collection, which);
    const indexes = collection.indexes.filter((index) => !unwanted.includes(index));
    if (unwanted.length > 0) context.setCollection(namespace, { ...collection, indexes });
    return { nIndexesWas: collection.indexes.length + 1, ok: 1 };
  });
}

function chosen(collection: CollectionInfo, which: BsonValue): readonly IndexInfo[] {
  if (which.type === BsonType.array) return elementsOf(which).flatMap((one) => [...chosen(collection, one)]);
  if (which.type === BsonType.string && which.string() === '*') return collection.indexes;
  let found: IndexInfo | undefined;
  let label: string;
  if (which.type === BsonType.string) {
    label = which.string();
    found = collection.indexes.find(({ name }) => name === label);
  } else {
    label = entriesOf(which)
      .map(([name, direction]) => `${name}:${Number(direction.number()) < 0 ? -1 : 1}`)
      .join();
    found = collection.indexes.find(({ fields }) => patternOf(fields) === label);
  }
  if (label === '_id_' || label === '_id:1') throw new MongoError(72, 'cannot drop _id index');
  if (!found)
    throw new MongoError(27, `index not found with name [${label}] in ${collectionOf(collection.namespace)}`);
  return [found];
}
