const NUMBERS = 3;

/** Where closed extents are: of each, three numbers of 8 bytes. */
export class ExtentTable {
  #numbers = new Float64Array(NUMBERS * 64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(firstPosition: number, offset: number, end: number): void {
    this.pushAll(Float64Array.of(firstPosition, offset, end));
  }

  /** As `slice` gave them. */
  pushAll(numbers: Float64Array): void {
    const used = NUMBERS * this.#length;
    if (used + numbers.length > this.#numbers.length) {
      const larger = new Float64Array(2 * (used + numbers.length));
      larger.set(this.#numbers.subarray(0, used));
      this.#numbers = larger;
    }
    this.#numbers.set(numbers, used);
    this.#length += numbers.length / NUMBERS;
  }

  /** Those from an index on. A view, good until the next change. */
  slice(from: number): Float64Array {
    return this.#numbers.subarray(NUMBERS * from, NUMBERS * this.#length);
  }

  firstPosition(index: number): number {
    return this.#numbers[NUMBERS * index] as number;
  }

  /** Where its records start in the log. */
  offset(index: number): number {
    return this.#numbers[NUMBERS * index + 1] as number;
  }

  /** Where they end. */
  end(index: number): number {
    return this.#numbers[NUMBERS * index + 2] as number;
  }

  /** Index of the last extent that starts at a position or before it. */
  indexOf(position: number): number {
    let low = 0;
    for (let high = this.#length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (this.firstPosition(middle) <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
