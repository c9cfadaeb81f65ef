import type { CollectionInfo } from './catalog.js';
import type { Change } from './change-log.js';
import type { Reader, Writer } from './key-value-store.js';

/** What a reading command sees. */
export interface ReadContext extends Reader {
  collection(namespace: string): CollectionInfo | undefined;
  collections(): Iterable<CollectionInfo>;
  isMultikey(indexIdent: number): boolean;
  countOf(collectionIdent: number): number;
}

/** What a writing command sees and does, alone or as a statement of a transaction. */
export interface WriteContext extends ReadContext, Writer {
  readonly inTransaction: boolean;
  /**
   * Takes a document key or unique index key before it is written.
   * @throws MongoError 112 in a transaction that came second; KeyHeldError outside, to be run again later.
   */
  claim(key: Buffer): void;
  /** Creates, changes (same namespace) or drops (undefined) a collection. */
  setCollection(namespace: string, info: CollectionInfo | undefined): void;
  /** Gives a collection another name. */
  moveCollection(from: string, to: string): void;
  nextIdent(): number;
  addCount(collectionIdent: number, change: number): void;
  markMultikey(indexIdent: number): void;
  /** Notes a change for change streams, in the same commit; the change is worked out only when somebody watches. */
  record(database: string, change: () => Change): void;
}

/** An open transaction holds the key: the command is undone and runs again a little later. */
export class KeyHeldError extends Error {
  override readonly name = 'KeyHeldError';
}
