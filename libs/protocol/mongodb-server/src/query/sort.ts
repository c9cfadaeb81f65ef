import { compareValues, NULL_VALUE, rankOf } from '../bson/compare.js';
import { indexedValuesAt, Path } from '../bson/path.js';
import { BsonType, BsonValue, entriesOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';

export interface SortField {
  readonly path: Path;
  readonly descending: boolean;
}

/** @throws MongoError 15975 and others for a direction that is none. */
export function parseSort(sort: BsonValue | undefined): SortField[] {
  if (sort === undefined) return [];
  return entriesOf(sort).map(([name, direction]) => {
    if (direction.type === BsonType.object) throw notSupported('$meta in a sort');
    const sign = direction.isNumber ? Number(direction.number()) : 0;
    if (sign !== 1 && sign !== -1)
      throw new MongoError(
        15975,
        `$sort key ordering must be 1 (for ascending) or -1 (for descending), not that of '${name}'`,
      );
    return { path: new Path(name), descending: sign < 0 };
  });
}

/** What a document is sorted by: of an array the smallest element, or the largest when descending. */
export function sortKeyOf(fields: readonly SortField[], document: Buffer): BsonValue[] {
  return fields.map(({ path, descending }) => {
    const { values, multikey } = indexedValuesAt(path, document);
    if (!multikey) return values[0] ?? NULL_VALUE;
    const sign = descending ? -1 : 1;
    return values
      .map((value) => value ?? NULL_VALUE)
      .reduce((a, b) => (compareValues(a, b) * sign <= 0 ? a : b));
  });
}

export function compareSortKeys(
  fields: readonly SortField[],
  left: readonly BsonValue[],
  right: readonly BsonValue[],
): number {
  for (let i = 0; i < fields.length; i++) {
    const a = left[i]!;
    const b = right[i]!;
    const order = rankOf(a.type) === rankOf(b.type) ? compareValues(a, b) : rankOf(a.type) - rankOf(b.type);
    if (order !== 0) return fields[i]!.descending ? -order : order;
  }
  return 0;
}

const MAX_SORT_BYTES = 100 * 1024 * 1024;

interface Sorted {
  readonly document: Buffer;
  readonly key: Buffer;
  readonly by: readonly BsonValue[];
  readonly place: number;
}

/** Sorts in memory; with a limit only so many are kept. Equal ones keep their order. */
export class Sorter {
  private rows: Sorted[] = [];
  private sizeBytes = 0;
  private place = 0;

  constructor(
    private readonly fields: readonly SortField[],
    private readonly keep: number,
  ) {}

  /** @throws MongoError 292 above 100 MiB. */
  add(document: Buffer, key: Buffer): void {
    this.rows.push({ document, key, by: sortKeyOf(this.fields, document), place: this.place++ });
    this.sizeBytes += document.length;
    if (this.rows.length >= this.keep * 2 + 64) this.shrink();
    if (this.sizeBytes <= MAX_SORT_BYTES) return;
    this.shrink();
    if (this.sizeBytes > MAX_SORT_BYTES) {
      throw new MongoError(292, `Sort exceeded memory limit of ${MAX_SORT_BYTES} bytes`);
    }
  }

  private shrink(): void {
    this.sort();
    if (this.rows.length > this.keep) this.rows.length = this.keep;
    this.sizeBytes = this.rows.reduce((sum, { document }) => sum + document.length, 0);
  }

  private sort(): void {
    this.rows.sort((a, b) => compareSortKeys(this.fields, a.by, b.by) || a.place - b.place);
  }

  finish(): { document: Buffer; key: Buffer }[] {
    this.sort();
    return this.rows.length > this.keep ? this.rows.slice(0, this.keep) : this.rows;
  }
}
