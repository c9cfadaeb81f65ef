import { BsonType, entriesOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import { type CollectionInfo, collectionOf, databaseOf } from '../storage/catalog.js';
import type { WriteContext } from '../storage/contexts.js';
import { newCollection } from './collections.js';
import type { Invocation, Reply } from './invocation.js';

/** Options of `create` that are refused unless they say nothing. */
export const REFUSED_OPTIONS = [
  'capped',
  'timeseries',
  'clusteredIndex',
  'viewOn',
  'validator',
  'collation',
  'changeStreamPreAndPostImages',
  'expireAfterSeconds',
  'encryptedFields',
];

export function create(invocation: Invocation): Promise<Reply | Buffer> {
  const { namespace } = invocation;
  for (const option of REFUSED_OPTIONS) {
    const value = invocation.get(option);
    if (!value?.truthy()) continue;
    if (option === 'collation') invocation.refuseCollation(value);
    else if (option === 'validator' && value.type === BsonType.object && entriesOf(value).length === 0)
      continue;
    else throw notSupported(`create with ${option}`);
  }
  return invocation.write((context) => {
    // Since MongoDB 7.0 a repetition with the same options is fine; here no options can differ.
    if (context.collection(namespace)) return { ok: 1 };
    newCollection(context, namespace);
    return { ok: 1 };
  });
}

function dropCursors(invocation: Invocation, info: CollectionInfo): void {
  invocation.server.cursors.killOfCollection(info.ident);
}

function dropRecorded(context: WriteContext, { namespace, uuid }: CollectionInfo): void {
  context.setCollection(namespace, undefined);
  context.record(databaseOf(namespace), () => ({ op: 'drop', coll: collectionOf(namespace), uuid }));
}

export async function drop(invocation: Invocation): Promise<Reply | Buffer> {
  const { namespace } = invocation;
  let dropped: CollectionInfo | undefined;
  const reply = await invocation.write((context): Reply => {
    dropped = context.collection(namespace);
    if (!dropped) return { ok: 1 };
    dropRecorded(context, dropped);
    return { nIndexesWas: dropped.indexes.length + 1, ns: namespace, ok: 1 };
  });
  if (dropped) dropCursors(invocation, dropped);
  return reply;
}

export async function dropDatabase(invocation: Invocation): Promise<Reply | Buffer> {
  const { database } = invocation;
  let dropped: CollectionInfo[] = [];
  const reply = await invocation.write((context): Reply => {
    dropped = [...context.collections()].filter(({ namespace }) => databaseOf(namespace) === database);
    for (const info of dropped) dropRecorded(context, info);
    if (dropped.length > 0) context.record(database, () => ({ op: 'dropDatabase' }));
    return dropped.length > 0 ? { dropped: database, ok: 1 } : { ok: 1 };
  });
  for (const info of dropped) dropCursors(invocation, info);
  return reply;
}

/** MongoDB copies such a collection document by document, and change streams show it so. */
function refuseWhenWatched(invocation: Invocation, databases: readonly string[]): void {
  if (databases.some((database) => invocation.server.engine.changeLog.databases.has(database)))
    throw notSupported(
      'renaming a collection into another database while a change stream watches one of them',
    );
}

export async function renameCollection(invocation: Invocation): Promise<Reply | Buffer> {
  if (invocation.database !== 'admin')
    throw new MongoError(13, 'renameCollection may only be run against the admin database.');
  const from = invocation.string('renameCollection');
  const to = invocation.string('to');
  const target = collectionOf(to);
  if (!to.includes('.') || target === '' || target.includes('$'))
    throw new MongoError(73, `Invalid namespace specified '${to}'`);
  if (from === to) throw new MongoError(20, "Can't rename a collection to itself");
  if (databaseOf(from) !== databaseOf(to)) refuseWhenWatched(invocation, [databaseOf(from), databaseOf(to)]);
  let replaced: CollectionInfo | undefined;
  const reply = await invocation.write((context): Reply => {
    const info = context.collection(from);
    if (!info) throw new MongoError(26, `Source collection ${from} does not exist`);
    replaced = context.collection(to);
    if (replaced && !invocation.boolean('dropTarget')) throw new MongoError(48, 'target namespace exists');
    if (replaced) context.setCollection(to, undefined);
    context.moveCollection(from, to);
    context.record(databaseOf(from), () => ({ op: 'rename', coll: collectionOf(from), uuid: info.uuid, to }));
    return { ok: 1 };
  });
  if (replaced) dropCursors(invocation, replaced);
  return reply;
}
