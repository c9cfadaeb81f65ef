import { Path } from '../bson/path.js';
import { type PartialFilter, partialFilter } from './index-coverage.js';
import type { Reader } from './key-value-store.js';
import { Keyspace, keyIn, rangeOf } from './keyspace.js';

export interface IndexField {
  readonly path: Path;
  readonly descending: boolean;
}

export interface IndexInfo {
  readonly name: string;
  readonly ident: number;
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
  /** Being filled: kept up to date by every write, not yet used by any plan. */
  readonly building: boolean;
  /** Leaves out documents that have none of the fields. */
  readonly sparse?: boolean;
  /** Holds only the documents that the filter accepts. */
  readonly partial?: PartialFilter;
  /** Age in seconds at which the documents are removed, counted from the date in the index's only field. */
  readonly expireAfterSeconds?: number;
  /** Kept up to date, not used by plans. */
  readonly hidden?: boolean;
}

/** A collection as it stands; a change makes a new one. */
export interface CollectionInfo {
  readonly namespace: string;
  readonly ident: number;
  /** Hex of the 16 bytes. */
  readonly uuid: string;
  readonly indexes: readonly IndexInfo[];
}

interface StoredCollection {
  ident: number;
  uuid: string;
  indexes: StoredIndex[];
}

interface StoredIndex {
  name: string;
  ident: number;
  fields: [string, 1 | -1][];
  unique: boolean;
  building: boolean;
  sparse?: boolean;
  /** The filter as BSON in base64. */
  partial?: string;
  expireAfterSeconds?: number;
  hidden?: boolean;
}

export function databaseOf(namespace: string): string {
  return namespace.slice(0, namespace.indexOf('.'));
}

export function collectionOf(namespace: string): string {
  return namespace.slice(namespace.indexOf('.') + 1);
}

export function catalogKey(namespace: string): Buffer {
  return keyIn(Keyspace.catalog, namespace);
}

export function encodeCollection(info: CollectionInfo): Buffer {
  const stored: StoredCollection = {
    ident: info.ident,
    uuid: info.uuid,
    indexes: info.indexes.map(storedIndex),
  };
  return Buffer.from(JSON.stringify(stored));
}

function storedIndex({ fields, partial, ...index }: IndexInfo): StoredIndex {
  return {
    ...index,
    fields: fields.map(({ path, descending }) => [path.text, descending ? -1 : 1]),
    ...(partial ? { partial: partial.bytes.toString('base64') } : {}),
  };
}

function readIndex({ fields, partial, ...index }: StoredIndex): IndexInfo {
  return {
    ...index,
    fields: fields.map(([path, direction]) => ({ path: new Path(path), descending: direction < 0 })),
    ...(partial ? { partial: partialFilter(Buffer.from(partial, 'base64')) } : {}),
  };
}

export function decodeCollection(namespace: string, bytes: Buffer): CollectionInfo {
  const stored = JSON.parse(bytes.toString()) as StoredCollection;
  const indexes = stored.indexes.map(readIndex);
  return { namespace, ident: stored.ident, uuid: stored.uuid, indexes };
}

/** What is committed: collections, how many documents each has, which indexes met an array. */
export class Catalog {
  readonly collections = new Map<string, CollectionInfo>();
  readonly counts = new Map<number, number>();
  readonly multikey = new Set<number>();

  static load(reader: Reader): Catalog {
    const catalog = new Catalog();
    for (const { key, value } of reader.range(rangeOf(Keyspace.catalog))) {
      const namespace = key.toString('utf8', 4);
      catalog.collections.set(namespace, decodeCollection(namespace, value));
    }
    for (const { key, value } of reader.range(rangeOf(Keyspace.counts))) {
      catalog.counts.set(key.readUInt32BE(4), value.readDoubleBE());
    }
    for (const { key } of reader.range(rangeOf(Keyspace.multikey))) catalog.multikey.add(key.readUInt32BE(4));
    return catalog;
  }
}
