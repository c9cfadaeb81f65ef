import { notSupported } from '../errors.js';
import { rankOf } from './compare.js';
import { BsonType, type BsonValue, eachField } from './value.js';

const scratchNumber = Buffer.alloc(8);

/**
 * Writes values so that the byte order of keys is MongoDB's comparison order: one type byte, then a form that
 * ends itself. Equal numbers of different types give equal bytes. A descending part has all bytes inverted.
 */
export class KeyWriter {
  private bytes = Buffer.allocUnsafe(256);
  private length = 0;

  reset(): this {
    this.length = 0;
    return this;
  }

  /** A copy of what was written. */
  take(): Buffer {
    return Buffer.copyBytesFrom(this.bytes, 0, this.length);
  }

  ident(ident: number): this {
    this.room(4);
    this.length = this.bytes.writeUInt32BE(ident, this.length);
    return this;
  }

  /** Bytes that are already encoded. */
  append(encoded: Buffer): this {
    this.room(encoded.length);
    this.bytes.set(encoded, this.length);
    this.length += encoded.length;
    return this;
  }

  /** One part of an index key; a missing value counts as null. */
  part(value: BsonValue | undefined, descending = false): this {
    const start = this.length;
    if (value === undefined) this.byte(rankOf(BsonType.null));
    else this.value(value);
    if (descending) for (let i = start; i < this.length; i++) this.bytes[i] = ~(this.bytes[i] as number);
    return this;
  }

  private room(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + count));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  private byte(byte: number): void {
    this.room(1);
    this.bytes[this.length++] = byte;
  }

  private value(value: BsonValue): void {
    const { type, bytes, start, end } = value;
    const rank = rankOf(type);
    switch (type) {
      case BsonType.int32:
      case BsonType.double:
      case BsonType.int64:
      case BsonType.decimal128:
        this.byte(rank);
        this.number(value.number());
        return;
      case BsonType.string:
      case BsonType.symbol:
      case BsonType.code:
        this.byte(rank);
        this.text(bytes, start + 4, end - 1);
        return;
      case BsonType.object:
        this.byte(rank);
        this.object(value);
        return;
      case BsonType.array:
        this.byte(rank);
        eachField(bytes, start, (element) => {
          this.value(element);
          return undefined;
        });
        this.byte(0);
        return;
      case BsonType.boolean:
        this.byte(rank + (value.boolean() ? 1 : 0));
        return;
      case BsonType.binary:
        this.byte(rank);
        this.room(4);
        this.length = this.bytes.writeUInt32BE(bytes.readInt32LE(start), this.length);
        this.copy(bytes, start + 4, end);
        return;
      case BsonType.date:
        this.byte(rank);
        this.room(8);
        this.length = this.bytes.writeBigUInt64BE(
          BigInt.asUintN(64, bytes.readBigInt64LE(start) + 0x8000_0000_0000_0000n),
          this.length,
        );
        return;
      case BsonType.timestamp:
        this.byte(rank);
        this.room(8);
        this.length = this.bytes.writeBigUInt64BE(bytes.readBigUInt64LE(start), this.length);
        return;
      case BsonType.objectId:
      case BsonType.regex:
        this.byte(rank);
        this.copy(bytes, start, end);
        return;
      case BsonType.dbPointer:
      case BsonType.codeWithScope:
        throw notSupported('ordering deprecated BSON types (DBPointer, code with scope)');
      default:
        this.byte(rank);
        return;
    }
  }

  private copy(bytes: Buffer, start: number, end: number): void {
    this.room(end - start);
    bytes.copy(this.bytes, this.length, start, end);
    this.length += end - start;
  }

  /** UTF-8 ended by 0x00; 0x00 and 0x01 inside become 0x01 0x01 and 0x01 0x02, so that no text starts another. */
  private text(bytes: Buffer, start: number, end: number): void {
    this.room((end - start) * 2 + 1);
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte < 2) this.bytes[this.length++] = 1;
      this.bytes[this.length++] = byte < 2 ? byte + 1 : byte;
    }
    this.bytes[this.length++] = 0;
  }

  /** Type, name, value of each field, so that shorter and smaller objects come first. */
  private object(value: BsonValue): void {
    eachField(value.bytes, value.start, (field, nameStart, nameEnd) => {
      this.byte(rankOf(field.type));
      this.copy(value.bytes, nameStart, nameEnd + 1);
      this.value(field);
      return undefined;
    });
    this.byte(0);
  }

  /** The largest double not above the number, then 0, or 1 and the exact rest of an integer beyond 2^53. */
  private number(number: number | bigint): void {
    this.room(17);
    if (typeof number === 'number') {
      this.double(number);
      this.bytes[this.length++] = 0;
      return;
    }
    let double = Number(number);
    if (BigInt(double) > number) double = doubleBelow(double);
    const rest = number - BigInt(double);
    this.double(double);
    this.bytes[this.length++] = rest === 0n ? 0 : 1;
    if (rest !== 0n) this.length = this.bytes.writeBigUInt64BE(rest, this.length);
  }

  private double(number: number): void {
    const at = this.length;
    this.length += 8;
    if (Number.isNaN(number)) {
      this.bytes.fill(0, at, at + 8);
      return;
    }
    this.bytes.writeDoubleBE(number === 0 ? 0 : number, at);
    const first = this.bytes[at] as number;
    if (first & 0x80) for (let i = at; i < at + 8; i++) this.bytes[i] = ~(this.bytes[i] as number);
    else this.bytes[at] = first | 0x80;
  }
}

function doubleBelow(double: number): number {
  scratchNumber.writeDoubleBE(double);
  const bits = scratchNumber.readBigUInt64BE();
  scratchNumber.writeBigUInt64BE(double > 0 ? bits - 1n : bits + 1n);
  return scratchNumber.readDoubleBE();
}

const shared = new KeyWriter();

/** The ordered bytes of one value. */
export function encodeKey(value: BsonValue | undefined, descending = false): Buffer {
  return shared.reset().part(value, descending).take();
}

/** The key of the document with that `_id`. */
export function documentKey(ident: number, id: BsonValue): Buffer {
  return shared.reset().ident(ident).part(id).take();
}
