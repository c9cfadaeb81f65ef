import { notSupported } from '../errors.js';
import { rankOf } from './compare.js';
import { addExact, compareExact, decimalOf, type Exact, exactOf, toDouble } from './decimal.js';
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
        this.byte(rank);
        this.number(value.number());
        return;
      case BsonType.decimal128: {
        this.byte(rank);
        const number = decimalOf(value);
        if (typeof number === 'number') this.number(number);
        else this.exact(number);
        return;
      }
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

  /** The largest double not above the number, then 0, or 1 and the exact rest. */
  private number(number: number | bigint): void {
    if (typeof number === 'bigint') {
      this.exact({ coefficient: number, exponent: 0 });
      return;
    }
    this.room(9);
    this.double(number);
    this.bytes[this.length++] = 0;
  }

  private exact(number: Exact): void {
    const double = doubleNotAbove(number);
    const rest = addExact(number, negated(double === -Infinity ? BELOW_ALL : exactOf(double)));
    this.room(9);
    this.double(double);
    this.bytes[this.length++] = rest.coefficient === 0n ? 0 : 1;
    if (rest.coefficient !== 0n) this.positive(rest);
  }

  /** A positive number: its power of ten, then its digits two by two, ended by 0. */
  private positive({ coefficient, exponent }: Exact): void {
    const all = String(coefficient);
    const digits = all.replace(/0+$/, '');
    this.room(3 + digits.length);
    this.length = this.bytes.writeUInt16BE(all.length + exponent + 0x8000, this.length);
    for (let i = 0; i < digits.length; i += 2)
      this.bytes[this.length++] = Number(digits.slice(i, i + 2).padEnd(2, '0')) + 1;
    this.bytes[this.length++] = 0;
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

/** Stands for -Infinity where the rest of a number below all doubles is taken: below every Decimal128. */
const BELOW_ALL: Exact = { coefficient: -1n, exponent: 6_200 };

const negated = ({ coefficient, exponent }: Exact): Exact => ({ coefficient: -coefficient, exponent });

function doubleNotAbove(number: Exact): number {
  const nearest = toDouble(number);
  if (nearest === Infinity) return Number.MAX_VALUE;
  if (nearest === -Infinity) return nearest;
  return compareExact(exactOf(nearest), number) <= 0 ? nearest : doubleBelow(nearest);
}

function doubleBelow(double: number): number {
  if (double === 0) return -Number.MIN_VALUE;
  if (double === -Number.MAX_VALUE) return -Infinity;
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
