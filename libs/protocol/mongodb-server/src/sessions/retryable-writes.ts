import { encodeDocument } from '../bson/encode.js';
import type { Reply } from '../commands/invocation.js';
import { MongoError } from '../errors.js';
import type { ReadContext, WriteContext } from '../storage/contexts.js';
import { Keyspace, keyIn, rangeOf } from '../storage/keyspace.js';

/** Bytes before the reply: transaction number, time of the write, and what the number was used for. */
const HEAD_BYTES = 17;
const COMMITTED = 1;
const EMPTY = Buffer.alloc(0);

interface Record {
  readonly number: bigint;
  readonly isTransaction: boolean;
  readonly reply: Buffer;
}

/**
 * The last numbered write of each session, kept in the same commit as the write itself: a client that lost the
 * connection asks again with the same number and gets the first answer, also after a crash of the server.
 */
export class RetryableWrites {
  private keyOf(session: Buffer): Buffer {
    return keyIn(Keyspace.sessions, session);
  }

  private record(context: Pick<ReadContext, 'get'>, session: Buffer): Record | undefined {
    const bytes = context.get(this.keyOf(session));
    if (!bytes) return undefined;
    return {
      number: bytes.readBigInt64LE(0),
      isTransaction: bytes[16] === COMMITTED,
      reply: bytes.subarray(HEAD_BYTES),
    };
  }

  private store(context: WriteContext, session: Buffer, number: bigint, kind: number, reply: Buffer): void {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeBigInt64LE(number, 0);
    head.writeDoubleLE(Date.now(), 8);
    head[16] = kind;
    context.put(this.keyOf(session), Buffer.concat([head, reply]));
  }

  /** @throws MongoError 225 for a number below the last one. */
  once(context: WriteContext, session: Buffer, number: bigint, work: () => Reply): Reply | Buffer {
    const last = this.record(context, session);
    if (last && last.number > number) throw tooOld(number, last.number);
    if (last && last.number === number) {
      if (last.isTransaction) throw new MongoError(256, `Transaction ${number} has been committed.`);
      return Buffer.copyBytesFrom(last.reply);
    }
    const reply = work();
    this.store(context, session, number, 0, encodeDocument(reply));
    return reply;
  }

  /** Notes a committed transaction, in the commit that carries it. */
  noteCommitted(context: WriteContext, session: Buffer, number: bigint): void {
    this.store(context, session, number, COMMITTED, EMPTY);
  }

  /** The last number that the session used durably. */
  last(
    context: Pick<ReadContext, 'get'>,
    session: Buffer,
  ): { number: bigint; isTransaction: boolean } | undefined {
    return this.record(context, session);
  }

  /** Removes up to 1,000 records not used since then. @returns how many. */
  purge(context: WriteContext, before: number): number {
    const old: Buffer[] = [];
    for (const { key, value } of context.range(rangeOf(Keyspace.sessions))) {
      if (value.readDoubleLE(8) < before) old.push(key);
      if (old.length === 1_000) break;
    }
    for (const key of old) context.remove(key);
    return old.length;
  }
}

export function tooOld(number: bigint, last: bigint): MongoError {
  return new MongoError(
    225,
    `Cannot start transaction ${number} because a newer transaction with txnNumber ${last} has already started.`,
  );
}
