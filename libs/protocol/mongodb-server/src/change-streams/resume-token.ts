import { BsonType, type BsonValue, fieldsOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { LAST_POSITION, PLACE_BYTES, placeOf } from '../storage/change-log.js';

const EVENT = 0;
const INVALIDATE = 1;

/** Where a change stream stands: behind a change, or also behind the `invalidate` that follows it. */
export interface ResumePoint {
  readonly place: Buffer;
  readonly invalidated: boolean;
}

/** All up to this cluster time was seen. */
export function pointAt(clusterTime: bigint): ResumePoint {
  return { place: placeOf(clusterTime, LAST_POSITION), invalidated: false };
}

/** The `_id` of an event; its hex digits sort like the events. Clients keep it and understand nothing of it. */
export function tokenOf({ place, invalidated }: ResumePoint): { _data: string } {
  const kind = Buffer.from([invalidated ? INVALIDATE : EVENT]);
  return { _data: Buffer.concat([place, kind]).toString('hex').toUpperCase() };
}

/** @throws MongoError 40647 or 260 when it is no token of this server. */
export function pointOf(token: BsonValue): ResumePoint {
  const data = token.type === BsonType.object ? fieldsOf(token).get('_data') : undefined;
  if (data?.type !== BsonType.string)
    throw new MongoError(40647, "Bad resume token: '_data' of missing or of wrong type");
  const text = data.string();
  const bytes = Buffer.from(text, 'hex');
  const kind = bytes[PLACE_BYTES];
  const isToken = bytes.length === PLACE_BYTES + 1 && text.length === bytes.length * 2;
  if (!isToken || (kind !== EVENT && kind !== INVALIDATE))
    throw new MongoError(260, `invalid resume token: '${text.slice(0, 100)}'`);
  return { place: bytes.subarray(0, PLACE_BYTES), invalidated: kind === INVALIDATE };
}
