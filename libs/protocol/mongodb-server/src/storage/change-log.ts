import { type Encodable, encodeDocument } from '../bson/encode.js';
import type { Entry, Reader, Writer } from './key-value-store.js';
import { Keyspace, keyIn, prefixOf, rangeOf } from './keyspace.js';

/** What happened to a document, a collection or a database; the field names are those of the stored entry. */
export interface Change {
  readonly op: 'insert' | 'update' | 'replace' | 'delete' | 'drop' | 'rename' | 'dropDatabase';
  /** The collection's name without its database; absent for dropDatabase. */
  readonly coll?: string;
  /** Hex of the collection's 16 bytes: a lookup never meets a later collection of the same name. */
  readonly uuid?: string;
  readonly key?: Encodable;
  readonly doc?: Encodable;
  readonly desc?: Encodable;
  /** The namespace after a rename. */
  readonly to?: string;
}

/** The session and number of a transaction. */
export interface TransactionIdentity {
  /** The 16 bytes of the session's id. */
  readonly session: Buffer;
  readonly number: bigint;
}

export interface WatchedDatabase {
  /** Owner of the keys of its log. */
  readonly ident: number;
  /** Changes up to this place are not there, or no longer. */
  readonly lostUpTo: Buffer;
}

/** How much of the past a change stream can ask for; whichever is reached first. */
export interface ChangeRetention {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
}

export const DEFAULT_RETENTION: ChangeRetention = {
  maxAgeMs: 24 * 3_600_000,
  maxBytes: 256 * 1024 * 1024,
};

export function encodeChange(change: Change, by: TransactionIdentity | undefined): Buffer {
  const transaction = by && { session: by.session.toString('hex'), number: by.number };
  return encodeDocument({ ...change, wall: new Date(), ...transaction });
}

/** Place of a change: 8 bytes of cluster time, 4 of the position within a transaction. */
export const PLACE_BYTES = 12;

/** After all of the changes of one cluster time. */
export const LAST_POSITION = 0xffff_ffff;

export function placeOf(time: bigint, position: number): Buffer {
  const place = Buffer.alloc(PLACE_BYTES);
  place.writeBigUInt64BE(time);
  place.writeUInt32BE(position, 8);
  return place;
}

/**
 * The changes of databases that are watched, each in the commit that made it, in the order of the commits. A database
 * has a log from its first change stream on; others pay nothing.
 */
export class ChangeLog {
  readonly databases = new Map<string, WatchedDatabase>();

  static load(reader: Reader): ChangeLog {
    const log = new ChangeLog();
    for (const { key, value } of reader.range(rangeOf(Keyspace.watched))) {
      const watched = { ident: value.readUInt32BE(0), lostUpTo: Buffer.copyBytesFrom(value, 4) };
      log.databases.set(key.toString('utf8', 4), watched);
    }
    return log;
  }

  /** Notes on disk where the log of a database begins. */
  store(writer: Writer, database: string, { ident, lostUpTo }: WatchedDatabase): void {
    writer.put(keyIn(Keyspace.watched, database), Buffer.concat([prefixOf(ident), lostUpTo]));
  }

  /** The changes after a place, in order, with their places as keys. */
  *after(reader: Reader, ident: number, place: Buffer): Iterable<Entry> {
    const start = Buffer.concat([prefixOf(ident), place, Buffer.from([0])]);
    for (const { key, value } of reader.range({ start, end: rangeOf(ident).end }))
      yield { key: key.subarray(4), value };
  }

  at(reader: Reader, ident: number, place: Buffer): Buffer | undefined {
    return reader.get(keyIn(ident, place));
  }
}
