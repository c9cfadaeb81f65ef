import { type CollectionInfo, catalogKey, encodeCollection } from './catalog.js';
import { type Change, encodeChange, placeOf } from './change-log.js';
import { KeyHeldError, type WriteContext } from './contexts.js';
import type { Engine } from './engine.js';
import type { Range, Writer } from './key-value-store.js';
import { identKeyIn, Keyspace, keyIn } from './keyspace.js';
import { keyText } from './overlay.js';
import type { Transaction } from './transaction.js';

/** Value of keys that say everything by being there. */
const EMPTY_MARK = Buffer.from([1]);

/** What one command changed in memory; taken over only when its commit is on disk. */
export interface Changes {
  readonly collections: Map<string, CollectionInfo | undefined>;
  readonly counts: Map<number, number>;
}

export function noChanges(): Changes {
  return { collections: new Map(), counts: new Map() };
}

/** A command inside the write transaction of a commit. */
export class DirectContext implements WriteContext {
  readonly inTransaction = false;

  constructor(
    private readonly engine: Engine,
    private readonly writer: Writer,
    private readonly batch: Changes,
    private readonly changes: Changes,
    /** Whose held keys are its own: the transaction being committed. */
    private readonly owner: Transaction | undefined,
  ) {}

  get(key: Buffer): Buffer | undefined {
    return this.writer.get(key);
  }

  range(range: Range) {
    return this.writer.range(range);
  }

  put(key: Buffer, value: Buffer): void {
    this.writer.put(key, value);
  }

  remove(key: Buffer): void {
    this.writer.remove(key);
  }

  claim(key: Buffer): void {
    const text = keyText(key);
    const holder = this.engine.holders.size > 0 ? this.engine.holders.get(text) : undefined;
    if (holder && holder !== this.owner) throw new KeyHeldError();
    this.engine.noteWriter(text);
  }

  collection(namespace: string): CollectionInfo | undefined {
    if (this.changes.collections.has(namespace)) return this.changes.collections.get(namespace);
    if (this.batch.collections.has(namespace)) return this.batch.collections.get(namespace);
    return this.engine.catalog.collections.get(namespace);
  }

  *collections(): Iterable<CollectionInfo> {
    const namespaces = new Set([
      ...this.engine.catalog.collections.keys(),
      ...this.batch.collections.keys(),
      ...this.changes.collections.keys(),
    ]);
    for (const namespace of namespaces) {
      const info = this.collection(namespace);
      if (info) yield info;
    }
  }

  setCollection(namespace: string, info: CollectionInfo | undefined): void {
    const before = this.collection(namespace);
    this.claim(catalogKey(namespace));
    this.changes.collections.set(namespace, info);
    if (info) this.put(catalogKey(namespace), encodeCollection(info));
    else this.remove(catalogKey(namespace));
    const kept = new Set(info ? [info.ident, ...info.indexes.map(({ ident }) => ident)] : []);
    for (const ident of before ? [before.ident, ...before.indexes.map((index) => index.ident)] : []) {
      if (!kept.has(ident)) this.put(identKeyIn(Keyspace.dropped, ident), EMPTY_MARK);
    }
  }

  moveCollection(from: string, to: string): void {
    const info = this.collection(from)!;
    this.claim(catalogKey(from));
    this.changes.collections.set(from, undefined);
    this.remove(catalogKey(from));
    this.setCollection(to, { ...info, namespace: to });
  }

  nextIdent(): number {
    return this.engine.nextIdent();
  }

  isMultikey(indexIdent: number): boolean {
    return this.engine.catalog.multikey.has(indexIdent);
  }

  /** Visible at once: an index wrongly taken for multikey costs time only. */
  markMultikey(indexIdent: number): void {
    this.engine.catalog.multikey.add(indexIdent);
    this.put(identKeyIn(Keyspace.multikey, indexIdent), EMPTY_MARK);
  }

  countOf(ident: number): number {
    return (
      this.changes.counts.get(ident) ??
      this.batch.counts.get(ident) ??
      this.engine.catalog.counts.get(ident) ??
      0
    );
  }

  addCount(ident: number, change: number): void {
    this.changes.counts.set(ident, this.countOf(ident) + change);
  }

  record(database: string, change: () => Change): void {
    if (this.engine.changeLog.databases.has(database))
      this.recordEncoded(database, encodeChange(change(), undefined), placeOf(this.engine.tick(), 0));
  }

  /** Writes an entry into the log of its database. */
  recordEncoded(database: string, entry: Buffer, place: Buffer): void {
    const watched = this.engine.changeLog.databases.get(database);
    if (!watched) return;
    this.put(keyIn(watched.ident, place), entry);
    this.addCount(watched.ident, entry.length + place.length);
  }

  /** Writes what was gathered while the command ran. */
  flush(): void {
    for (const [ident, count] of this.changes.counts) {
      const value = Buffer.alloc(8);
      value.writeDoubleBE(count);
      this.put(identKeyIn(Keyspace.counts, ident), value);
    }
  }
}
