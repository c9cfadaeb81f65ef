import type { Entry, Range, Reader } from './key-value-store.js';

const TOMBSTONE = Symbol('removed');
type Written = Buffer | typeof TOMBSTONE;

/** Bytes as a string that compares like the bytes. */
export function keyText(key: Buffer): string {
  return key.toString('latin1');
}

/** What a transaction wrote and nobody else may see yet, laid over its snapshot. */
export class Overlay implements Reader {
  private readonly written = new Map<string, Written>();
  private sorted: string[] = [];
  private unsorted: string[] = [];
  sizeBytes = 0;

  constructor(private readonly below: Reader) {}

  get(key: Buffer): Buffer | undefined {
    const written = this.written.get(keyText(key));
    if (written === undefined) return this.below.get(key);
    return written === TOMBSTONE ? undefined : written;
  }

  put(key: Buffer, value: Buffer): void {
    // The value may lie in the buffer of a message: keep only its own bytes.
    this.write(key, Buffer.copyBytesFrom(value));
  }

  remove(key: Buffer): void {
    this.write(key, TOMBSTONE);
  }

  private write(key: Buffer, value: Written): void {
    const text = keyText(key);
    if (!this.written.has(text)) this.unsorted.push(text);
    this.written.set(text, value);
    this.sizeBytes += key.length + (value === TOMBSTONE ? 0 : value.length);
  }

  /** Every change, in no order. */
  *changes(): Iterable<{ key: Buffer; value: Buffer | undefined }> {
    for (const [text, value] of this.written) {
      yield { key: Buffer.from(text, 'latin1'), value: value === TOMBSTONE ? undefined : value };
    }
  }

  *range(range: Range): Iterable<Entry> {
    const texts = this.textsWithin(range);
    if (texts.length === 0) {
      yield* this.below.range(range);
      return;
    }
    const direction = range.reverse ? -1 : 1;
    let next = 0;
    for (const entry of this.below.range(range)) {
      const text = keyText(entry.key);
      while (next < texts.length && order(texts[next]!, text) * direction < 0)
        yield* this.ownEntry(texts[next++]!);
      if (texts[next] === text) yield* this.ownEntry(texts[next++]!);
      else yield entry;
    }
    while (next < texts.length) yield* this.ownEntry(texts[next++]!);
  }

  private *ownEntry(text: string): Iterable<Entry> {
    const value = this.written.get(text);
    if (value !== undefined && value !== TOMBSTONE) yield { key: Buffer.from(text, 'latin1'), value };
  }

  private textsWithin(range: Range): string[] {
    this.sort();
    const from = this.placeOf(keyText(range.start));
    const to = this.placeOf(keyText(range.end));
    const texts = this.sorted.slice(from, Math.max(from, to));
    return range.reverse ? texts.reverse() : texts;
  }

  private sort(): void {
    if (this.unsorted.length === 0) return;
    if (this.unsorted.length * 8 > this.sorted.length) {
      this.sorted = this.sorted.concat(this.unsorted).sort(order);
    } else {
      for (const text of this.unsorted) this.sorted.splice(this.placeOf(text), 0, text);
    }
    this.unsorted = [];
  }

  private placeOf(text: string): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sorted[middle]! < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
