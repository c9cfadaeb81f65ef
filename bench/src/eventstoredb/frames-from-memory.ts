import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { cancel, leanCall, leanSession } from './lean-session.js';
import { allFromStart } from './read-requests.js';

const PIECE_BYTES = 64 * 1024;
const PREFIX_BYTES = 5;
const UNIMPLEMENTED = '12';

/**
 * Stands in for a node that costs nothing: answers reads and subscriptions of `$all` with what a node answers,
 * from memory, in pieces of 64 KiB. All other methods are unimplemented. @returns its connection string.
 */
export async function serveFramesOf(nodeUrl: string): Promise<string> {
  const events = await captured(nodeUrl, 'read');
  const subscription = await captured(nodeUrl, 'subscribe', events.length);
  const server = createServer({ settings: { maxConcurrentStreams: 100 } });
  server.on('stream', (stream, headers) => {
    serve(stream, headers, events, subscription).catch((error: unknown) => stream.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `esdb://127.0.0.1:${(server.address() as AddressInfo).port}?tls=false`;
}

/** All that a node answers; a subscription until it has caught up, which is the confirmation and one message more. */
async function captured(url: string, how: 'read' | 'subscribe', eventBytes = 0): Promise<Buffer> {
  const session = leanSession(url);
  const call = leanCall(session, 'Read');
  const parts: Buffer[] = [];
  let bytes = 0;
  call.end(allFromStart(how));
  for await (const chunk of call) {
    parts.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (
      how === 'subscribe' &&
      bytes > eventBytes &&
      Buffer.concat(parts.slice(-2)).subarray(-7).equals(CAUGHT_UP)
    )
      break;
  }
  cancel(call);
  session.destroy();
  return Buffer.concat(parts, bytes);
}

/** ReadResp { caught_up {} } with its prefix. */
const CAUGHT_UP = Buffer.from([0, 0, 0, 0, 2, 0x42, 0]);

async function serve(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  events: Buffer,
  subscription: Buffer,
): Promise<void> {
  if (!headers[':path']?.endsWith('Streams/Read')) {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc+proto', 'grpc-status': UNIMPLEMENTED },
      { endStream: true },
    );
    return;
  }
  const options = await requestOf(stream);
  stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  const bytes = options.hasSubscription() ? subscription : firstFrames(events, Number(options.getCount()));
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    if (stream.destroyed) return;
    if (!stream.write(bytes.subarray(at, at + PIECE_BYTES))) await once(stream, 'drain');
  }
  if (!options.hasSubscription()) stream.end();
}

async function requestOf(stream: ServerHttp2Stream) {
  const parts: Buffer[] = [];
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) parts.push(chunk as Buffer);
  const request = streams.ReadReq.deserializeBinary(Buffer.concat(parts).subarray(PREFIX_BYTES));
  const options = request.getOptions();
  if (options === undefined) throw new Error('The read has no options.');
  return options;
}

function firstFrames(events: Buffer, count: number): Buffer {
  let at = 0;
  for (let left = count; left > 0 && at < events.length; left--)
    at += PREFIX_BYTES + events.readUInt32BE(at + 1);
  return events.subarray(0, at);
}
