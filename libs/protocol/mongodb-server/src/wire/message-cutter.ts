import { HEADER_BYTES, MAX_MESSAGE_BYTES, WireError } from './message.js';

/** Cuts a byte stream into whole messages by the length that each starts with. */
export class MessageCutter {
  #parts: Buffer[] = [];
  #held = 0;
  #wanted = 4;

  /** @throws WireError a length below a header or above the limit. */
  *push(chunk: Buffer): Generator<Buffer, void, void> {
    this.#parts.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#wanted) return;
    let rest = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#held);
    for (;;) {
      this.#wanted = rest.length < 4 ? 4 : messageBytes(rest);
      if (rest.length < this.#wanted || rest.length < 4) break;
      yield rest.subarray(0, this.#wanted);
      rest = rest.subarray(this.#wanted);
    }
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#held = rest.length;
  }
}

function messageBytes(start: Buffer): number {
  const bytes = start.readInt32LE(0);
  if (bytes < HEADER_BYTES || bytes > MAX_MESSAGE_BYTES)
    throw new WireError(`A message of ${bytes} bytes is out of bounds.`);
  return bytes;
}
