import { MongoError, writeConflict } from '../errors.js';
import { Catalog } from './catalog.js';
import {
  ChangeLog,
  type ChangeRetention,
  DEFAULT_RETENTION,
  type TransactionIdentity,
} from './change-log.js';
import { ChangeLogKeeper } from './change-log-keeper.js';
import { CommittedView } from './committed-view.js';
import type { ReadContext, WriteContext } from './contexts.js';
import { type Changes, DirectContext, noChanges } from './direct-context.js';
import { CommitError, KeyValueStore, type Writer } from './key-value-store.js';
import { Keyspace, keyIn, rangeOf } from './keyspace.js';
import { Transaction } from './transaction.js';
import { WriteQueue } from './write-queue.js';

const HELD_KEY_WAIT_MS = 70_000;

/**
 * The store behind all commands: committed state, writes by group commit, transactions with snapshot isolation where
 * the first writer of a key wins.
 */
export class Engine {
  readonly catalog: Catalog;
  readonly changeLog: ChangeLog;
  readonly changeLogKeeper: ChangeLogKeeper;
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
  private visibleClock: bigint;
  private sweeping: Promise<void> = Promise.resolve();
  private diskFails = false;
  private movingOn = false;
  private closing = false;
  /** Snapshots that somebody may still read from. */
  private snapshots = 0;
  private allReleased: (() => void) | undefined;

  constructor(
    readonly store: KeyValueStore,
    private readonly report: (message: string, error: unknown) => void,
    retention: ChangeRetention = DEFAULT_RETENTION,
  ) {
    this.catalog = Catalog.load(store.current);
    this.changeLog = ChangeLog.load(store.current);
    this.changeLogKeeper = new ChangeLogKeeper(this, retention, report);
    this.identCounter = this.highestIdent();
    this.clock = store.current.get(keyIn(Keyspace.clock, 'now'))?.readBigUInt64BE() ?? 0n;
    this.lastClock = this.clock;
    this.visibleClock = this.clock === 0n ? this.tick() : this.clock;
    this.queue = new WriteQueue((jobs) => this.commit(jobs));
  }

  private highestIdent(): number {
    let highest: number = Keyspace.firstOfCollections;
    for (const { ident, indexes } of this.catalog.collections.values()) {
      highest = Math.max(highest, ident, ...indexes.map((index) => index.ident));
    }
    for (const { ident } of this.changeLog.databases.values()) highest = Math.max(highest, ident);
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

  /** The cluster time of the newest commit that readers can see: all that comes is later. */
  get clusterTime(): bigint {
    return this.visibleClock;
  }

  /**
   * Reads of the committed state. Release the snapshot when done: closing waits for it.
   * @throws MongoError 11600 while the store closes.
   */
  read(): { context: ReadContext; release: () => void } {
    this.refuseWhenClosing();
    const snapshot = this.store.snapshot();
    this.snapshots++;
    const release = () => {
      snapshot.release();
      this.snapshotReleased();
    };
    return { context: new CommittedView(this.catalog, snapshot), release };
  }

  /** Reads of the committed state in one synchronous stretch. @throws MongoError 11600 while the store closes. */
  readNow(): ReadContext {
    this.refuseWhenClosing();
    return new CommittedView(this.catalog, this.store.current);
  }

  /** @throws MongoError 11600 while the store closes; long readings ask now and then. */
  refuseWhenClosing(): void {
    if (this.closing) throw new MongoError(11600, 'interrupted at shutdown');
  }

  private snapshotReleased(): void {
    this.snapshots--;
    if (this.snapshots === 0) this.allReleased?.();
  }

  /** Runs a writing command alone: all of it or nothing, on disk when the promise resolves. */
  write<T>(work: (context: WriteContext) => T, maxTimeMs?: number): Promise<T> {
    return this.submit(work, maxTimeMs, undefined);
  }

  /** Writes what a transaction did, and what else belongs into that commit. */
  commitTransaction(transaction: Transaction, besides: (context: WriteContext) => void): Promise<void> {
    const work = (context: DirectContext) => {
      transaction.applyTo(context);
      besides(context);
    };
    return this.submit(work, undefined, transaction);
  }

  private submit<T>(
    work: (context: DirectContext) => T,
    maxTimeMs: number | undefined,
    transaction: Transaction | undefined,
  ): Promise<T> {
    return this.queue.submit(
      () => this.runAlone(work, transaction),
      maxTimeMs ?? HELD_KEY_WAIT_MS,
      maxTimeMs === undefined ? writeConflict : () => new MongoError(50, 'operation exceeded time limit'),
    );
  }

  private runAlone<T>(work: (context: DirectContext) => T, transaction: Transaction | undefined): T {
    this.tick();
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
    } catch (error) {
      throw this.diskFailure(error);
    } finally {
      this.currentWriter = undefined;
      this.committingNumber = 0;
    }
    this.diskFails = false;
    this.visibleCommit = number;
    this.visibleClock = this.clock;
    this.publish(this.batch);
    this.batch = noChanges();
    if (this.open.size === 0) this.lastWriter.clear();
    else this.forgetOldWriters();
    this.wakeWaiting();
    this.changeLogKeeper.committed();
  }

  /** A full disk is told to clients; the operator hears of it once, until a commit succeeds again. */
  private diskFailure(error: unknown): unknown {
    if (!(error instanceof CommitError)) return error;
    if (!this.diskFails) this.report('The disk takes no more: writes are refused, reads go on.', error);
    this.diskFails = true;
    void this.moveOn();
    return new MongoError(14031, `Nothing was written, the disk takes no more. ${error.message}`);
  }

  /** LMDB gives the pages that a commit freed to the second one after it: small commits bring that about. */
  private async moveOn(): Promise<void> {
    if (this.movingOn) return;
    this.movingOn = true;
    try {
      for (let i = 0; i < 2; i++) await this.write(() => undefined);
    } catch (error) {
      if (!(error instanceof MongoError)) throw error; // otherwise told already: full, or closing
    } finally {
      this.movingOn = false;
    }
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

  private readonly commitWaiters = new Set<() => void>();

  /** Resolves after the next commit, when the time is over, when the signal aborts, or when the store closes. */
  nextCommit(timeoutMs?: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        this.commitWaiters.delete(wake);
        resolve();
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(wake, timeoutMs);
      signal?.addEventListener('abort', wake);
      this.commitWaiters.add(wake);
    });
  }

  /** Has all who wait for a commit look again. */
  wakeWaiting(): void {
    for (const wake of [...this.commitWaiters]) wake();
  }

  begin(identity: TransactionIdentity): Transaction {
    this.refuseWhenClosing();
    const transaction = new Transaction(this, this.store.snapshot(), identity);
    this.snapshots++;
    this.open.add(transaction);
    return transaction;
  }

  /** The transaction is over: its keys are free. */
  end(transaction: Transaction): void {
    if (!this.open.delete(transaction)) return;
    transaction.release(() => this.snapshotReleased());
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

  /** A copy of the committed state of one moment; closing waits for it. @throws MongoError 11600 while the store closes. */
  async copyStoreTo(folder: string): Promise<void> {
    this.refuseWhenClosing();
    this.snapshots++;
    try {
      await this.store.copyTo(folder);
    } finally {
      this.snapshotReleased();
    }
  }

  /** Answers what was accepted, refuses the rest, ends all transactions and closes the files. */
  async close(): Promise<void> {
    this.closing = true;
    this.wakeWaiting();
    for (const transaction of [...this.open]) this.end(transaction);
    await this.queue.close(new MongoError(11600, 'interrupted at shutdown'));
    await this.sweeping;
    await this.changeLogKeeper.finished();
    if (this.snapshots > 0) {
      await new Promise<void>((resolve) => {
        this.allReleased = resolve;
      });
    }
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
