import { PREFIX_BYTES } from '../grpc/index.js';

/** A run of consecutive events in memory: their frames without gaps, ready to be sent in one piece. */
export class Extent {
  #frames: Buffer;
  /** Where each frame starts in `#frames`; one more than there are frames. */
  #starts: number[] = [0];

  constructor(
    readonly firstPosition: number,
    capacityBytes: number,
  ) {
    this.#frames = Buffer.allocUnsafeSlow(capacityBytes);
  }

  /** Position after the last event. */
  get endPosition(): number {
    return this.firstPosition + this.#starts.length - 1;
  }

  get sizeBytes(): number {
    return this.#starts[this.#starts.length - 1] as number;
  }

  /** Takes in frames that lie one behind the other; calls back with a view of each. */
  push(frames: Buffer, onFrame?: (frame: Buffer, position: number) => void): void {
    const start = this.sizeBytes;
    this.#reserve(start + frames.length);
    this.#frames.set(frames, start);
    for (let at = 0; at < frames.length; ) {
      const end = at + PREFIX_BYTES + frames.readUInt32BE(at + 1);
      if (end > frames.length) throw new RangeError('A frame runs past the end of its record.');
      onFrame?.(this.#frames.subarray(start + at, start + end), this.endPosition);
      this.#starts.push(start + end);
      at = end;
    }
  }

  frame(position: number): Buffer {
    return this.slice(position, position + 1);
  }

  /** The frames from one position to before another, as one view. */
  slice(from: number, to: number): Buffer {
    const first = from - this.firstPosition;
    return this.#frames.subarray(this.#starts[first], this.#starts[to - this.firstPosition]);
  }

  /** Views given out before stay as they are: bytes are never overwritten, only copied to a larger buffer. */
  #reserve(bytes: number): void {
    if (bytes <= this.#frames.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * this.#frames.length));
    larger.set(this.#frames.subarray(0, this.sizeBytes));
    this.#frames = larger;
  }
}
