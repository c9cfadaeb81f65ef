import { GrowingArray } from './growing-array.js';

const SLAB_BITS = 20;
/** Numbers in a slab: 4 MiB. */
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

  /** Begins the list of the next stream. */
  add(): void {
    this.#starts.push(0);
    this.#counts.push(0);
  }

  /** Makes the lists of so many streams from runs of events: of each event its stream, or `noStream`. */
  restore(
    streamCount: number,
    runs: readonly { readonly fromPosition: number; readonly streams: Uint32Array }[],
    noStream: number,
  ): void {
    const counts = countsOf(streamCount, runs, noStream);
    const next = new Uint32Array(streamCount);
    this.#starts.reserve(streamCount);
    this.#counts.reserve(streamCount);
    for (let stream = 0; stream < streamCount; stream++) {
      const count = counts[stream] as number;
      const start = count === 0 ? 0 : this.#allocate(blockSizeFor(count));
      next[stream] = start;
      this.#starts.push(start);
      this.#counts.push(count);
    }
    for (const { fromPosition, streams } of runs) this.#fill(next, fromPosition, streams, noStream);
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

  pop(stream: number): void {
    this.#counts.set(stream, this.#counts.at(stream) - 1);
  }

  /** `next` holds of each stream where its next position goes. */
  #fill(next: Uint32Array, fromPosition: number, streams: Uint32Array, noStream: number): void {
    const slabs = this.#slabs;
    for (let index = 0; index < streams.length; index++) {
      const stream = streams[index] as number;
      if (stream === noStream) continue;
      const address = next[stream] as number;
      next[stream] = address + 1;
      (slabs[address >>> SLAB_BITS] as Uint32Array)[address & (SLAB - 1)] = fromPosition + index;
    }
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
    const used = this.#free.size === 0 ? undefined : this.#free.get(size)?.pop();
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

function countsOf(
  streamCount: number,
  runs: readonly { readonly streams: Uint32Array }[],
  noStream: number,
): Uint32Array {
  const counts = new Uint32Array(streamCount);
  for (const { streams } of runs)
    for (let index = 0; index < streams.length; index++) {
      const stream = streams[index] as number;
      if (stream !== noStream) counts[stream] = (counts[stream] as number) + 1;
    }
  return counts;
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
