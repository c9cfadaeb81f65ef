import { MongoError, writeConflict } from '../errors.js';
import { type CollectionInfo, catalogKey, encodeCollection } from './catalog.js';
import { type Change, encodeChange, placeOf, type TransactionIdentity } from './change-log.js';
import type { WriteContext } from './contexts.js';
import type { DirectContext } from './direct-context.js';
import type { Engine } from './engine.js';
import type { Entry, Range, Snapshot } from './key-value-store.js';
import { identKeyIn, Keyspace } from './keyspace.js';
import { keyText, Overlay } from './overlay.js';

const MAX_OVERLAY_BYTES = 64 * 1024 * 1024;
const MARK = Buffer.from([1]);

/**
 * A multi-document transaction: a snapshot, and what it wrote laid over it. The first writer of a key wins; whoever
 * comes second is told so with code 112 at once.
 */
export class Transaction implements WriteContext {
  readonly inTransaction = true;
  /** Keys that only this transaction may write until it ends. */
  readonly held = new Set<string>();
  readonly snapshotCommit: number;
  readonly startedAt = Date.now();
  private readonly overlay: Overlay;
  private statements = 0;
  private whenUnused: (() => void) | undefined;
  private readonly collectionsThen: ReadonlyMap<string, CollectionInfo>;
  private readonly changed = new Map<string, CollectionInfo | undefined>();
  private readonly countChanges = new Map<number, number>();
  private readonly multikey = new Set<number>();
  /** Collections written to, whose indexes must be the same at commit. */
  private readonly touched = new Set<string>();

  /** Entries for the logs of watched databases, in order. */
  private readonly recorded: { readonly database: string; readonly entry: Buffer }[] = [];
  /** Databases that were watched by nobody when it wrote to them. */
  private readonly unwatched = new Set<string>();

  constructor(
    private readonly engine: Engine,
    private readonly snapshot: Snapshot,
    private readonly identity: TransactionIdentity,
  ) {
    this.snapshotCommit = engine.visibleCommit;
    this.overlay = new Overlay(snapshot);
    this.collectionsThen = new Map(engine.catalog.collections);
  }

  /** A statement is running: the snapshot stays until it is through, even when the transaction ends meanwhile. */
  use(): () => void {
    this.statements++;
    return () => {
      this.statements--;
      if (this.statements === 0) this.whenUnused?.();
    };
  }

  /** The transaction ended: gives the snapshot back as soon as nobody reads from it. */
  release(released: () => void): void {
    const giveBack = () => {
      this.whenUnused = undefined;
      this.snapshot.release();
      released();
    };
    if (this.statements === 0) giveBack();
    else this.whenUnused = giveBack;
  }

  get(key: Buffer): Buffer | undefined {
    return this.overlay.get(key);
  }

  range(range: Range): Iterable<Entry> {
    return this.overlay.range(range);
  }

  put(key: Buffer, value: Buffer): void {
    this.overlay.put(key, value);
    this.checkSize();
  }

  remove(key: Buffer): void {
    this.overlay.remove(key);
  }

  private checkSize(): void {
    if (this.overlay.sizeBytes > MAX_OVERLAY_BYTES) {
      throw new MongoError(238, 'a transaction of more than 64 MiB is not supported by the embedded server');
    }
  }

  claim(key: Buffer): void {
    const text = keyText(key);
    if (this.held.has(text)) return;
    if (this.engine.holders.has(text) || this.engine.lastWriterOf(text) > this.snapshotCommit)
      throw writeConflict();
    this.engine.holders.set(text, this);
    this.held.add(text);
  }

  collection(namespace: string): CollectionInfo | undefined {
    return this.changed.has(namespace) ? this.changed.get(namespace) : this.collectionsThen.get(namespace);
  }

  *collections(): Iterable<CollectionInfo> {
    for (const namespace of new Set([...this.collectionsThen.keys(), ...this.changed.keys()])) {
      const info = this.collection(namespace);
      if (info) yield info;
    }
  }

  setCollection(namespace: string, info: CollectionInfo | undefined): void {
    if (!info) throw new MongoError(263, 'dropping a collection in a transaction is not allowed');
    this.claim(catalogKey(namespace));
    this.changed.set(namespace, info);
    this.put(catalogKey(namespace), encodeCollection(info));
  }

  moveCollection(): void {
    throw new MongoError(263, 'renaming a collection in a transaction is not allowed');
  }

  nextIdent(): number {
    return this.engine.nextIdent();
  }

  isMultikey(indexIdent: number): boolean {
    return this.multikey.has(indexIdent) || this.engine.catalog.multikey.has(indexIdent);
  }

  markMultikey(indexIdent: number): void {
    this.multikey.add(indexIdent);
    this.put(identKeyIn(Keyspace.multikey, indexIdent), MARK);
  }

  countOf(ident: number): number {
    return (this.engine.catalog.counts.get(ident) ?? 0) + (this.countChanges.get(ident) ?? 0);
  }

  addCount(ident: number, change: number): void {
    this.countChanges.set(ident, (this.countChanges.get(ident) ?? 0) + change);
  }

  record(database: string, change: () => Change): void {
    if (!this.engine.changeLog.databases.has(database)) this.unwatched.add(database);
    else this.recorded.push({ database, entry: encodeChange(change(), this.identity) });
  }

  /** Remembers that documents of the collection were written. */
  touch(namespace: string): void {
    this.touched.add(namespace);
  }

  /**
   * Writes everything into the commit under way.
   * @throws MongoError 112 when the catalog changed under the transaction, or a watch began.
   */
  applyTo(context: DirectContext): void {
    for (const database of this.unwatched)
      if (this.engine.changeLog.databases.has(database)) throw writeConflict();
    for (const namespace of this.touched) {
      if (this.changed.has(namespace)) continue;
      if (!sameShape(context.collection(namespace), this.collectionsThen.get(namespace)))
        throw writeConflict();
    }
    for (const [namespace, info] of this.changed) {
      if (context.collection(namespace) !== this.collectionsThen.get(namespace)) throw writeConflict();
      context.setCollection(namespace, info);
    }
    for (const ident of this.multikey) context.markMultikey(ident);
    for (const { key, value } of this.overlay.changes()) {
      if (value) context.put(key, value);
      else context.remove(key);
    }
    for (const key of this.held) this.engine.noteWriter(key);
    for (const [ident, change] of this.countChanges) context.addCount(ident, change);
    if (this.recorded.length === 0) return;
    const time = this.engine.tick();
    this.recorded.forEach(({ database, entry }, position) => {
      context.recordEncoded(database, entry, placeOf(time, position));
    });
  }
}

function sameShape(now: CollectionInfo | undefined, then: CollectionInfo | undefined): boolean {
  if (now === then) return true;
  if (now === undefined || then === undefined || now.ident !== then.ident) return false;
  const identsOf = (info: CollectionInfo) => info.indexes.map(({ ident }) => ident).join();
  return identsOf(now) === identsOf(then);
}
