import { randomInt } from 'node:crypto';
import { GrowingArray } from './growing-array.js';

const FIRST_SLOTS = 2_048;
const EMPTY = 0;

/**
 * Names of streams, numbered from 0 in the order in which they came: their UTF-8 bytes in one buffer, found through a
 * hash table of numbers. A stream takes its name and 20 to 28 bytes.
 */
export class StreamNames {
  #bytes = Buffer.alloc(64 * 1024);
  readonly #ends = new GrowingArray();
  readonly #hashes = new GrowingArray();
  /** Number of the name plus one. */
  #slots = new Uint32Array(FIRST_SLOTS);
  #scratch = Buffer.alloc(1_024);
  /** So that nobody can choose names that all meet in one place. */
  readonly #seed = randomInt(2 ** 32);

  get length(): number {
    return this.#ends.length;
  }

  /** -1 where the name is unknown. */
  numberOf(name: string): number {
    const length = this.#encode(name);
    return this.numberOfBytes(this.#scratch, 0, length);
  }

  numberOfBytes(source: Uint8Array, start: number, end: number): number {
    const hash = this.#hash(source, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] as number) - 1;
      if (number === -1) return -1;
      if (this.#hashes.at(number) === hash && this.#equals(number, source, start, end)) return number;
    }
  }

  /** The number of a name that is not there yet. */
  add(name: string): number {
    const length = this.#encode(name);
    return this.addBytes(this.#scratch, 0, length);
  }

  addBytes(source: Uint8Array, start: number, end: number): number {
    const number = this.length;
    const at = this.#startOf(number);
    this.#reserveBytes(at + end - start);
    this.#bytes.set(source.subarray(start, end), at);
    this.#ends.push(at + end - start);
    this.#hashes.push(this.#hash(source, start, end));
    if (2 * this.length > this.#slots.length) this.#rehash(2 * this.#slots.length);
    else this.#take(number);
    return number;
  }

  /** Adds many that are not there yet, their bytes one behind the other. */
  addAll(lengths: Uint32Array, bytes: Uint8Array): void {
    this.reserve(lengths.length, bytes.length);
    const first = this.length;
    let end = this.#startOf(first);
    this.#bytes.set(bytes, end);
    for (let index = 0; index < lengths.length; index++) {
      const start = end;
      end += lengths[index] as number;
      this.#ends.push(end);
      this.#hashes.push(this.#hash(this.#bytes, start, end));
      this.#take(first + index);
    }
  }

  /** Makes room for names to come, of so many bytes together. */
  reserve(names: number, bytes: number): void {
    const total = this.length + names;
    this.#ends.reserve(total);
    this.#hashes.reserve(total);
    this.#reserveBytes(this.#startOf(this.length) + bytes);
    let slots = this.#slots.length;
    while (2 * total > slots) slots *= 2;
    if (slots > this.#slots.length) this.#rehash(slots);
  }

  name(number: number): string {
    return this.#bytes.toString('utf8', this.#startOf(number), this.#ends.at(number));
  }

  /** Bytes of the names from one number to before another. A view, good until the next change. */
  bytes(from: number, to: number): Buffer {
    return this.#bytes.subarray(this.#startOf(from), this.#startOf(to));
  }

  byteLength(number: number): number {
    return this.#ends.at(number) - this.#startOf(number);
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : this.#ends.at(number - 1);
  }

  /** Into the scratch buffer; a loop is faster than a call for the short, plain names that nearly all are. */
  #encode(name: string): number {
    if (this.#scratch.length < 3 * name.length) this.#scratch = Buffer.alloc(3 * name.length);
    const scratch = this.#scratch;
    for (let index = 0; index < name.length; index++) {
      const code = name.charCodeAt(index);
      if (code >= 0x80) return scratch.write(name);
      scratch[index] = code;
    }
    return name.length;
  }

  #hash(source: Uint8Array, start: number, end: number): number {
    let hash = this.#seed;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (source[at] as number), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  #equals(number: number, source: Uint8Array, start: number, end: number): boolean {
    let at = this.#startOf(number);
    if (this.#ends.at(number) - at !== end - start) return false;
    for (let index = start; index < end; index++) if (this.#bytes[at++] !== source[index]) return false;
    return true;
  }

  #take(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes.at(number) & mask;
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
  }

  #rehash(slots: number): void {
    this.#slots = new Uint32Array(slots);
    for (let number = 0; number < this.length; number++) this.#take(number);
  }

  #reserveBytes(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(bytes, Math.ceil(1.5 * this.#bytes.length)));
    larger.set(this.#bytes.subarray(0, this.#startOf(this.length)));
    this.#bytes = larger;
  }
}
