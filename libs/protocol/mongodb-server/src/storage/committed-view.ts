import type { Catalog, CollectionInfo } from './catalog.js';
import type { ReadContext } from './contexts.js';
import type { Range, Reader } from './key-value-store.js';

/** Committed data seen through the committed catalog. */
export class CommittedView implements ReadContext {
  constructor(
    private readonly catalog: Catalog,
    private readonly reader: Reader,
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
