import { randomBytes } from 'node:crypto';
import type { BsonValue } from '../bson/value.js';
import { MongoError } from '../errors.js';
import type { ReadContext } from '../storage/contexts.js';

const IDLE_MS = 10 * 60_000;

/** Documents that a cursor gives batch by batch. */
export interface BatchSource {
  batch(context: ReadContext, count: number, sizeBytes: number, interrupted: () => void): Promise<Buffer[]>;
  readonly done: boolean;
  /** Of a change stream: where it stands behind the batch given last. */
  readonly postBatchResumeToken?: BsonValue;
}

export interface ServerCursor {
  readonly id: bigint;
  readonly namespace: string;
  readonly source: BatchSource;
  /** Text of the session that opened it. */
  readonly session: string | undefined;
  /** Number of the transaction that opened it. */
  readonly transactionNumber: bigint | undefined;
  /** Number of the collection; the cursor dies when the collection is dropped. */
  readonly collectionIdent: number | undefined;
  busy: boolean;
  lastUsedAt: number;
}

/** Open cursors by id. They outlive connections and die with their session, by killCursors, or idle for 10 minutes. */
export class Cursors {
  private readonly cursors = new Map<bigint, ServerCursor>();

  open(cursor: Omit<ServerCursor, 'id' | 'busy' | 'lastUsedAt'>): ServerCursor {
    const id = randomBytes(8).readBigInt64LE() & 0x7fff_ffff_ffff_ffffn || 1n;
    const opened = { ...cursor, id, busy: false, lastUsedAt: Date.now() };
    this.cursors.set(id, opened);
    return opened;
  }

  /** @throws MongoError 43 unknown, 143 in use, 13 of another collection or session. */
  take(
    id: bigint,
    namespace: string,
    session: string | undefined,
    transactionNumber: bigint | undefined,
  ): ServerCursor {
    const cursor = this.cursors.get(id);
    if (!cursor) throw new MongoError(43, `cursor id ${id} not found`);
    if (cursor.namespace !== namespace) {
      throw new MongoError(
        13,
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    if (cursor.session !== session && cursor.session !== undefined) {
      throw new MongoError(50738, `Cannot run getMore on cursor ${id}, which was created in another session`);
    }
    if (cursor.transactionNumber !== transactionNumber) {
      throw new MongoError(
        50740,
        `Cannot run getMore on cursor ${id} outside the transaction that created it`,
      );
    }
    if (cursor.busy) throw new MongoError(143, `cursor id ${id} is already in use`);
    cursor.lastUsedAt = Date.now();
    return cursor;
  }

  isOpen(id: bigint): boolean {
    return this.cursors.has(id);
  }

  /** Whether it is the cursor of a change stream: failures of those are told so to the driver. */
  isChangeStream(id: bigint): boolean {
    return this.cursors.get(id)?.source.postBatchResumeToken !== undefined;
  }

  /** @returns whether there was such a cursor. */
  kill(id: bigint): boolean {
    return this.cursors.delete(id);
  }

  killOfSession(session: string): void {
    for (const cursor of this.cursors.values())
      if (cursor.session === session) this.cursors.delete(cursor.id);
  }

  /** Cursors of a dropped collection answer 43 from now on. */
  killOfCollection(ident: number): void {
    for (const cursor of this.cursors.values())
      if (cursor.collectionIdent === ident) this.cursors.delete(cursor.id);
  }

  expire(): void {
    const before = Date.now() - IDLE_MS;
    for (const cursor of this.cursors.values())
      if (cursor.lastUsedAt < before) this.cursors.delete(cursor.id);
  }

  get count(): number {
    return this.cursors.size;
  }
}
