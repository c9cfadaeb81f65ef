import { once } from 'node:events';
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { Deframer, prefixed } from './deframer.js';
import { GrpcError, GrpcStatus, statusTrailers } from './grpc-error.js';

/** One call as its handler sees it. Messages are encoded protobuf bytes. */
export interface GrpcCall {
  readonly headers: IncomingHttpHeaders;
  /** When the client stops waiting, in milliseconds since the epoch. */
  readonly deadlineAt: number | undefined;
  /** Aborts when nobody waits for the answer any more: cancelled, deadline passed, connection gone, server closing. */
  readonly signal: AbortSignal;
  /**
   * Hands over each message in order; resolves at the client's half-close.
   * Reading pauses while a promise that `onMessage` returned is pending.
   */
  receive(onMessage: (message: Buffer) => void | Promise<void>): Promise<void>;
  /** The one request of a unary or server-streaming call. */
  receiveOne(): Promise<Buffer>;
  /** Sends one message. @returns false when the caller should await `drained()` before the next. */
  write(message: Uint8Array): boolean;
  /** Sends messages that carry their prefixes already, as they are. The buffer must not change afterwards. */
  writeFrames(frames: Uint8Array): boolean;
  /** Resolves when there is room again; rejects when the call is over. */
  drained(): Promise<void>;
}

/** Small messages travel together in pieces of this size: each write is a frame and a system call of its own. */
const PIECE_BYTES = 64 * 1024;
const HIGH_WATER_BYTES = 2 * PIECE_BYTES;
/** How long a client may go on sending behind the end of its call. */
const STOP_SENDING_AFTER_MS = 1_000;
const RESPONSE_HEADERS = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': 'identity',
} as const;

export class Http2GrpcCall implements GrpcCall {
  readonly deadlineAt: number | undefined;
  readonly #abort = new AbortController();
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #flushQueued = false;
  #over = false;
  #deadlineTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly stream: ServerHttp2Stream,
    readonly headers: IncomingHttpHeaders,
    private readonly maxReceiveBytes: number,
  ) {
    const timeoutMs = parseGrpcTimeout(headers['grpc-timeout']);
    if (timeoutMs !== undefined) {
      this.deadlineAt = Date.now() + timeoutMs;
      if (timeoutMs > 0)
        this.#deadlineTimer = setTimeout(() => this.#late(), Math.min(timeoutMs, 2 ** 31 - 1));
    }
    stream.once('close', () => this.#closed());
    // Reset and connection errors end in 'close'; without a listener they would end the process.
    stream.on('error', () => undefined);
    if (timeoutMs === 0) this.#late();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  async receive(onMessage: (message: Buffer) => void | Promise<void>): Promise<void> {
    if (this.#over) throw this.#overError();
    const deframer = new Deframer(this.maxReceiveBytes);
    try {
      for await (const chunk of this.stream.iterator({ destroyOnReturn: false }))
        for (const message of deframer.push(chunk as Buffer)) {
          const handled = onMessage(message);
          if (handled !== undefined) await handled;
        }
    } catch (error) {
      if (this.stream.destroyed) throw this.#overError(error);
      throw error;
    }
    // Also when the deadline passed meanwhile: nobody waits for what the request would do.
    if (this.stream.aborted || this.#over) throw this.#overError();
    deframer.end();
  }

  async receiveOne(): Promise<Buffer> {
    let request: Buffer | undefined;
    await this.receive((message) => {
      if (request) throw new GrpcError(GrpcStatus.INTERNAL, 'This call takes one request message.');
      request = message;
    });
    if (!request) throw new GrpcError(GrpcStatus.INTERNAL, 'The request message is missing.');
    return request;
  }

  write(message: Uint8Array): boolean {
    return this.writeFrames(prefixed(message));
  }

  writeFrames(frames: Uint8Array): boolean {
    if (this.#over) return false;
    this.#pending.push(frames);
    this.#pendingBytes += frames.length;
    if (this.#pendingBytes >= PIECE_BYTES) this.#flush();
    else if (!this.#flushQueued) {
      this.#flushQueued = true;
      process.nextTick(() => this.#flush());
    }
    return this.stream.writableLength + this.#pendingBytes < HIGH_WATER_BYTES;
  }

  async drained(): Promise<void> {
    if (this.#over) throw this.#overError();
    this.#flush();
    if (!this.stream.writableNeedDrain) return;
    try {
      await once(this.stream, 'drain', { signal: this.signal });
    } catch (error) {
      throw this.#overError(error);
    }
  }

  /** Ends the call: what was written goes out first, then the status. Only the first call counts. */
  finish(error?: GrpcError): void {
    if (this.#over) return;
    this.#flush();
    this.#over = true;
    clearTimeout(this.#deadlineTimer);
    if (!this.stream.destroyed) this.#sendStatus(error);
    if (error) this.#abort.abort(error);
  }

  #late(): void {
    this.finish(new GrpcError(GrpcStatus.DEADLINE_EXCEEDED, 'Deadline exceeded'));
  }

  #sendStatus(error: GrpcError | undefined): void {
    const { stream } = this;
    const trailers = statusTrailers(error);
    if (error && !stream.headersSent) {
      stream.respond({ ...RESPONSE_HEADERS, ...trailers }, { endStream: true });
      this.#stopReading();
      return;
    }
    if (!stream.headersSent) stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
    // A stream can have finished before it asks for its trailers: closed then, it would never send them.
    stream.once('wantTrailers', () => {
      stream.sendTrailers(trailers);
      this.#stopReading();
    });
    stream.end();
  }

  /**
   * A client that still sends closes the call when it has the status, or is told to with NO_ERROR (RFC 9113,
   * 8.1); not sooner, since a reset drops trailers that wait for the connection.
   */
  #stopReading(): void {
    const { stream } = this;
    if (stream.readableEnded || stream.destroyed) return;
    stream.resume();
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), STOP_SENDING_AFTER_MS);
    stream.once('close', () => clearTimeout(timer));
  }

  #flush(): void {
    this.#flushQueued = false;
    if (this.#pendingBytes === 0 || this.#over || this.stream.destroyed) return;
    if (!this.stream.headersSent) this.stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
    const only = this.#pending.length === 1 ? this.#pending[0] : undefined;
    this.stream.write(only ?? Buffer.concat(this.#pending, this.#pendingBytes));
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  #closed(): void {
    this.#over = true;
    clearTimeout(this.#deadlineTimer);
    this.#pending = [];
    this.#pendingBytes = 0;
    if (!this.signal.aborted) this.#abort.abort(this.#overError());
  }

  #overError(cause?: unknown): GrpcError {
    const { reason } = this.signal;
    if (reason instanceof GrpcError) return reason;
    return new GrpcError(GrpcStatus.CANCELLED, 'The call is over.', {}, { cause });
  }
}

const TIMEOUT_UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** `grpc-timeout`: at most 8 digits and a unit. What cannot be read is no deadline, as other servers treat it. */
export function parseGrpcTimeout(value: string | string[] | undefined): number | undefined {
  const match = typeof value === 'string' ? /^(\d{1,8})([HMSmun])$/.exec(value) : null;
  if (!match) return undefined;
  return Number(match[1]) * (TIMEOUT_UNIT_MS[match[2] as string] as number);
}
