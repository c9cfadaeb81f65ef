import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { collected, embeddedOnly, nodeUnderTest, numbered, uniqueStream } from './node-under-test.js';

/** What no client should send: the node answers with a status, or ends the connection, and goes on. */

jest.setTimeout(60_000);

const node = nodeUnderTest();
let session: ClientHttp2Session;
beforeAll(() => {
  session = connect(node.url.replace('esdb:', 'http:'));
});
afterAll(() => session.destroy());

const STREAMS = '/event_store.client.streams.Streams';
const PATHS = ['Append', 'BatchAppend', 'Read', 'Delete', 'Tombstone']
  .map((name) => `${STREAMS}/${name}`)
  .concat('/event_store.client.gossip.Gossip/Read')
  .concat('/event_store.client.server_features.ServerFeatures/GetSupportedMethods');

function called(path: string, headers: Record<string, string> = {}): ClientHttp2Stream {
  const call = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  call.on('error', () => undefined);
  return call;
}

/** The status that a call ends with. */
async function statusOf(call: ClientHttp2Stream): Promise<number> {
  let status = '';
  call.on('response', (headers) => {
    status = String(headers['grpc-status'] ?? status);
  });
  call.on('trailers', (trailers) => {
    status = String(trailers['grpc-status']);
  });
  call.resume();
  await once(call, 'close');
  return Number(status);
}

function framed(body: Buffer, claimedBytes = body.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(claimedBytes, 1);
  return Buffer.concat([prefix, body]);
}

/** Bytes that repeat with the seed. */
function noise(seed: number): Buffer {
  const bytes = Buffer.alloc((seed * 7) % 60);
  for (let index = 0, state = seed * 2_654_435_761; index < bytes.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

describe.each(PATHS)('%s', (path) => {
  it('answers noise with a status', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const call = called(path, { 'grpc-timeout': '3S' });
      call.end(framed(noise(seed)));
      expect(await statusOf(call)).not.toBeNaN();
    }
  });

  it('answers a message that ends too early, one too large, and none at all', async () => {
    const early = called(path);
    early.end(framed(Buffer.from([1, 2]), 100));
    expect(await statusOf(early)).toBe(13);
    const large = called(path);
    large.end(framed(Buffer.from([1, 2]), 2 ** 31));
    expect(await statusOf(large)).toBe(8);
    const none = called(path);
    none.end();
    expect(await statusOf(none)).not.toBeNaN();
  });

  it('bears a client that resets in the middle', async () => {
    const call = called(path);
    call.write(framed(Buffer.from([1, 2]), 100));
    call.close(8);
    await once(call, 'close');
  });
});

describe('a connection', () => {
  embeddedOnly('limits are its own')(
    'that speaks nonsense, or nothing, is closed or kept waiting',
    async () => {
      const { hostname, port } = new URL(node.url.replace('esdb:', 'http:'));
      const nonsense = connectSocket(Number(port), hostname, () =>
        nonsense.write('PRI * HTTP/9\r\n\r\n'.repeat(9)),
      );
      nonsense.on('error', () => undefined).resume();
      await once(nonsense, 'close');
      const silent = Array.from({ length: 200 }, () => connectSocket(Number(port), hostname));
      await Promise.all(silent.map((socket) => once(socket, 'connect')));
      await node.client.appendToStream(uniqueStream(), numbered(0));
      for (const socket of silent) socket.destroy();
    },
  );

  it('is refused what is not gRPC', async () => {
    const get = session.request({ ':method': 'GET', ':path': `${STREAMS}/Read` });
    const [headers] = (await once(get, 'response')) as [Record<string, unknown>];
    expect(headers[':status']).toBe(405);
    get.close();
    const call = called(`${STREAMS}/Read`, { 'content-type': 'text/plain' });
    const [answer] = (await once(call, 'response')) as [Record<string, unknown>];
    expect(answer[':status']).toBe(415);
    call.close();
  });
});

describe('after all of it', () => {
  it('the node serves as before', async () => {
    const stream = uniqueStream();
    await node.client.appendToStream(stream, numbered(0));
    expect(await collected(node.client.readStream(stream))).toHaveLength(1);
  });
});
