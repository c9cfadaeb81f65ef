import { LRUCache } from 'lru-cache';
import { approximateBytes } from './approximate-bytes.js';

type Documents = ReadonlyMap<string, object | undefined>;

/** Touches a document, on average, up to which the documents of a projection count as cold. */
const COLD_TOUCHES = 1.5;

/**
 * The documents of one projection between the log and the store, newest first: changed since the last commit, being
 * committed, committed lately. Right only while nobody else writes the collection: a commit that fails for any reason
 * ends its life. Holds at most about `cacheBytes` of committed documents.
 */
export class WorkingDocuments {
  private changed = new Map<string, object | undefined>();
  private committing: Documents = new Map();
  private readonly committed: LRUCache<string, object>;
  /** Every key ever stored, while that is known: a key outside is absent without asking. */
  private existing: Set<string> | undefined;
  private bytes = 0;
  private touches = 0;

  /** @param isNew nothing was ever stored, so that what is not here is nowhere. */
  constructor(
    cacheBytes: number,
    isNew: boolean,
    private readonly knownKeys = 100_000,
  ) {
    this.committed = new LRUCache({ maxSize: cacheBytes, sizeCalculation: approximateBytes });
    this.existing = isNew ? new Set() : undefined;
  }

  get changes(): number {
    return this.changed.size;
  }

  /** Size of the changed documents, roughly, as they were when first changed. */
  get changedBytes(): number {
    return this.bytes;
  }

  /**
   * The documents under `keys` as they are now, and which must be asked of the store. Taken before asking: what is
   * held here may have gone by the time the answer comes.
   */
  base(keys: Iterable<string>): {
    readonly held: Map<string, object | undefined>;
    readonly missing: string[];
  } {
    const held = new Map<string, object | undefined>();
    const missing: string[] = [];
    for (const key of keys) {
      if (this.changed.has(key) || held.has(key)) continue;
      const document = this.committing.has(key) ? this.committing.get(key) : this.committed.get(key);
      held.set(key, document);
      if (document === undefined && !this.committing.has(key) && this.mayExist(key)) missing.push(key);
    }
    return { held, missing };
  }

  private mayExist(key: string): boolean {
    return this.existing === undefined || this.existing.has(key);
  }

  /** @param base what `base` answered for the key, completed by what the store answered. */
  get(key: string, base: ReadonlyMap<string, object | undefined>): object | undefined {
    return this.changed.has(key) ? this.changed.get(key) : base.get(key);
  }

  /** Most of what changed is not touched again soon: nothing is saved by writing it later. */
  get isCold(): boolean {
    return this.touches <= this.changed.size * COLD_TOUCHES;
  }

  set(key: string, document: object | undefined): void {
    this.touches++;
    if (!this.changed.has(key)) this.bytes += key.length + (document ? approximateBytes(document) : 0);
    this.changed.set(key, document);
  }

  /** What has changed is about to be committed; further changes are of the next commit. */
  beginCommit(): Documents {
    const documents = this.changed;
    this.committing = documents;
    this.changed = new Map();
    this.bytes = 0;
    this.touches = 0;
    return documents;
  }

  endCommit(): void {
    for (const [key, document] of this.committing) {
      if (document) this.committed.set(key, document);
      else this.committed.delete(key);
      this.existing?.add(key);
    }
    if (this.existing && this.existing.size > this.knownKeys) this.existing = undefined;
    this.committing = new Map();
  }
}
