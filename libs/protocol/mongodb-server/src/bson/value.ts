import { MongoError } from '../errors.js';
import { fieldName } from './field-name.js';

/** Element types of BSON 1.1 (https://bsonspec.org/spec.html). */
export const BsonType = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binary: 5,
  undefined: 6,
  objectId: 7,
  boolean: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  code: 13,
  symbol: 14,
  codeWithScope: 15,
  int32: 16,
  timestamp: 17,
  int64: 18,
  decimal128: 19,
  minKey: 255,
  maxKey: 127,
} as const;

/** One value where it lies: `bytes[start, end)` without type and name. Nothing is decoded until asked for. */
export class BsonValue {
  constructor(
    readonly type: number,
    readonly bytes: Buffer,
    readonly start: number,
    readonly end: number,
  ) {}

  get isNumber(): boolean {
    return this.type === 16 || this.type === 1 || this.type === 18 || this.type === 19;
  }

  /** The document's own bytes (object, array), or the bytes of any other value. */
  raw(): Buffer {
    return this.bytes.subarray(this.start, this.end);
  }

  /** A string, symbol or code. */
  string(): string {
    return this.bytes.toString('utf8', this.start + 4, this.end - 1);
  }

  /** int32, int64 or double as a number; integers beyond 2^53 as a bigint. @throws MongoError 238 Decimal128 */
  number(): number | bigint {
    switch (this.type) {
      case BsonType.int32:
        return this.bytes.readInt32LE(this.start);
      case BsonType.double:
        return this.bytes.readDoubleLE(this.start);
      case BsonType.int64: {
        const high = this.bytes.readInt32LE(this.start + 4);
        if (high >= -0x200000 && high < 0x200000) {
          return high * 0x1_0000_0000 + this.bytes.readUInt32LE(this.start);
        }
        return this.bytes.readBigInt64LE(this.start);
      }
      case BsonType.decimal128:
        throw new MongoError(238, 'Decimal128 in this place is not supported by the embedded server');
      default:
        throw new MongoError(14, `expected a number, found ${typeName(this.type)}`);
    }
  }

  boolean(): boolean {
    return this.bytes[this.start] === 1;
  }

  /** Truth as command options know it: false, 0 and null are false. */
  truthy(): boolean {
    if (this.type === BsonType.boolean) return this.boolean();
    if (this.type === BsonType.null || this.type === BsonType.undefined) return false;
    return this.isNumber ? Number(this.number()) !== 0 : true;
  }
}

const NAMES: Readonly<Record<number, string>> = {
  1: 'double',
  2: 'string',
  3: 'object',
  4: 'array',
  5: 'binData',
  6: 'undefined',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  10: 'null',
  11: 'regex',
  12: 'dbPointer',
  13: 'javascript',
  14: 'symbol',
  15: 'javascriptWithScope',
  16: 'int',
  17: 'timestamp',
  18: 'long',
  19: 'decimal',
  255: 'minKey',
  127: 'maxKey',
};

/** The alias of a type as `$type` knows it. */
export function typeName(type: number): string {
  return NAMES[type] ?? `type ${type}`;
}

/** The number behind a `$type` alias. */
export function typeOfName(name: string): number | undefined {
  for (const [type, alias] of Object.entries(NAMES)) if (alias === name) return Number(type);
  return undefined;
}

function endOfCString(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== 0) at++;
  if (at >= bytes.length) throw new MongoError(22, 'a name runs over the end of its document');
  return at;
}

/** Size in bytes of the value at `start`. */
export function sizeOfValue(bytes: Buffer, type: number, start: number): number {
  switch (type) {
    case 16:
      return 4;
    case 2:
    case 13:
    case 14:
      return 4 + bytes.readInt32LE(start);
    case 1:
    case 9:
    case 17:
    case 18:
      return 8;
    case 3:
    case 4:
    case 15:
      return bytes.readInt32LE(start);
    case 5:
      return 5 + bytes.readInt32LE(start);
    case 7:
      return 12;
    case 8:
      return 1;
    case 6:
    case 10:
    case 127:
    case 255:
      return 0;
    case 11:
      return endOfCString(bytes, endOfCString(bytes, start) + 1) + 1 - start;
    case 12:
      return 16 + bytes.readInt32LE(start);
    case 19:
      return 16;
    default:
      throw new MongoError(22, `unknown BSON type ${type}`);
  }
}

/** Visits the fields of the document at `start` in order; a visitor that returns true ends the walk. */
export function eachField(
  bytes: Buffer,
  start: number,
  visit: (value: BsonValue, nameStart: number, nameEnd: number) => boolean | undefined,
): void {
  let at = start + 4;
  for (;;) {
    const type = bytes[at];
    if (!type) return;
    const nameEnd = endOfCString(bytes, at + 1);
    const end = nameEnd + 1 + sizeOfValue(bytes, type, nameEnd + 1);
    if (visit(new BsonValue(type, bytes, nameEnd + 1, end), at + 1, nameEnd) === true) return;
    at = end;
  }
}

/** The fields of a document by name, in order. A repeated name keeps its first value. */
export function fieldsOf(document: BsonValue): Map<string, BsonValue> {
  const fields = new Map<string, BsonValue>();
  eachField(document.bytes, document.start, (value, nameStart, nameEnd) => {
    const name = fieldName(document.bytes, nameStart, nameEnd);
    if (!fields.has(name)) fields.set(name, value);
    return undefined;
  });
  return fields;
}

/** Names and values of a document in order. */
export function entriesOf(document: BsonValue): [name: string, value: BsonValue][] {
  const entries: [string, BsonValue][] = [];
  eachField(document.bytes, document.start, (value, nameStart, nameEnd) => {
    entries.push([fieldName(document.bytes, nameStart, nameEnd), value]);
    return undefined;
  });
  return entries;
}

/** The elements of an array in order. */
export function elementsOf(array: BsonValue): BsonValue[] {
  const elements: BsonValue[] = [];
  eachField(array.bytes, array.start, (value) => {
    elements.push(value);
    return undefined;
  });
  return elements;
}

/** The field of that name, found without decoding the others. */
export function findField(bytes: Buffer, start: number, name: Buffer): BsonValue | undefined {
  const length = name.length;
  let at = start + 4;
  for (;;) {
    const type = bytes[at];
    if (!type) return undefined;
    let cursor = at + 1;
    let matched = 0;
    while (matched < length && bytes[cursor] === name[matched]) {
      matched++;
      cursor++;
    }
    const found = matched === length && bytes[cursor] === 0;
    if (!found) cursor = endOfCString(bytes, cursor);
    const end = cursor + 1 + sizeOfValue(bytes, type, cursor + 1);
    if (found) return new BsonValue(type, bytes, cursor + 1, end);
    at = end;
  }
}

/** A whole document as a value. */
export function documentValue(bytes: Buffer, start = 0): BsonValue {
  return new BsonValue(BsonType.object, bytes, start, start + bytes.readInt32LE(start));
}
