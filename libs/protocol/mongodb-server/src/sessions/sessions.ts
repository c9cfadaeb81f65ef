import { MongoError } from '../errors.js';
import type { Engine } from '../storage/engine.js';
import type { Transaction } from '../storage/transaction.js';
import { type RetryableWrites, tooOld } from './retryable-writes.js';

const TRANSACTION_LIFE_MS = 60_000;
const SESSION_LIFE_MS = 30 * 60_000;

type TransactionState = 'none' | 'open' | 'committing' | 'committed' | 'aborted';

/** A logical session of a client, by the id that the client made. */
export class ServerSession {
  lastUsedAt = Date.now();
  isKilled = false;
  number = -1n;
  state: TransactionState = 'none';
  transaction: Transaction | undefined;
  /** The commit under way or done, for repetitions. */
  commit: Promise<void> | undefined;
  expiry: NodeJS.Timeout | undefined;

  constructor(
    /** The 16 bytes of the id. */
    readonly key: Buffer,
  ) {}
}

/** What the client sent about its transaction with one statement. */
export interface StatementOptions {
  readonly number: bigint;
  readonly starts: boolean;
}

/** Sessions and the state of their transactions (MongoDB specifications: Driver Transactions). */
export class Sessions {
  private readonly sessions = new Map<string, ServerSession>();

  constructor(
    private readonly engine: Engine,
    private readonly retries: RetryableWrites,
  ) {}

  of(key: Buffer): ServerSession {
    const text = key.toString('latin1');
    let session = this.sessions.get(text);
    if (!session) {
      session = new ServerSession(Buffer.copyBytesFrom(key));
      this.sessions.set(text, session);
    }
    session.lastUsedAt = Date.now();
    return session;
  }

  /**
   * The open transaction for a statement.
   * @throws MongoError 251 when it is gone, 225 for an older number, 117 when it was started already.
   */
  statement(session: ServerSession, { number, starts }: StatementOptions): Transaction {
    if (starts) this.start(session, number);
    else if (number < session.number) throw tooOld(number, session.number);
    if (session.number !== number || session.state !== 'open' || !session.transaction) {
      if (session.number === number && session.state === 'committed') {
        throw new MongoError(256, `Transaction with { txnNumber: ${number} } has been committed.`);
      }
      throw gone(number);
    }
    return session.transaction;
  }

  private start(session: ServerSession, number: bigint): void {
    const last =
      session.number >= 0n
        ? session.number
        : (this.retries.last(this.engine.readNow(), session.key)?.number ?? -1n);
    if (number < last) throw tooOld(number, last);
    if (number === session.number && session.state === 'open') {
      throw new MongoError(117, `Transaction with { txnNumber: ${number} } is already in progress`);
    }
    if (number === session.number && session.state !== 'none')
      throw new MongoError(117, `Cannot start a transaction with a used number ${number}`);
    this.drop(session);
    session.number = number;
    session.state = 'open';
    session.transaction = this.engine.begin({ session: session.key, number });
    session.commit = undefined;
    session.expiry = setTimeout(() => this.abortNow(session), TRANSACTION_LIFE_MS);
    session.expiry.unref();
  }

  /** A retryable write outside transactions ends what an older number had open. */
  noteRetryable(session: ServerSession, number: bigint): void {
    if (number > session.number) {
      this.drop(session);
      session.number = number;
      session.state = 'none';
    }
  }

  /** Writes the transaction; again for one that is committed is fine. @throws MongoError 251, 256, 112 */
  async commit(session: ServerSession, number: bigint): Promise<void> {
    if (session.number === number && session.commit !== undefined) return session.commit;
    if (session.number !== number || session.state !== 'open') {
      const last = this.retries.last(this.engine.readNow(), session.key);
      if (last?.number === number && last.isTransaction) return;
      throw gone(number);
    }
    const transaction = session.transaction!;
    session.state = 'committing';
    clearTimeout(session.expiry);
    session.commit = this.engine
      .commitTransaction(transaction, (context) => this.retries.noteCommitted(context, session.key, number))
      .then(
        () => this.finish(session, transaction, number, 'committed'),
        (error) => {
          this.finish(session, transaction, number, 'aborted');
          if (session.number === number) session.commit = undefined;
          throw error;
        },
      );
    return session.commit;
  }

  private finish(
    session: ServerSession,
    transaction: Transaction,
    number: bigint,
    state: TransactionState,
  ): void {
    this.engine.end(transaction);
    if (session.number !== number) return;
    session.state = state;
    session.transaction = undefined;
  }

  /** @throws MongoError 251 without an open transaction, 256 after its commit. */
  abort(session: ServerSession, number: bigint): void {
    if (session.number === number && session.state === 'committed') {
      throw new MongoError(256, `Transaction ${number} has been committed.`);
    }
    if (session.number !== number || session.state !== 'open') throw gone(number);
    this.abortNow(session);
  }

  /** Ends an open transaction without a trace. */
  abortNow(session: ServerSession): void {
    if (session.state !== 'open') return;
    this.drop(session);
    session.state = 'aborted';
  }

  private drop(session: ServerSession): void {
    clearTimeout(session.expiry);
    if (session.transaction && session.state === 'open') this.engine.end(session.transaction);
    session.transaction = undefined;
  }

  end(key: Buffer): void {
    const session = this.sessions.get(key.toString('latin1'));
    if (!session) return;
    this.abortNow(session);
    session.isKilled = true;
    this.sessions.delete(key.toString('latin1'));
  }

  endAll(): void {
    for (const session of [...this.sessions.values()]) this.end(session.key);
  }

  /** Forgets sessions that nobody used for 30 minutes, here and on disk. */
  async expire(): Promise<void> {
    const before = Date.now() - SESSION_LIFE_MS;
    for (const session of [...this.sessions.values()]) {
      if (session.lastUsedAt < before && session.state !== 'open') this.end(session.key);
    }
    while ((await this.engine.write((context) => this.retries.purge(context, before))) === 1_000);
  }
}

function gone(number: bigint): MongoError {
  return new MongoError(
    251,
    `Given transaction number ${number} does not match any in-progress transactions.`,
  );
}
