import { MongoError, writeConflict } from '../errors.js';
import { Catalog, type CollectionInfo, catalogKey, encodeCollection } from './catalog.js';
import { KeyHeldError, type ReadContext, type WriteContext } from './contexts.js';
import { KeyValueStore, type Range, type Snapshot, type Writer } from './key-value-store.js';
import { identKeyIn, Keyspace, keyIn, rangeOf } from './keyspace.js';
import { keyText } from './overlay.js';
import { Transaction } from './transaction.js';
import { WriteQueue } from './write-queue.js';

const HELD_KEY_WAIT_MS = 70_000;

/** What one command changed in memory; taken over only when its commit is on disk. */
export interface Changes {
  readonly collections: Map<string, CollectionInfo | undefined>;
  readonly counts: Map<number, number>;
}

function noChanges(): Changes {
  return { collections: new Map(), counts: new Map() };
}

/**
 * The store behind all commands: committed state, writes by group commit, transactions with snapshot isolation where
 * the first writer of a key wins.
 */
export class Engine {
  readonly catalog: Catalog;
  /** Keys written by open transactions. */
  readonly holders = new Map<string, Transaction>();
  /** Number of the last commit that readers can see. */
  visibleCommit = 0;
  private committingNumber = 0;
  /** Last commit that wrote a key; kept while a transaction is open or a commit is under way. */
  private readonly lastWriter = new Map<string, number>();
  private readonly open = new Set<Transaction>();
  private readonly queue: WriteQueue;
  private identCounter: number;
  private batch: Changes = noChanges();
  private clock: bigint;
  private lastClock: bigint;
  private sweeping: Promise<void> = Promise.resolve();
  private closing = false;

  constructor(
    readonly store: KeyValueStore,
    private readonly report: (message: string, error: unknown) => void,
  ) {
    this.catalog = Catalog.load(store.current);
    this.identCounter = this.highestIdent();
    this.clock = store.current.get(keyIn(Keyspace.clock, 'now'))?.readBigUInt64BE() ?? 0n;
    this.lastClock = this.clock;
    this.queue = new WriteQueue((jobs) => this.commit(jobs));
  }

  private highestIdent(): number {
    let highest: number = Keyspace.firstOfCollections;
    for (const { ident, indexes } of this.catalog.collections.values()) {
      highest = Math.max(highest, ident, ...indexes.map((index) => index.ident));
    }
    for (const { key } of this.store.current.range(rangeOf(Keyspace.dropped))) {
      highest = Math.max(highest, key.readUInt32BE(4));
    }
    return highest;
  }

  nextIdent(): number {
    return ++this.identCounter;
  }

  /** After a stop at any moment: removes indexes whose building did not end, and what was dropped. */
  async recover(): Promise<void> {
    const unfinished = [...this.catalog.collections.values()].filter(({ indexes }) =>
      indexes.some(({ building }) => building),
    );
    if (unfinished.length > 0) {
      await this.write((context) => {
        for (const info of unfinished) {
          context.setCollection(info.namespace, {
            ...info,
            indexes: info.indexes.filter(({ building }) => !building),
          });
        }
      });
    }
    this.sweepDropped();
  }

  /** Advances and answers the cluster time: seconds in the upper half, a counter in the lower. */
  tick(): bigint {
    const now = BigInt(Math.floor(Date.now() / 1000)) << 32n;
    this.clock = this.clock + 1n > now ? this.clock + 1n : now + 1n;
    return this.clock;
  }

  /** The newest cluster time handed out. */
  get clusterTime(): bigint {
    return this.clock === 0n ? this.tick() : this.clock;
  }

  /** Reads of the committed state. Release the snapshot when done. */
  read(): { context: ReadContext; release: () => void } {
    const snapshot = this.store.snapshot();
    return { context: new CommittedView(this.catalog, snapshot), release: () => snapshot.release() };
  }

  /** Reads of the committed state in one synchronous stretch. */
  readNow(): ReadContext {
    return new CommittedView(this.catalog, this.store.current);
  }

  /** Runs a writing command alone: all of it or nothing, on disk when the promise resolves. */
  write<T>(work: (context: WriteContext) => T, maxTimeMs?: number): Promise<T> {
    return this.submit(work, maxTimeMs, undefined);
  }

  /** Writes what a transaction did, and what else belongs into that commit. */
  commitTransaction(transaction: Transaction, besides: (context: WriteContext) => void): Promise<void> {
    const work = (context: WriteContext) => {
      transaction.applyTo(context);
      besides(context);
    };
    return this.submit(work, undefined, transaction);
  }

  private submit<T>(
    work: (context: WriteContext) => T,
    maxTimeMs: number | undefined,
    transaction: Transaction | undefined,
  ): Promise<T> {
    return this.queue.submit(
      () => this.runAlone(work, transaction),
      maxTimeMs ?? HELD_KEY_WAIT_MS,
      maxTimeMs === undefined ? writeConflict : () => new MongoError(50, 'operation exceeded time limit'),
    );
  }

  private runAlone<T>(work: (context: WriteContext) => T, transaction: Transaction | undefined): T {
    const changes = noChanges();
    const result = this.store.atomically(() => {
      const context = new DirectContext(this, this.currentWriter!, this.batch, changes, transaction);
      const answer = work(context);
      context.flush();
      return answer;
    });
    this.merge(changes);
    return result;
  }

  private currentWriter: Writer | undefined;

  private merge(changes: Changes): void {
    for (const [namespace, info] of changes.collections) this.batch.collections.set(namespace, info);
    for (const [ident, count] of changes.counts) this.batch.counts.set(ident, count);
  }

  private async commit(jobs: readonly (() => void)[]): Promise<void> {
    const number = this.visibleCommit + 1;
    this.committingNumber = number;
    this.batch = noChanges();
    try {
      await this.store.write((writer) => {
        this.currentWriter = writer;
        for (const job of jobs) job();
        if (this.clock !== this.lastClock) {
          const now = Buffer.alloc(8);
          now.writeBigUInt64BE(this.clock);
          writer.put(keyIn(Keyspace.clock, 'now'), now);
          this.lastClock = this.clock;
        }
      });
    } finally {
      this.currentWriter = undefined;
      this.committingNumber = 0;
    }
    this.visibleCommit = number;
    this.publish(this.batch);
    this.batch = noChanges();
    if (this.open.size === 0) this.lastWriter.clear();
    else this.forgetOldWriters();
    for (const resolve of this.commitWaiters.splice(0)) resolve();
  }

  private publish(changes: Changes): void {
    let dropped = false;
    for (const [namespace, info] of changes.collections) {
      if (info) this.catalog.collections.set(namespace, info);
      else this.catalog.collections.delete(namespace);
      dropped = true;
    }
    for (const [ident, count] of changes.counts) this.catalog.counts.set(ident, count);
    if (dropped) this.sweepDropped();
  }

  private forgetOldWriters(): void {
    if (this.lastWriter.size < 100_000) return;
    const oldest = Math.min(...[...this.open].map((transaction) => transaction.snapshotCommit));
    for (const [key, commit] of this.lastWriter) if (commit <= oldest) this.lastWriter.delete(key);
  }

  /** Marks a key as written by the commit under way. */
  noteWriter(key: string): void {
    this.lastWriter.set(key, this.committingNumber);
  }

  lastWriterOf(key: string): number {
    return this.lastWriter.get(key) ?? 0;
  }

  private readonly commitWaiters: (() => void)[] = [];

  /** Resolves after the next commit. */
  nextCommit(): Promise<void> {
    return new Promise((resolve) => this.commitWaiters.push(resolve));
  }

  begin(): Transaction {
    const transaction = new Transaction(this, this.store.snapshot());
    this.open.add(transaction);
    return transaction;
  }

  /** The transaction is over: its keys are free. */
  end(transaction: Transaction): void {
    if (!this.open.delete(transaction)) return;
    transaction.snapshot.release();
    for (const key of transaction.held) this.holders.delete(key);
    if (this.open.size === 0 && this.committingNumber === 0) this.lastWriter.clear();
  }

  /** Removes the keys of dropped collections and indexes in small commits beside other work. */
  sweepDropped(): void {
    this.sweeping = this.sweeping
      .then(() => this.sweep())
      .catch((error) => {
        if (!this.closing) this.report('Removing the keys of a dropped collection failed.', error);
      });
  }

  private async sweep(): Promise<void> {
    for (;;) {
      if (this.closing) return;
      const [first] = [...takeSome(this.store.current.range(rangeOf(Keyspace.dropped)), 1)];
      if (!first) return;
      const ident = first.key.readUInt32BE(4);
      await this.write((context) => {
        const keys = [...takeSome(context.range(rangeOf(ident)), 2_000)].map(({ key }) => key);
        for (const key of keys) context.remove(key);
        if (keys.length < 2_000) context.remove(first.key);
      });
    }
  }

  /** Answers what was accepted, refuses the rest, ends all transactions and closes the files. */
  async close(): Promise<void> {
    this.closing = true;
    for (const transaction of [...this.open]) this.end(transaction);
    await this.queue.close(new MongoError(11600, 'interrupted at shutdown'));
    await this.sweeping;
    await this.store.close();
  }
}

function* takeSome<T>(items: Iterable<T>, count: number): Iterable<T> {
  let left = count;
  if (left === 0) return;
  for (const item of items) {
    yield item;
    if (--left === 0) return;
  }
}

/** Committed data seen through the committed catalog. */
class CommittedView implements ReadContext {
  constructor(
    private readonly catalog: Catalog,
    private readonly reader: Pick<Snapshot, 'get' | 'range'>,
  ) {}

  get(key: Buffer): Buffer | undefined {
    return this.reader.get(key);
  }

  range(range: Range) {
    return this.reader.range(range);
  }

  collection(namespace: string): CollectionInfo | undefined {
    return this.catalog.collections.get(namespace);
  }

  collections(): Iterable<CollectionInfo> {
    return this.catalog.collections.values();
  }

  isMultikey(indexIdent: number): boolean {
    return this.catalog.multikey.has(indexIdent);
  }

  countOf(ident: number): number {
    return this.catalog.counts.get(ident) ?? 0;
  }
}

/** A command inside the write transaction of a commit. */
class DirectContext implements WriteContext {
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

  /** Writes what was gathered while the command ran. */
  flush(): void {
    for (const [ident, count] of this.changes.counts) {
      const value = Buffer.alloc(8);
      value.writeDoubleBE(count);
      this.put(identKeyIn(Keyspace.counts, ident), value);
    }
  }
}

const EMPTY_MARK = Buffer.from([1]);
