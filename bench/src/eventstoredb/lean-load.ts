import { randomBytes } from 'node:crypto';
import {
  encodedEvent,
  HEX_DIGITS,
  LAST_CHUNK,
  OPTIONS_AT,
  PREFIX_BYTES,
  requestHead,
  writeHex,
} from './append-requests.js';
import { EVENT_TYPE } from './events.js';
import { FrameCounter, leanCall, leanSession } from './lean-session.js';

export interface LeanLoad {
  readonly url: string;
  readonly events: number;
  /** Of so many events one is of the type and stream category that are searched for. */
  readonly oneIn: number;
}

/** What the filtered subscriptions look for. */
export const RARE_TYPE = 'RefundGranted';
export const RARE_CATEGORY = 'refund';

const EVENTS_PER_STREAM = 10;
const APPENDS_IN_FLIGHT = 512;
const APPENDS_PER_WRITE = 32;
const NO_STREAM = Buffer.from([0x1a, 0]);

/**
 * Fills a log with new streams of ten events each, an append a stream; some of one rare event.
 * @returns what the names of the streams begin with; their numbers follow in twelve hexadecimal digits.
 */
export async function load({ url, events, oneIn }: LeanLoad): Promise<{ prefix: string }> {
  const run = randomBytes(4).toString('hex');
  const session = leanSession(url);
  const call = leanCall(session, 'BatchAppend');
  const counter = new FrameCounter();
  let wake: (() => void) | undefined;
  const failed = new Promise<never>((_, reject) => {
    session.once('error', reject);
    call.once('error', reject);
  });
  failed.catch(() => undefined); // raced below
  call.on('data', (chunk: Buffer) => {
    counter.push(chunk);
    wake?.();
  });
  try {
    const encoder = new StreamEncoder(run);
    let appends = 0;
    let piece: Buffer[] = [];
    for (let loaded = 0; loaded < events; ) {
      const isRare = Math.floor(loaded / oneIn) < Math.floor((loaded + EVENTS_PER_STREAM + 1) / oneIn);
      if (isRare) piece.push(encoder.rare(appends++));
      piece.push(encoder.common(appends++));
      loaded += EVENTS_PER_STREAM + (isRare ? 1 : 0);
      if (piece.length < APPENDS_PER_WRITE) continue;
      call.write(Buffer.concat(piece));
      piece = [];
      while (appends - counter.count > APPENDS_IN_FLIGHT)
        await Promise.race([failed, new Promise<void>((resolve) => (wake = resolve))]);
    }
    const over = new Promise<void>((resolve) => call.once('close', resolve));
    call.end(Buffer.concat(piece));
    await Promise.race([failed, over]);
    if (counter.count !== appends) throw new Error(`${counter.count} of ${appends} appends were answered.`);
    return { prefix: `order-${run}` };
  } finally {
    session.destroy();
  }
}

/** Whole requests: each a new stream and its events. */
class StreamEncoder {
  readonly #common: { bytes: Buffer; idDigitsAt: number };
  readonly #rare: { bytes: Buffer; idDigitsAt: number };
  #events = 0;

  constructor(private readonly run: string) {
    this.#common = encodedEvent(run, EVENT_TYPE);
    this.#rare = encodedEvent(run, RARE_TYPE);
  }

  common(append: number): Buffer {
    return this.#encode(append, 'order', this.#common, EVENTS_PER_STREAM);
  }

  rare(append: number): Buffer {
    return this.#encode(append, RARE_CATEGORY, this.#rare, 1);
  }

  #encode(append: number, category: string, event: { bytes: Buffer; idDigitsAt: number }, count: number) {
    const name = `${category}-${this.run}${append.toString(16).padStart(HEX_DIGITS, '0')}`;
    const parts = [requestHead(append, name), NO_STREAM];
    for (let index = 0; index < count; index++) parts.push(event.bytes);
    const request = Buffer.concat([...parts, LAST_CHUNK]);
    request[OPTIONS_AT + 1] = (request[OPTIONS_AT + 1] as number) + NO_STREAM.length;
    const firstAt = request.length - LAST_CHUNK.length - count * event.bytes.length;
    for (let index = 0; index < count; index++)
      writeHex(request, firstAt + index * event.bytes.length + event.idDigitsAt, this.#events++);
    request.writeUInt32BE(request.length - PREFIX_BYTES, 1);
    return request;
  }
}
