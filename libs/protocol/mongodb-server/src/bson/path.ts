import { MongoError } from '../errors.js';
import { arrayIndex } from './tree.js';
import { BsonType, BsonValue, eachField, findField } from './value.js';

/** A dotted path, taken apart once. */
export class Path {
  readonly segments: readonly string[];
  readonly names: readonly Buffer[];
  readonly indexes: readonly (number | undefined)[];

  constructor(readonly text: string) {
    this.segments = text.split('.');
    this.names = this.segments.map((segment) => Buffer.from(segment));
    this.indexes = this.segments.map(arrayIndex);
  }
}

/**
 * Whether any value at the path passes the test. An array in the middle of the path is entered; the array at its
 * end is tested element by element and then as a whole, unless `expand` is false. A missing field is tested as
 * undefined, also for each object in an array that lacks it (MongoDB manual: Query an Array of Embedded Documents).
 */
export function anyAt(
  path: Path,
  bytes: Buffer,
  documentStart: number,
  expand: boolean,
  test: (value: BsonValue | undefined) => boolean,
  at = 0,
): boolean {
  const value = findField(bytes, documentStart, path.names[at]!);
  return anyBelow(path, value, expand, test, at);
}

function anyBelow(
  path: Path,
  value: BsonValue | undefined,
  expand: boolean,
  test: (value: BsonValue | undefined) => boolean,
  at: number,
): boolean {
  if (at === path.names.length - 1) {
    if (expand && value?.type === BsonType.array && anyElement(value, test)) return true;
    return test(value);
  }
  if (value?.type === BsonType.object) return anyAt(path, value.bytes, value.start, expand, test, at + 1);
  if (value?.type !== BsonType.array) return test(undefined);
  const index = path.indexes[at + 1];
  let place = 0;
  return anyElement(value, (element) => {
    if (place++ === index && anyBelow(path, element, expand, test, at + 1)) return true;
    if (element.type !== BsonType.object) return false;
    return anyAt(path, element.bytes, element.start, expand, test, at + 1);
  });
}

/** Whether any element of the array passes. */
export function anyElement(array: BsonValue, test: (element: BsonValue) => boolean): boolean {
  let found = false;
  eachField(array.bytes, array.start, (element) => {
    found = test(element);
    return found;
  });
  return found;
}

/** The values that an index on the path holds for a document: undefined stands for missing. */
export interface IndexedValues {
  readonly values: (BsonValue | undefined)[];
  /** An array lies on the path. */
  readonly multikey: boolean;
}

const EMPTY_ARRAY = new BsonValue(BsonType.undefined, Buffer.alloc(0), 0, 0);

/** The single value at a path without arrays, found fast; undefined when missing, 'array' when an array lies on it. */
export function plainValueAt(path: Path, bytes: Buffer): BsonValue | undefined | 'array' {
  let start = 0;
  const last = path.names.length - 1;
  for (let i = 0; i <= last; i++) {
    const value = findField(bytes, start, path.names[i]!);
    if (value === undefined) return undefined;
    if (value.type === BsonType.array) return 'array';
    if (i === last) return value;
    if (value.type !== BsonType.object) return undefined;
    start = value.start;
  }
  return undefined;
}

/** The part of the path up to the first array on it: `lines` for `lines.code`; undefined without an array. */
export function firstArrayOn(path: Path, bytes: Buffer): string | undefined {
  let start = 0;
  for (let i = 0; i < path.names.length; i++) {
    const value = findField(bytes, start, path.names[i]!);
    if (value?.type === BsonType.array) return path.segments.slice(0, i + 1).join('.');
    if (value?.type !== BsonType.object) return undefined;
    start = value.start;
  }
  return undefined;
}

/** One value per element where an array lies on the path. */
export function indexedValuesAt(path: Path, bytes: Buffer): IndexedValues {
  const plain = plainValueAt(path, bytes);
  if (plain !== 'array') return { values: [plain], multikey: false };
  const values: (BsonValue | undefined)[] = [];
  collect(path, bytes, 0, 0, values);
  return { values, multikey: true };
}

function collect(
  path: Path,
  bytes: Buffer,
  start: number,
  at: number,
  into: (BsonValue | undefined)[],
): void {
  const value = findField(bytes, start, path.names[at]!);
  const isLast = at === path.names.length - 1;
  if (value?.type === BsonType.array) collectElements(path, value, at, isLast, into);
  else if (isLast || value === undefined) into.push(value);
  else if (value.type === BsonType.object) collect(path, bytes, value.start, at + 1, into);
  else into.push(undefined);
}

function collectElements(
  path: Path,
  array: BsonValue,
  at: number,
  isLast: boolean,
  into: (BsonValue | undefined)[],
): void {
  if (!isLast && path.indexes[at + 1] !== undefined) {
    throw new MongoError(
      238,
      `an index on array positions (${path.text}) is not supported by the embedded server`,
    );
  }
  let elements = 0;
  anyElement(array, (element) => {
    elements++;
    if (isLast) into.push(element);
    else if (element.type === BsonType.object) collect(path, element.bytes, element.start, at + 1, into);
    else into.push(undefined);
    return false;
  });
  if (elements === 0) into.push(isLast ? EMPTY_ARRAY : undefined);
}
