import { mkdir } from 'node:fs/promises';
import { type Database, open, type RootDatabase } from 'lmdb';

export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Keys from `start` (inclusive) to `end` (exclusive), in descending order when `reverse`. */
export interface Range {
  readonly start: Buffer;
  readonly end: Buffer;
  readonly reverse?: boolean;
}

/** Ordered keys and values: the committed state, a snapshot of it, or a transaction's own view. */
export interface Reader {
  get(key: Buffer): Buffer | undefined;
  range(range: Range): Iterable<Entry>;
}

export interface Writer extends Reader {
  put(key: Buffer, value: Buffer): void;
  remove(key: Buffer): void;
}

/** A reader whose state does not change until it is released. */
export interface Snapshot extends Reader {
  release(): void;
}

/** The commit did not reach the disk: nothing of it is there. */
export class CommitError extends Error {
  override readonly name = 'CommitError';
  constructor(cause: unknown) {
    super(`The commit failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }

  /** The operating system's number of the fault: 28 no space left, 27 or 5 a file that may not grow. */
  get systemError(): number | undefined {
    return (this.cause as { code?: number }).code;
  }
}

type ReadTransaction = ReturnType<Database['useReadTransaction']>;

/**
 * One LMDB environment with one tree.
 *
 * Three things of lmdb-js that this class holds for everybody else: an exception in a plain transaction callback
 * keeps what was put before it, so every piece of work runs in a child transaction; only the promise of
 * `transaction()` waits for the disk; and plain LMDB order (data, fdatasync, meta) needs `overlappingSync: false`.
 */
export class KeyValueStore {
  private constructor(
    private readonly env: RootDatabase<Buffer, Buffer>,
    private readonly tree: Database<Buffer, Buffer>,
  ) {}

  static open(path: string, sync: 'always' | 'none'): KeyValueStore {
    const env = open<Buffer, Buffer>({
      path,
      noSubdir: false,
      maxDbs: 8,
      maxReaders: 2_000,
      overlappingSync: false,
      eventTurnBatching: false,
      noSync: sync === 'none',
      encoding: 'binary',
      keyEncoding: 'binary',
    });
    const tree = env.openDB<Buffer, Buffer>({ name: 'kv', encoding: 'binary', keyEncoding: 'binary' });
    return new KeyValueStore(env, tree);
  }

  /** For looking at a store, also while another process serves it. */
  static openReadOnly(path: string): KeyValueStore {
    const options = { encoding: 'binary', keyEncoding: 'binary' } as const;
    const env = open<Buffer, Buffer>({ path, noSubdir: false, maxDbs: 8, readOnly: true, ...options });
    return new KeyValueStore(env, env.openDB<Buffer, Buffer>({ name: 'kv', ...options }));
  }

  /** Copies the committed state of one moment into a folder, while reads and writes go on. */
  async copyTo(folder: string): Promise<void> {
    await mkdir(folder);
    await this.env.backup(folder, false);
  }

  /** The latest committed state; good for one synchronous stretch of work. */
  readonly current: Reader = {
    get: (key) => this.tree.get(key),
    range: (range) => this.entries(range, undefined),
  };

  snapshot(): Snapshot {
    const transaction = this.tree.useReadTransaction();
    let released = false;
    return {
      get: (key) => this.tree.get(key, { transaction }),
      range: (range) => this.entries(range, transaction),
      release: () => {
        if (!released) transaction.done();
        released = true;
      },
    };
  }

  /** Runs the work in one write transaction. Durable once the promise resolves (unless sync is `none`). */
  async write(work: (writer: Writer) => void): Promise<void> {
    try {
      await this.tree.transaction(() => work(this.writer));
    } catch (error) {
      throw await commitFailure(error);
    } finally {
      this.tree.resetReadTxn();
    }
  }

  /** Inside `write`: does all of the piece or, when it throws, none of it. */
  atomically<T>(piece: () => T): T {
    return this.tree.childTransaction(piece) as T;
  }

  async close(): Promise<void> {
    await this.env.close();
  }

  private readonly writer: Writer = {
    get: (key) => this.tree.get(key),
    range: (range) => this.entries(range, undefined),
    put: (key, value) => {
      void this.tree.put(key, value);
    },
    remove: (key) => {
      void this.tree.remove(key);
    },
  };

  private entries(range: Range, transaction: ReadTransaction | undefined): Iterable<Entry> {
    const where = range.reverse
      ? { start: range.end, exclusiveStart: true, end: range.start, inclusiveEnd: true, reverse: true }
      : { start: range.start, end: range.end };
    return this.tree.getRange(transaction ? { ...where, transaction } : where);
  }
}

/** lmdb-js rejects the transaction at once, and a promise inside its error with the reason a little later. */
async function commitFailure(error: unknown): Promise<unknown> {
  const reason = (error as { commitError?: Promise<never> }).commitError;
  if (!reason) return error;
  const cause: unknown = await reason.catch((known: unknown) => known);
  return new CommitError(cause);
}
