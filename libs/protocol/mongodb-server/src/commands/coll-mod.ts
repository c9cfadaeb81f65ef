import { BsonType, type BsonValue, entriesOf, fieldsOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import type { CollectionInfo, IndexInfo } from '../storage/catalog.js';
import { lifeOf, patternOf } from './index-specification.js';
import type { Invocation, Reply } from './invocation.js';

/** What `collMod` may be told that changes nothing here. */
const WITHOUT_EFFECT: Readonly<Record<string, (value: BsonValue) => boolean>> = {
  validator: (value) => value.type === BsonType.object && fieldsOf(value).size === 0,
  validationLevel: (value) => value.type === BsonType.string,
  validationAction: (value) => value.type === BsonType.string,
  changeStreamPreAndPostImages: (value) =>
    value.type === BsonType.object && fieldsOf(value).get('enabled')?.truthy() === false,
};
const COMMAND_ITSELF = new Set([
  'collMod',
  'index',
  'writeConcern',
  'comment',
  'lsid',
  'maxTimeMS',
  'readConcern',
]);

/**
 * `collMod`: hides and shows an index and changes the life of its documents; takes what asks for nothing that is not so
 * already, and refuses the rest.
 */
export function collMod(invocation: Invocation): Promise<Reply | Buffer> {
  const { namespace } = invocation;
  for (const [name, value] of invocation.fields) {
    if (COMMAND_ITSELF.has(name) || name.startsWith('$') || name.startsWith('api')) continue;
    if (WITHOUT_EFFECT[name]?.(value)) continue;
    throw notSupported(`collMod with ${name}`);
  }
  const change = invocation.document('index');
  return invocation.write((context): Reply => {
    const collection = context.collection(namespace);
    if (!collection) throw new MongoError(26, `ns does not exist: ${namespace}`);
    if (!change) return { ok: 1 };
    const { before, after, reply } = changedIndex(collection, fieldsOf(change));
    const indexes = collection.indexes.map((index) => (index === before ? after : index));
    context.setCollection(namespace, { ...collection, indexes });
    return { ...reply, ok: 1 };
  });
}

const CHANGES = ['hidden', 'expireAfterSeconds'];

function changedIndex(
  collection: CollectionInfo,
  fields: ReadonlyMap<string, BsonValue>,
): { before: IndexInfo; after: IndexInfo; reply: Reply } {
  for (const name of fields.keys()) {
    if (name === 'unique' || name === 'prepareUnique') throw notSupported(`collMod with ${name}`);
    if (name !== 'name' && name !== 'keyPattern' && !CHANGES.includes(name))
      throw new MongoError(40415, `BSON field 'collMod.index.${name}' is an unknown field.`);
  }
  if (!CHANGES.some((name) => fields.has(name)))
    throw new MongoError(72, 'no expireAfterSeconds, hidden, unique, or prepareUnique field');
  const before = namedIndex(collection, fields);
  let after = before;
  let reply: Reply = {};
  const hidden = fields.get('hidden');
  if (hidden) {
    after = { ...after, hidden: hidden.truthy() };
    reply = { ...reply, hidden_old: before.hidden ?? false, hidden_new: hidden.truthy() };
  }
  const { expireAfterSeconds } = lifeOf(fields.get('expireAfterSeconds'), before.fields);
  if (expireAfterSeconds !== undefined) {
    after = { ...after, expireAfterSeconds };
    const old = before.expireAfterSeconds;
    const wasThere = old === undefined ? {} : { expireAfterSeconds_old: BigInt(old) };
    reply = { ...reply, ...wasThere, expireAfterSeconds_new: BigInt(expireAfterSeconds) };
  }
  return { before, after, reply };
}

function namedIndex(collection: CollectionInfo, fields: ReadonlyMap<string, BsonValue>): IndexInfo {
  const name = fields.get('name');
  const key = fields.get('keyPattern');
  if ((name === undefined) === (key === undefined))
    throw new MongoError(72, 'must specify either index name or key pattern');
  const wanted = name?.type === BsonType.string ? name.string() : undefined;
  const pattern = key?.type === BsonType.object ? keyPatternOf(key) : undefined;
  if (wanted === '_id_' || pattern === '_id:1') throw new MongoError(2, "can't hide or expire the _id index");
  const found = collection.indexes.find(
    (index) => index.name === wanted || (pattern !== undefined && patternOf(index.fields) === pattern),
  );
  if (!found)
    throw new MongoError(27, `cannot find index ${wanted ?? pattern} for ns ${collection.namespace}`);
  return found;
}

function keyPatternOf(key: BsonValue): string {
  return entriesOf(key)
    .map(([path, direction]) => `${path}:${direction.isNumber && Number(direction.number()) < 0 ? -1 : 1}`)
    .join();
}
