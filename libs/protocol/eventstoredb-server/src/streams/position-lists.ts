import { GrowingArray } from './growing-array.js';

const SLAB_BITS = 18;
/** Numbers in a slab: 1 MiB. */
const SLAB = 1 << SLAB_BITS;

/**
 * For each stream, by its number, the positions of its events: a block of numbers that lie together, in slabs that
 * all streams share. A full block moves to one that is up to twice as large; the old one serves another stream. So an event
 * takes 4 bytes and the slack of its block; lists that are restored have no blocks left behind.
 */
export class PositionLists {
  readonly #starts = new GrowingArray();
  readonly #counts = new GrowingArray();
  readonly #slabs: Uint32Array[] = [];
  /** Blocks left behind, by their size. */
  readonly #free = new Map<number, number[]>();
  #bump = 0;
  #bumpEnd = 0;

  get length(): number {
    return this.#counts.length;
  }

  /** Begins the list of the next stream, with room for so many. */
  add(capacity = 0): void {
    this.#starts.push(capacity === 0 ? 0 : this.#allocate(blockSizeFor(capacity)));
    this.#counts.push(0);
  }

  count(stream: number): number {
    return this.#counts.at(stream);
  }

  at(stream: number, index: number): number {
    const address = this.#starts.at(stream) + index;
    return (this.#slabs[address >>> SLAB_BITS] as Uint32Array)[address & (SLAB - 1)] as number;
  }

  push(stream: number, position: number): void {
    const count = this.#counts.at(stream);
    if (isBlockSize(count)) this.#grow(stream, count);
    this.#set(this.#starts.at(stream) + count, position);
    this.#counts.set(stream, count + 1);
  }

  /** Takes a position into a list that was begun with room for it. */
  fill(stream: number, position: number): void {
    const count = this.#counts.at(stream);
    this.#set(this.#starts.at(stream) + count, position);
    this.#counts.set(stream, count + 1);
  }

  pop(stream: number): void {
    this.#counts.set(stream, this.#counts.at(stream) - 1);
  }

  #set(address: number, value: number): void {
    (this.#slabs[address >>> SLAB_BITS] as Uint32Array)[address & (SLAB - 1)] = value;
  }

  /** The block is full when its list is as long as a block can be. */
  #grow(stream: number, count: number): void {
    const start = this.#allocate(blockSizeFor(count + 1));
    for (let index = 0; index < count; index++) this.#set(start + index, this.at(stream, index));
    if (count > 0) this.#leave(this.#starts.at(stream), count);
    this.#starts.set(stream, start);
  }

  #allocate(size: number): number {
    const used = this.#free.get(size)?.pop();
    if (used !== undefined) return used;
    if (size > SLAB) return this.#newSlabs(Math.ceil(size / SLAB));
    if (this.#bump + size > this.#bumpEnd) {
      this.#leaveRest();
      this.#bump = this.#newSlabs(1);
      this.#bumpEnd = this.#bump + SLAB;
    }
    this.#bump += size;
    return this.#bump - size;
  }

  #newSlabs(count: number): number {
    const first = this.#slabs.length;
    for (let each = 0; each < count; each++) this.#slabs.push(new Uint32Array(SLAB));
    return first * SLAB;
  }

  #leave(start: number, size: number): void {
    const blocks = this.#free.get(size);
    if (blocks === undefined) this.#free.set(size, [start]);
    else blocks.push(start);
  }

  #leaveRest(): void {
    for (let left = this.#bumpEnd - this.#bump; left >= 2; left = this.#bumpEnd - this.#bump) {
      let size = 2;
      while (nextBlockSize(size) <= left) size = nextBlockSize(size);
      this.#leave(this.#bump, size);
      this.#bump += size;
    }
  }
}

/** Blocks hold 2, 4, 6, 8, 12, 16, 24… numbers: 2^k or 3 · 2^k. */
function isBlockSize(count: number): boolean {
  const lowestBit = count & -count;
  return count !== 1 && count !== 3 && (count === lowestBit || count === 3 * lowestBit);
}

function nextBlockSize(size: number): number {
  if (size === 2) return 4;
  return size === (size & -size) ? (size / 2) * 3 : (size / 3) * 4;
}

function blockSizeFor(count: number): number {
  let size = 2;
  while (size < count) size = nextBlockSize(size);
  return size;
}
