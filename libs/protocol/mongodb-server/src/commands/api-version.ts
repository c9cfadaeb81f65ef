import { BsonType, type BsonValue } from '../bson/value.js';
import { MongoError } from '../errors.js';

/** MongoDB manual, Stable API: commands of version 1. */
const VERSION_1 = new Set(
  (
    'abortTransaction aggregate bulkWrite collMod commitTransaction count create createIndexes delete drop dropDatabase dropIndexes ' +
    'endSessions explain find findAndModify getMore hello insert killCursors listCollections listDatabases listIndexes ping ' +
    'refreshSessions update saslStart saslContinue'
  ).split(' '),
);

/** @throws MongoError 322 for another version than 1, 323 for a command that is not in it, 72 without a version. */
export function checkApiVersion(name: string, fields: ReadonlyMap<string, BsonValue>): void {
  const version = fields.get('apiVersion');
  if (version === undefined) {
    if (fields.has('apiStrict') || fields.has('apiDeprecationErrors'))
      throw new MongoError(72, 'Provided apiStrict or apiDeprecationErrors without passing apiVersion');
    return;
  }
  if (version.type !== BsonType.string || version.string() !== '1')
    throw new MongoError(322, 'API version must be "1"');
  if (fields.get('apiStrict')?.truthy() && !VERSION_1.has(name))
    throw new MongoError(323, `Provided apiStrict:true, but the command ${name} is not in API Version 1`);
}
