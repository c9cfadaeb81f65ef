import { createHash } from 'node:crypto';
import { Bytes, type Encodable, encodeDocument, Timestamp, Uuid } from '../bson/encode.js';
import { type BsonValue, documentValue, fieldsOf } from '../bson/value.js';
import { collectionOf, databaseOf } from '../storage/catalog.js';
import { type ResumePoint, tokenOf } from './resume-token.js';

/** Which changes a stream shows: those of one collection, or of all collections of a database. */
export interface WatchedScope {
  readonly database: string;
  /** Undefined: the whole database. */
  readonly collection: string | undefined;
}

/** A stored change, taken apart as far as streams ask. */
export class StoredChange {
  private readonly fields: ReadonlyMap<string, BsonValue>;

  constructor(
    readonly place: Buffer,
    value: Buffer,
  ) {
    // The value may lie in a buffer that the next read uses again.
    this.fields = fieldsOf(documentValue(Buffer.copyBytesFrom(value)));
  }

  get operation(): string {
    return this.fields.get('op')!.string();
  }

  text(name: 'coll' | 'uuid' | 'to' | 'session'): string | undefined {
    return this.fields.get(name)?.string();
  }

  get(name: 'key' | 'doc' | 'desc' | 'wall' | 'number'): BsonValue | undefined {
    return this.fields.get(name);
  }

  get clusterTime(): bigint {
    return this.place.readBigUInt64BE();
  }

  isSeenBy({ database, collection }: WatchedScope): boolean {
    if (collection === undefined || this.operation === 'dropDatabase') return collection === undefined;
    return this.text('coll') === collection || this.text('to') === `${database}.${collection}`;
  }

  /** After it a stream has nothing more to show. */
  ends({ collection }: WatchedScope): boolean {
    const ending = collection === undefined ? ['dropDatabase'] : ['drop', 'rename'];
    return ending.includes(this.operation);
  }
}

/** `uid` of a session without a user. */
const NO_USER = createHash('sha256').update('').digest();

/**
 * The event as clients see it (MongoDB: Change Events).
 * @param current the document as it is now, for `updateLookup`; null when it is gone, undefined when nobody asked.
 */
export function eventOf(change: StoredChange, database: string, current: Buffer | null | undefined): Buffer {
  const { operation } = change;
  const coll = change.text('coll');
  const to = change.text('to');
  const looked = current ? documentValue(current) : current;
  return encodeDocument({
    _id: tokenOf({ place: change.place, invalidated: false }),
    operationType: operation,
    clusterTime: new Timestamp(change.clusterTime),
    ...transactionOf(change),
    wallTime: change.get('wall'),
    fullDocument: operation === 'update' ? looked : change.get('doc'),
    ns: coll === undefined ? { db: database } : { db: database, coll },
    to: to === undefined ? undefined : { db: databaseOf(to), coll: collectionOf(to) },
    documentKey: change.get('key'),
    updateDescription: change.get('desc'),
  });
}

export function invalidateEvent(change: StoredChange, point: ResumePoint): Buffer {
  return encodeDocument({
    _id: tokenOf(point),
    operationType: 'invalidate',
    clusterTime: new Timestamp(change.clusterTime),
    wallTime: change.get('wall'),
  });
}

function transactionOf(change: StoredChange): { [name: string]: Encodable } {
  const session = change.text('session');
  if (session === undefined) return {};
  const id = new Uuid(Buffer.from(session, 'hex'));
  return { txnNumber: change.get('number'), lsid: { id, uid: new Bytes(NO_USER) } };
}
