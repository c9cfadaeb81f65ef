import type { CollectionInfo } from '../storage/catalog.js';
import type { Entry, Range, Reader } from '../storage/key-value-store.js';
import { prefixOf } from '../storage/keyspace.js';
import type { Plan, PointPlan, ScanPlan } from './planner.js';

export interface Found {
  readonly key: Buffer;
  readonly document: Buffer;
}

/** What was looked at, for `explain`. */
export interface Examined {
  keys: number;
  documents: number;
}

/**
 * Reads the documents of a plan, before the filter. It remembers its place, so that it can go on later with another
 * reader: between two batches of a cursor no snapshot is held.
 */
export class PlanScan {
  private rangeAt = 0;
  private lastKey: Buffer | undefined;
  private readonly seen: Set<string> | undefined;
  private readonly parts: (PointPlan | ScanPlan)[];

  constructor(
    private readonly collection: CollectionInfo,
    plan: Plan,
    readonly examined: Examined = { keys: 0, documents: 0 },
  ) {
    this.parts = plan.kind === 'union' ? [...plan.branches] : [plan];
    const repeats = plan.kind === 'union' || (plan.kind === 'scan' && plan.multikey);
    this.seen = repeats ? new Set() : undefined;
  }

  /** Goes on where the last call stopped. */
  *documents(reader: Reader): Iterable<Found> {
    for (let part = this.parts[0]; part; part = this.parts[0]) {
      if (part.kind === 'points') yield* this.points(part, reader);
      else yield* this.ranges(part, reader);
      this.parts.shift();
      this.rangeAt = 0;
      this.lastKey = undefined;
    }
  }

  /** The entries alone, of a plan that is covered by its index. */
  *entries(reader: Reader): Iterable<Entry> {
    for (const part of this.parts) {
      if (part.kind === 'points') throw new Error('Points have no entries.');
      for (const range of part.ranges) {
        for (const entry of reader.range(range)) {
          this.examined.keys++;
          yield entry;
        }
      }
    }
  }

  private *points(plan: PointPlan, reader: Reader): Iterable<Found> {
    while (this.rangeAt < plan.keys.length) {
      const key = plan.keys[this.rangeAt++]!;
      this.examined.keys++;
      const found = this.fetched(key, reader.get(key));
      if (found) yield found;
    }
  }

  private fetched(key: Buffer, document: Buffer | undefined): Found | undefined {
    if (document === undefined) return undefined;
    if (this.seen) {
      const text = key.toString('latin1');
      if (this.seen.has(text)) return undefined;
      this.seen.add(text);
    }
    this.examined.documents++;
    return { key, document };
  }

  private *ranges(plan: ScanPlan, reader: Reader): Iterable<Found> {
    const prefix = prefixOf(this.collection.ident);
    const isIndex = plan.index !== undefined && !plan.index.isPrimary;
    for (; this.rangeAt < plan.ranges.length; this.rangeAt++, this.lastKey = undefined) {
      for (const { key, value } of reader.range(after(plan.ranges[this.rangeAt]!, this.lastKey))) {
        this.lastKey = key;
        if (plan.index) this.examined.keys++;
        const documentKey = isIndex ? Buffer.concat([prefix, value]) : key;
        const found = this.fetched(documentKey, isIndex ? reader.get(documentKey) : value);
        if (found) yield found;
      }
    }
  }
}

/** The rest of a range once `last` was read. */
function after(range: Range, last: Buffer | undefined): Range {
  if (last === undefined) return range;
  return range.reverse
    ? { ...range, end: last }
    : { ...range, start: Buffer.concat([last, Buffer.from([0])]) };
}
