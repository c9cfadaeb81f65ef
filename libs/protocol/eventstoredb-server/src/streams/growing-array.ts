/** Unsigned 32-bit numbers, one behind the other, four bytes each. */
export class GrowingArray {
  #values: Uint32Array<ArrayBuffer>;
  #length = 0;

  constructor(capacity = 1_024) {
    this.#values = new Uint32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.reserve(this.#length + 1);
    this.#values[this.#length++] = value;
  }

  pop(): void {
    this.#length--;
  }

  /** Makes room for as many in all; without it, room grows by half. */
  reserve(capacity: number): void {
    if (capacity <= this.#values.length) return;
    const larger = new Uint32Array(Math.max(capacity, Math.ceil(1.5 * this.#values.length)));
    larger.set(this.#values.subarray(0, this.#length));
    this.#values = larger;
  }

  /** A view, good until the next change. */
  slice(from: number, to: number): Uint32Array {
    return this.#values.subarray(from, to);
  }

  dropFirst(count: number): void {
    this.#values.copyWithin(0, count, this.#length);
    this.#length -= count;
  }
}
