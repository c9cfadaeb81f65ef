import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';

const WINDOW_BYTES = 16 * 1024 * 1024;
const STREAMS = '/event_store.client.streams.Streams';

/** An HTTP/2 connection with wide windows, for clients that do as little as they can. `url` as the genuine client takes it. */
export function leanSession(url: string): ClientHttp2Session {
  const { host } = new URL(url.replace(/^esdb:/, 'http:'));
  const session = connect(`http://${host}`, { settings: { initialWindowSize: WINDOW_BYTES } });
  session.once('connect', () => session.setLocalWindowSize(WINDOW_BYTES));
  return session;
}

/** Opens a call of the Streams service. Any end but status OK, or by ourselves, is an error of the stream. */
export function leanCall(session: ClientHttp2Session, method: 'Read' | 'BatchAppend'): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': `${STREAMS}/${method}`,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
  });
  const check = (headers: Record<string, unknown>) => {
    const status = headers['grpc-status'];
    if (status !== undefined && status !== '0')
      stream.destroy(new Error(`${method} ended with status ${status}: ${String(headers['grpc-message'])}`));
  };
  stream.on('response', check);
  stream.on('trailers', check);
  return stream;
}

export function cancel(stream: ClientHttp2Stream): void {
  stream.close(constants.NGHTTP2_CANCEL);
}

const PREFIX_BYTES = 5;

export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(PREFIX_BYTES + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

/** Counts the messages of a byte stream by their length prefixes. */
export class FrameCounter {
  count = 0;
  #head = Buffer.alloc(0);
  #skipBytes = 0;

  push(chunk: Buffer): void {
    let at = this.#skipBytes;
    let bytes = chunk;
    if (this.#head.length > 0) {
      bytes = Buffer.concat([this.#head, chunk]);
      this.#head = Buffer.alloc(0);
    }
    for (; at + PREFIX_BYTES <= bytes.length; at += PREFIX_BYTES + bytes.readUInt32BE(at + 1)) this.count++;
    if (at < bytes.length) this.#head = Buffer.from(bytes.subarray(at));
    this.#skipBytes = Math.max(0, at - bytes.length);
  }
}
