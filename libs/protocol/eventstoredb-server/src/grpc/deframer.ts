import { GrpcError, GrpcStatus } from './grpc-error.js';

/** A message is preceded by a compressed flag and its length, big-endian (gRPC over HTTP/2, "Length-Prefixed-Message"). */
export const PREFIX_BYTES = 5;

export function prefixed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

/** Cuts a byte stream into messages. A message within one chunk is a view of it, not a copy. */
export class Deframer {
  #parts: Buffer[] = [];
  #held = 0;
  /** Bytes to hold before the next step is possible. */
  #wanted = PREFIX_BYTES;

  constructor(private readonly maxMessageBytes: number) {}

  *push(chunk: Buffer): Generator<Buffer, void, void> {
    let rest = this.#joined(chunk);
    if (!rest) return;
    for (;;) {
      if (rest.length < PREFIX_BYTES) return this.#hold(rest, PREFIX_BYTES);
      const end = PREFIX_BYTES + this.#messageBytes(rest);
      if (rest.length < end) return this.#hold(rest, end);
      yield rest.subarray(PREFIX_BYTES, end);
      rest = rest.subarray(end);
    }
  }

  /** @throws GrpcError INTERNAL when the input ended within a message. */
  end(): void {
    if (this.#held > 0)
      throw new GrpcError(GrpcStatus.INTERNAL, 'The request ended in the middle of a message.');
  }

  #joined(chunk: Buffer): Buffer | undefined {
    if (this.#held === 0) return chunk;
    this.#parts.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#wanted) return undefined;
    const joined = Buffer.concat(this.#parts, this.#held);
    this.#parts = [];
    this.#held = 0;
    return joined;
  }

  #hold(rest: Buffer, wanted: number): void {
    if (rest.length > 0) this.#parts.push(rest);
    this.#held = rest.length;
    this.#wanted = wanted;
  }

  #messageBytes(frame: Buffer): number {
    if (frame[0] !== 0)
      throw new GrpcError(GrpcStatus.UNIMPLEMENTED, 'Compressed messages are not supported: send identity.');
    const length = frame.readUInt32BE(1);
    if (length > this.maxMessageBytes)
      throw new GrpcError(
        GrpcStatus.RESOURCE_EXHAUSTED,
        `Received message larger than max (${length} vs ${this.maxMessageBytes})`,
      );
    return length;
  }
}
