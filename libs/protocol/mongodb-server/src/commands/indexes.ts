import { setImmediate as breathe } from 'node:timers/promises';
import { BsonType, type BsonValue, elementsOf, entriesOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { type CollectionInfo, collectionOf, type IndexInfo } from '../storage/catalog.js';
import type { ReadContext, WriteContext } from '../storage/contexts.js';
import type { Engine } from '../storage/engine.js';
import { rangeOf } from '../storage/keyspace.js';
import { checkUnique, indexKeysOf } from '../storage/records.js';
import { newCollection } from './collections.js';
import {
  type IndexSpecification,
  identityOf,
  isOnId,
  parseSpecification,
  patternOf,
} from './index-specification.js';
import type { Invocation, Reply } from './invocation.js';

const MAX_INDEXES = 64;

/** @returns the specification when the index is to be made, undefined when it is there. @throws MongoError 85, 86 */
function checkAgainst(
  collection: CollectionInfo,
  wanted: IndexSpecification,
): IndexSpecification | undefined {
  if (isOnId(wanted)) return undefined;
  if (wanted.name === '_id_')
    throw new MongoError(67, 'The index name _id_ is reserved for the index on _id');
  const named = collection.indexes.find(({ name }) => name === wanted.name);
  if (!named) {
    const same = collection.indexes.find((index) => identityOf(index) === identityOf(wanted));
    if (same) throw new MongoError(85, `Index already exists with a different name: ${same.name}`);
    return wanted;
  }
  if (identityOf(named) !== identityOf(wanted)) {
    throw new MongoError(
      86,
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Index: ${wanted.name}`,
    );
  }
  if (named.expireAfterSeconds !== wanted.expireAfterSeconds) {
    throw new MongoError(
      85,
      `An equivalent index already exists with the same name but different options. Index: ${wanted.name}`,
    );
  }
  return undefined;
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
    if (!isOnId({ fields }) && !there.has(name)) throw new MongoError(276, `Index build of ${name} failed`);
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
