import { encodeValue } from '../bson/encode.js';
import { MongoError } from '../errors.js';
import { intervalRange } from '../query/planner.js';
import { PlanScan } from '../query/scan.js';
import type { CollectionInfo, IndexInfo } from '../storage/catalog.js';
import type { WriteContext } from '../storage/contexts.js';
import type { Engine } from '../storage/engine.js';
import { deleteDocument } from '../storage/records.js';

const DOCUMENTS_PER_COMMIT = 1_000;
/** A document that an open transaction holds stays until the next pass. */
const WAIT_FOR_HELD_MS = 100;

/**
 * Removes documents whose time is over by a TTL index (MongoDB manual: TTL Indexes), in small commits beside other
 * work. Values that are no dates never expire; of an array the earliest date counts.
 */
export class Expiry {
  private running: Promise<number> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly now: () => number = Date.now,
  ) {}

  /** One pass over all TTL indexes; a second call while one runs waits for that. @returns how many were removed. */
  pass(): Promise<number> {
    this.running ??= this.passOnce().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async passOnce(): Promise<number> {
    let removed = 0;
    for (const { namespace, indexes } of [...this.engine.catalog.collections.values()]) {
      for (const index of indexes) {
        if (index.expireAfterSeconds === undefined || index.building) continue;
        removed += await this.expire(namespace, index.ident);
      }
    }
    return removed;
  }

  private async expire(namespace: string, ident: number): Promise<number> {
    let removed = 0;
    for (;;) {
      const some = await this.expireSome(namespace, ident);
      removed += some;
      if (some < DOCUMENTS_PER_COMMIT) return removed;
    }
  }

  private async expireSome(namespace: string, ident: number): Promise<number> {
    const remove = (context: WriteContext): number => {
      // The collection, the index or its time may have changed since.
      const collection = context.collection(namespace);
      const index = collection?.indexes.find((one) => one.ident === ident);
      return collection && index ? this.removeOld(context, collection, index) : 0;
    };
    try {
      return await this.engine.write(remove, WAIT_FOR_HELD_MS);
    } catch (error) {
      if (error instanceof MongoError && error.code === 50) return 0;
      throw error;
    }
  }

  private removeOld(context: WriteContext, collection: CollectionInfo, index: IndexInfo): number {
    if (index.expireAfterSeconds === undefined) return 0;
    const before = encodeValue(new Date(this.now() - index.expireAfterSeconds * 1000));
    const old = new PlanScan(collection, {
      kind: 'scan',
      index: { ...index, isPrimary: false },
      ranges: [intervalRange(index, { upTo: before })],
      multikey: true,
      sorted: true,
      covered: false,
    });
    let removed = 0;
    for (const { key, document } of [...firstOf(old.documents(context), DOCUMENTS_PER_COMMIT)]) {
      deleteDocument(context, collection, key, document);
      removed++;
    }
    return removed;
  }
}

function* firstOf<T>(items: Iterable<T>, count: number): Iterable<T> {
  let left = count;
  for (const item of items) {
    yield item;
    if (--left === 0) return;
  }
}
