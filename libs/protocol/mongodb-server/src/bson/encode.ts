import { ObjectId } from 'bson';
import { BsonType, BsonValue } from './value.js';

/** What a reply may hold. Values of the store go in as `BsonValue` and are copied byte by byte. */
export type Encodable =
  | BsonValue
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Date
  | ObjectId
  | Double
  | Timestamp
  | Uuid
  | Bytes
  | readonly Encodable[]
  | { readonly [name: string]: Encodable };

/** A number that stays a double even when it is whole. */
export class Double {
  constructor(readonly value: number) {}
}

/** A cluster time: seconds in the upper 32 bits, a counter in the lower. */
export class Timestamp {
  constructor(readonly value: bigint) {}
}

/** Binary of subtype 4. */
export class Uuid {
  constructor(readonly bytes: Buffer) {}
}

/** Binary of subtype 0. */
export class Bytes {
  constructor(readonly bytes: Buffer) {}
}

class Encoder {
  private bytes = Buffer.allocUnsafe(4096);
  private length = 0;

  encode(document: { readonly [name: string]: Encodable }): Buffer {
    this.length = 0;
    this.document(document);
    const encoded = Buffer.copyBytesFrom(this.bytes, 0, this.length);
    if (this.bytes.length > 4 * 1024 * 1024) this.bytes = Buffer.allocUnsafe(4096);
    return encoded;
  }

  private room(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + count));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  private document(document: { readonly [name: string]: Encodable }): void {
    const start = this.open();
    for (const name of Object.keys(document)) this.element(name, document[name]);
    this.close(start);
  }

  private array(array: readonly Encodable[]): void {
    const start = this.open();
    for (let i = 0; i < array.length; i++) this.element(String(i), array[i] ?? null);
    this.close(start);
  }

  private open(): number {
    this.room(5);
    const start = this.length;
    this.length += 4;
    return start;
  }

  private close(start: number): void {
    this.room(1);
    this.bytes[this.length++] = 0;
    this.bytes.writeInt32LE(this.length - start, start);
  }

  private head(type: number, name: string, size: number): void {
    this.room(name.length * 3 + 2 + size);
    this.bytes[this.length++] = type;
    this.length += this.bytes.write(name, this.length);
    this.bytes[this.length++] = 0;
  }

  private copy(type: number, name: string, from: Buffer, start: number, end: number): void {
    this.head(type, name, end - start);
    from.copy(this.bytes, this.length, start, end);
    this.length += end - start;
  }

  private element(name: string, value: Encodable): void {
    switch (typeof value) {
      case 'undefined':
        return;
      case 'number':
        if (
          Number.isInteger(value) &&
          value >= -0x8000_0000 &&
          value <= 0x7fff_ffff &&
          !Object.is(value, -0)
        ) {
          this.head(BsonType.int32, name, 4);
          this.length = this.bytes.writeInt32LE(value, this.length);
        } else {
          this.head(BsonType.double, name, 8);
          this.length = this.bytes.writeDoubleLE(value, this.length);
        }
        return;
      case 'bigint':
        this.head(BsonType.int64, name, 8);
        this.length = this.bytes.writeBigInt64LE(value, this.length);
        return;
      case 'boolean':
        this.head(BsonType.boolean, name, 1);
        this.bytes[this.length++] = value ? 1 : 0;
        return;
      case 'string': {
        const size = Buffer.byteLength(value);
        this.head(BsonType.string, name, size + 5);
        this.length = this.bytes.writeInt32LE(size + 1, this.length);
        this.length += this.bytes.write(value, this.length);
        this.bytes[this.length++] = 0;
        return;
      }
      default:
        this.object(name, value);
    }
  }

  private object(
    name: string,
    value: Exclude<Encodable, string | number | bigint | boolean | undefined>,
  ): void {
    if (value === null) this.head(BsonType.null, name, 0);
    else if (value instanceof BsonValue) this.copy(value.type, name, value.bytes, value.start, value.end);
    else if (Array.isArray(value)) {
      this.head(BsonType.array, name, 0);
      this.array(value as readonly Encodable[]);
    } else if (value instanceof Date) {
      this.head(BsonType.date, name, 8);
      this.length = this.bytes.writeBigInt64LE(BigInt(value.getTime()), this.length);
    } else if (value instanceof Double) {
      this.head(BsonType.double, name, 8);
      this.length = this.bytes.writeDoubleLE(value.value, this.length);
    } else if (value instanceof Timestamp) {
      this.head(BsonType.timestamp, name, 8);
      this.length = this.bytes.writeBigUInt64LE(value.value, this.length);
    } else if (value instanceof ObjectId) {
      const bytes = Buffer.from(value.id);
      this.copy(BsonType.objectId, name, bytes, 0, 12);
    } else if (value instanceof Uuid || value instanceof Bytes) {
      this.head(BsonType.binary, name, value.bytes.length + 5);
      this.length = this.bytes.writeInt32LE(value.bytes.length, this.length);
      this.bytes[this.length++] = value instanceof Uuid ? 4 : 0;
      this.length += value.bytes.copy(this.bytes, this.length);
    } else {
      this.head(BsonType.object, name, 0);
      this.document(value as { readonly [name: string]: Encodable });
    }
  }
}

const encoder = new Encoder();

/** The BSON bytes of a plain object; fields that are undefined are left out. */
export function encodeDocument(document: { readonly [name: string]: Encodable }): Buffer {
  return encoder.encode(document);
}

/** One value as BSON. */
export function encodeValue(value: Encodable): BsonValue {
  if (value instanceof BsonValue) return value;
  const bytes = encodeDocument({ '': value ?? null });
  return new BsonValue(bytes[4] as number, bytes, 6, bytes.length - 1);
}
