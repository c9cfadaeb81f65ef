const PAGE_BYTES = 4_096;
const ZEROS = Buffer.alloc(PAGE_BYTES);

/** The bytes of a file in pages that are never changed, only replaced: a copy costs a map. What was never written is zeros. */
export class FileContent {
  readonly #pages: Map<number, Buffer>;

  constructor(
    public sizeBytes = 0,
    pages: ReadonlyMap<number, Buffer> = new Map(),
  ) {
    this.#pages = new Map(pages);
  }

  copy(): FileContent {
    return new FileContent(this.sizeBytes, this.#pages);
  }

  read(into: Uint8Array, at: number): number {
    const length = Math.max(0, Math.min(into.length, this.sizeBytes - at));
    for (let done = 0; done < length; ) {
      const { page, offset, count } = pieceAt(at + done, length - done);
      const bytes = this.#pages.get(page);
      if (bytes === undefined) into.fill(0, done, done + count);
      else into.set(bytes.subarray(offset, offset + count), done);
      done += count;
    }
    return length;
  }

  write(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      const { page, offset, count } = pieceAt(at + done, bytes.length - done);
      const there = this.#pages.get(page);
      const piece = bytes.subarray(done, done + count);
      done += count;
      if (there === undefined && ZEROS.compare(piece, 0, count, 0, count) === 0) continue;
      const changed = Buffer.from(there ?? ZEROS);
      changed.set(piece, offset);
      this.#pages.set(page, changed);
    }
    this.sizeBytes = Math.max(this.sizeBytes, at + bytes.length);
  }

  truncate(sizeBytes: number): void {
    if (sizeBytes < this.sizeBytes) {
      const last = Math.floor(sizeBytes / PAGE_BYTES);
      for (const page of [...this.#pages.keys()]) if (page > last) this.#pages.delete(page);
      const cut = this.#pages.get(last);
      if (cut !== undefined) {
        const kept = Buffer.from(cut);
        kept.fill(0, sizeBytes % PAGE_BYTES);
        this.#pages.set(last, kept);
      }
    }
    this.sizeBytes = sizeBytes;
  }
}

function pieceAt(at: number, left: number) {
  const offset = at % PAGE_BYTES;
  return { page: Math.floor(at / PAGE_BYTES), offset, count: Math.min(left, PAGE_BYTES - offset) };
}
