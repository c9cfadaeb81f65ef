import { type ChangeRetention, LAST_POSITION, placeOf, type WatchedDatabase } from './change-log.js';
import type { WriteContext } from './contexts.js';
import type { Engine } from './engine.js';
import { keyIn } from './keyspace.js';

const REMOVED_PER_COMMIT = 1_000;

/** Begins the logs of changes and keeps them within their bounds. */
export class ChangeLogKeeper {
  private trimming: Promise<void> | undefined;
  private closing = false;

  constructor(
    private readonly engine: Engine,
    private readonly retention: ChangeRetention,
    private readonly report: (message: string, error: unknown) => void,
  ) {}

  /** Keeps the changes of a database from now on; returns when every later change is kept. */
  async watch(database: string): Promise<void> {
    if (this.engine.changeLog.databases.has(database)) return;
    await this.change(database, (context, known) => {
      // Changes before it in the same commit are lost as well.
      if (!known) return { ident: context.nextIdent(), lostUpTo: placeOf(this.engine.tick(), LAST_POSITION) };
      return undefined;
    });
  }

  /** What readers are told changes before the commit, never after it: they may miss nothing in silence. */
  private async change(
    database: string,
    work: (context: WriteContext, known: WatchedDatabase | undefined) => WatchedDatabase | undefined,
  ): Promise<void> {
    const { databases } = this.engine.changeLog;
    const before = databases.get(database);
    try {
      await this.engine.write((context) => {
        const after = work(context, databases.get(database));
        if (!after) return;
        this.engine.changeLog.store(context, database, after);
        databases.set(database, after);
      });
    } catch (error) {
      if (before) databases.set(database, before);
      else databases.delete(database);
      throw error;
    }
  }

  /** After a commit: a log that grew too large is cut, beside other work. */
  committed(): void {
    if (this.engine.changeLog.databases.size === 0) return;
    for (const { ident } of this.engine.changeLog.databases.values())
      if ((this.engine.catalog.counts.get(ident) ?? 0) > this.retention.maxBytes) this.trim();
  }

  /** Removes what is too old or too much. */
  trim(): void {
    if (this.closing) return;
    this.trimming ??= this.trimAll()
      .catch((error) => {
        if (!this.closing) this.report('Removing old changes failed.', error);
      })
      .finally(() => {
        this.trimming = undefined;
      });
  }

  /** Resolves when no trimming is under way; begins no other. */
  async finished(): Promise<void> {
    this.closing = true;
    await this.trimming;
  }

  private async trimAll(): Promise<void> {
    for (const database of this.engine.changeLog.databases.keys())
      while (!this.closing && (await this.trimSome(database)) === REMOVED_PER_COMMIT);
  }

  private async trimSome(database: string): Promise<number> {
    const oldest = BigInt(Math.floor((Date.now() - this.retention.maxAgeMs) / 1_000)) << 32n;
    let removed = 0;
    await this.change(database, (context, known) => {
      const { ident } = known!;
      const surplus = context.countOf(ident) - this.retention.maxBytes;
      const unwanted: Buffer[] = [];
      let sizeBytes = 0;
      for (const { key, value } of this.engine.changeLog.after(context, ident, placeOf(0n, 0))) {
        const isTooOld = key.readBigUInt64BE() < oldest;
        if (unwanted.length === REMOVED_PER_COMMIT || !(isTooOld || sizeBytes < surplus)) break;
        unwanted.push(Buffer.copyBytesFrom(key));
        sizeBytes += key.length + value.length;
      }
      removed = unwanted.length;
      if (removed === 0) return undefined;
      for (const place of unwanted) context.remove(keyIn(ident, place));
      context.addCount(ident, -sizeBytes);
      return { ident, lostUpTo: unwanted.at(-1)! };
    });
    return removed;
  }
}
