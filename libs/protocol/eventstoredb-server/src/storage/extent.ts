import { PREFIX_BYTES } from '../grpc/index.js';

/** A run of consecutive events in memory: their frames without gaps, ready to be sent in one piece. */
export class Extent {
  #frames: Buffer;
  /** Where each frame starts in `#frames`; one more than there are frames. */
  #starts: number[] = [0];

  constructor(
    readonly firstPosition: number,
    memory: number | Buffer,
  ) {
    this.#frames = typeof memory === 'number' ? Buffer.allocUnsafeSlow(memory) : memory;
  }

  /** Position after the last event. */
  get endPosition(): number {
    return this.firstPosition + this.#starts.length - 1;
  }

  get sizeBytes(): number {
    return this.#starts[this.#starts.length - 1] as number;
  }

  /** All frames, for whoever looks at many and wants no view of each. */
  get bytes(): Buffer {
    return this.#frames;
  }

  /** Where the frame starts in `bytes`. */
  startOf(position: number): number {
    return this.#starts[position - this.firstPosition] as number;
  }

  /** Takes in frames that lie one behind the other; calls back with a view of each. */
  push(frames: Buffer, onFrame?: (frame: Buffer, position: number) => void): void {
    const start = this.sizeBytes;
    this.#reserve(start + frames.length);
    this.#frames.set(frames, start);
    this.#count(start + frames.length, onFrame);
  }

  /** The same with frames that lie further back in its own memory, as they came from the disk. */
  moveUp(from: number, to: number): void {
    const start = this.sizeBytes;
    this.#frames.copyWithin(start, from, to);
    this.#count(start + to - from);
  }

  frame(position: number): Buffer {
    return this.slice(position, position + 1);
  }

  /** The frames from one position to before another, as one view. */
  slice(from: number, to: number): Buffer {
    const first = from - this.firstPosition;
    return this.#frames.subarray(this.#starts[first], this.#starts[to - this.firstPosition]);
  }

  #count(end: number, onFrame?: (frame: Buffer, position: number) => void): void {
    for (let at = this.sizeBytes; at < end; ) {
      const next = at + PREFIX_BYTES + this.#frames.readUInt32BE(at + 1);
      if (next > end) throw new RangeError('A frame runs past the end of its record.');
      onFrame?.(this.#frames.subarray(at, next), this.endPosition);
      this.#starts.push(next);
      at = next;
    }
  }

  /** Views given out before stay as they are: bytes are never overwritten, only copied to a larger buffer. */
  #reserve(bytes: number): void {
    if (bytes <= this.#frames.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * this.#frames.length));
    larger.set(this.#frames.subarray(0, this.sizeBytes));
    this.#frames = larger;
  }
}
