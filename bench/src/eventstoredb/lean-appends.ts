import { randomBytes } from 'node:crypto';
import type { ClientHttp2Stream } from 'node:http2';
import { performance } from 'node:perf_hooks';
import {
  encodedEvent,
  HEX_DIGITS,
  LAST_CHUNK,
  OPTIONS_AT,
  PREFIX_BYTES,
  requestHead,
  UUID_BYTES,
  writeHex,
  writeVarint,
} from './append-requests.js';
import { EVENT_TYPE } from './events.js';
import { leanCall, leanSession } from './lean-session.js';

export interface LeanAppends {
  readonly url: string;
  readonly streams: number;
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly forMs: number;
}

/**
 * Appends of one event each with the exact revision of one of `streams` streams, `inFlight` at a time, over one
 * BatchAppend call. Acknowledged appends per second. @throws when an answer is not the success it should be.
 */
export async function appendsPerSecond(options: LeanAppends): Promise<number> {
  const { url, streams, inFlight, warmUpMs, forMs } = options;
  if (inFlight > streams) throw new Error('A stream has at most one append in flight.');
  const session = leanSession(url);
  try {
    const stream = leanCall(session, 'BatchAppend');
    const appender = new Appender(stream, streams);
    const failed = new Promise<never>((_, reject) => {
      session.once('error', reject);
      stream.once('error', reject);
      appender.onFailure = reject;
    });
    appender.start(inFlight);
    await Promise.race([pause(warmUpMs), failed]);
    const before = appender.acknowledged;
    const startedAt = performance.now();
    await Promise.race([pause(forMs), failed]);
    const perSecond = ((appender.acknowledged - before) * 1_000) / (performance.now() - startedAt);
    const over = new Promise<void>((resolve) => stream.once('close', resolve));
    appender.stop();
    await Promise.race([over, failed]);
    return perSecond;
  } finally {
    session.destroy();
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Answer: prefix, correlation id (tag, length, tag, length, text), then the success or the error. */
const ANSWER_ID_DIGITS_AT = PREFIX_BYTES + 4 + UUID_BYTES - HEX_DIGITS;
const ANSWER_RESULT_AT = PREFIX_BYTES + 4 + UUID_BYTES;
const SUCCESS_TAG = 0x1a;
const REVISION_TAG = 0x08;

/** Correlation ids carry the number of their stream; an answer frees it for its next append. */
class Appender {
  acknowledged = 0;
  onFailure: (error: Error) => void = () => undefined;
  readonly #heads: Buffer[] = [];
  /** The event and the mark of the last chunk; the last digits of the event id are filled in for each. */
  readonly #tail: Buffer;
  readonly #tailIdDigitsAt: number;
  readonly #nextRevisions: Int32Array;
  /** Streams without an append in flight, oldest first; a ring. */
  readonly #free: Int32Array;
  #freeHead = 0;
  #freeTail = 0;
  #sent = 0;
  #rest: Buffer = Buffer.alloc(0);
  #stopping = false;

  constructor(
    private readonly stream: ClientHttp2Stream,
    streams: number,
  ) {
    const run = randomBytes(4).toString('hex');
    this.#nextRevisions = new Int32Array(streams);
    this.#free = new Int32Array(streams);
    for (let index = 0; index < streams; index++) {
      this.#heads.push(requestHead(index, `order-${run}${String(index).padStart(6, '0')}`));
      this.#free[index] = index;
    }
    const event = encodedEvent(run, EVENT_TYPE);
    this.#tail = Buffer.concat([event.bytes, LAST_CHUNK]);
    this.#tailIdDigitsAt = event.idDigitsAt;
    stream.on('data', (chunk: Buffer) => {
      try {
        this.#answered(chunk);
      } catch (error) {
        this.onFailure(error as Error);
      }
    });
  }

  start(inFlight: number): void {
    this.#send(inFlight);
  }

  /** Half-closes once nothing more is sent; the call ends when the rest is answered. */
  stop(): void {
    this.#stopping = true;
    this.stream.end();
  }

  #answered(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    let answers = 0;
    while (at + PREFIX_BYTES <= bytes.length) {
      const next = at + PREFIX_BYTES + bytes.readUInt32BE(at + 1);
      if (next > bytes.length) break;
      this.#take(bytes, at, next);
      at = next;
      answers++;
    }
    this.#rest = bytes.subarray(at);
    this.acknowledged += answers;
    if (answers > 0 && !this.#stopping) this.#send(answers);
  }

  #take(bytes: Buffer, at: number, end: number): void {
    const index = Number.parseInt(
      bytes.toString('latin1', at + ANSWER_ID_DIGITS_AT, at + ANSWER_ID_DIGITS_AT + HEX_DIGITS),
      16,
    );
    const revision = this.#nextRevisions[index] as number;
    const result = at + ANSWER_RESULT_AT;
    if (bytes[result] !== SUCCESS_TAG)
      throw new Error(`An append failed: ${bytes.subarray(result, end).toString('latin1')}`);
    if (bytes[result + 2] !== REVISION_TAG || varintAt(bytes, result + 3) !== revision)
      throw new Error(`The answer to event ${revision} of stream ${index} tells another revision.`);
    this.#nextRevisions[index] = revision + 1;
    this.#free[this.#freeTail] = index;
    this.#freeTail = (this.#freeTail + 1) % this.#free.length;
  }

  #send(appends: number): void {
    const bytes = Buffer.allocUnsafe(appends * (PREFIX_BYTES + 120 + this.#tail.length));
    let at = 0;
    for (let left = appends; left > 0; left--) {
      const index = this.#free[this.#freeHead] as number;
      this.#freeHead = (this.#freeHead + 1) % this.#free.length;
      at = this.#write(bytes, at, index);
    }
    this.stream.write(bytes.subarray(0, at));
  }

  #write(bytes: Buffer, start: number, index: number): number {
    const head = this.#heads[index] as Buffer;
    const revision = this.#nextRevisions[index] as number;
    bytes.set(head, start);
    let at = start + head.length;
    const expectedAt = at;
    if (revision === 0) {
      bytes[at++] = 0x1a; // no_stream
      bytes[at++] = 0;
    } else {
      bytes[at++] = 0x10; // stream_position
      at = writeVarint(bytes, at, revision - 1);
    }
    // The length of the options counts the expected revision too.
    bytes[start + OPTIONS_AT + 1] = (head[OPTIONS_AT + 1] as number) + at - expectedAt;
    bytes.set(this.#tail, at);
    writeHex(bytes, at + this.#tailIdDigitsAt, this.#sent++);
    at += this.#tail.length;
    bytes.writeUInt32BE(at - start - PREFIX_BYTES, start + 1);
    return at;
  }
}

function varintAt(bytes: Buffer, start: number): number {
  let value = 0;
  for (let at = start, shift = 0; ; at++, shift += 7) {
    const byte = bytes[at] as number;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}
