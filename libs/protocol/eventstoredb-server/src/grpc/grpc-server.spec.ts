import { once } from 'node:events';
import { connect } from 'node:net';
import { Client, credentials, Metadata, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  GrpcError,
  type GrpcHandler,
  type GrpcServer,
  GrpcStatus,
  prefixed,
  startGrpcServer,
} from './index.js';

const bytes = (value: Buffer) => value;
const open: { close(): unknown }[] = [];

async function started(
  handlers: Record<string, GrpcHandler>,
  more: object = {},
): Promise<[Client, GrpcServer]> {
  const server = await startGrpcServer({
    host: '127.0.0.1',
    port: 0,
    handlers: new Map(Object.entries(handlers)),
    ...more,
  });
  const client = new Client(`127.0.0.1:${server.address.port}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': 64 * 1024 * 1024,
  });
  open.push(client, server);
  return [client, server];
}

function unary(client: Client, path: string, request: Buffer, deadline?: number) {
  return new Promise<{ error?: ServiceError; value?: Buffer; trailers: Metadata }>((resolve) => {
    let outcome: { error?: ServiceError; value?: Buffer } = {};
    const call = client.makeUnaryRequest(
      path,
      bytes,
      bytes,
      request,
      new Metadata(),
      deadline === undefined ? {} : { deadline },
      (error, value) => {
        outcome = error ? { error } : { value: value as Buffer };
      },
    );
    call.on('status', (status: StatusObject) =>
      setImmediate(() => resolve({ ...outcome, trailers: status.metadata })),
    );
  });
}

/** The status of a call; `events.once` would reject at the error that precedes it. */
function statusOf(call: {
  on(event: 'status', then: (status: StatusObject) => void): unknown;
}): Promise<StatusObject> {
  return new Promise((resolve) => call.on('status', resolve));
}

const echo: GrpcHandler = async (call) => {
  call.write(await call.receiveOne());
};

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

describe('gRPC over node:http2', () => {
  it('answers a unary call', async () => {
    const [client] = await started({ '/s/Echo': echo });
    const { value } = await unary(client, '/s/Echo', Buffer.from('hello'));
    expect(value?.toString()).toBe('hello');
  });

  it('carries a message much larger than a window, both ways', async () => {
    const [client] = await started({ '/s/Echo': echo }, { maxReceiveBytes: () => 20_000_000 });
    const large = Buffer.alloc(10_000_000, 'x');
    const { value } = await unary(client, '/s/Echo', large);
    expect(value?.equals(large)).toBe(true);
  });

  it('gives the status, text and trailers of a GrpcError, whatever characters they hold', async () => {
    const [client] = await started({
      '/s/Fail': async () => {
        throw new GrpcError(GrpcStatus.NOT_FOUND, 'Kein Strom „ü“ 100%', { 'stream-name': 'größe' });
      },
    });
    const { error, trailers } = await unary(client, '/s/Fail', Buffer.alloc(0));
    expect(error?.code).toBe(5);
    expect(error?.details).toBe('Kein Strom „ü“ 100%');
    expect(trailers.get('stream-name')).toEqual([encodeURIComponent('größe')]);
  });

  it('answers UNIMPLEMENTED for an unknown method and UNKNOWN for an unexpected error', async () => {
    const seen: unknown[] = [];
    const [client] = await started(
      {
        '/s/Throw': async () => {
          throw new Error('a bug');
        },
      },
      { onUnexpectedError: (path: string, error: unknown) => seen.push([path, error]) },
    );
    expect((await unary(client, '/s/None', Buffer.alloc(0))).error?.code).toBe(GrpcStatus.UNIMPLEMENTED);
    expect((await unary(client, '/s/Throw', Buffer.alloc(0))).error).toMatchObject({
      code: 2,
      details: 'a bug',
    });
    expect(seen).toEqual([['/s/Throw', expect.objectContaining({ message: 'a bug' })]]);
  });

  it('refuses a message over the limit', async () => {
    const [client] = await started({ '/s/Echo': echo }, { maxReceiveBytes: () => 10 });
    expect((await unary(client, '/s/Echo', Buffer.alloc(11))).error?.code).toBe(
      GrpcStatus.RESOURCE_EXHAUSTED,
    );
    expect((await unary(client, '/s/Echo', Buffer.alloc(10))).value?.length).toBe(10);
  });

  it('tells the handler when the deadline has passed', async () => {
    let aborted: Promise<unknown> | undefined;
    const [client] = await started({
      '/s/Hang': async (call) => {
        aborted = once(call.signal, 'abort');
        await aborted;
      },
    });
    const { error } = await unary(client, '/s/Hang', Buffer.alloc(0), Date.now() + 50);
    expect(error?.code).toBe(GrpcStatus.DEADLINE_EXCEEDED);
    await aborted;
  });

  it('streams in order, and waits for a slow reader with bounded memory', async () => {
    let written = 0;
    const total = 2_000;
    const [client] = await started({
      '/s/Flood': async (call) => {
        await call.receiveOne();
        for (; written < total; written++) {
          const message = Buffer.alloc(4_096);
          message.writeUInt32BE(written);
          if (!call.writeFrames(prefixed(message))) await call.drained();
        }
      },
    });
    const call = client.makeServerStreamRequest('/s/Flood', bytes, bytes, Buffer.alloc(0), new Metadata());
    call.pause();
    const numbers: number[] = [];
    await once(call, 'metadata');
    expect(written).toBeLessThan(total);
    for await (const message of call) numbers.push((message as Buffer).readUInt32BE());
    expect(numbers).toEqual(Array.from({ length: total }, (_none, index) => index));
  });

  it('answers a duplex call message by message, and stops at the client’s half-close', async () => {
    const [client] = await started({
      '/s/Duplex': (call) =>
        call.receive(async (message) => {
          if (!call.write(message)) await call.drained();
        }),
    });
    const call = client.makeBidiStreamRequest('/s/Duplex', bytes, bytes, new Metadata());
    const answers: string[] = [];
    call.on('data', (message: Buffer) => answers.push(message.toString()));
    for (const word of ['a', 'b', 'c']) call.write(Buffer.from(word));
    call.end();
    await once(call, 'end');
    expect(answers).toEqual(['a', 'b', 'c']);
  });

  it('can fail a call whose client is still sending', async () => {
    const [client] = await started({
      '/s/Refuse': (call) =>
        call.receive(() => {
          throw new GrpcError(GrpcStatus.INVALID_ARGUMENT, 'no');
        }),
    });
    const call = client.makeBidiStreamRequest('/s/Refuse', bytes, bytes, new Metadata());
    call.on('error', () => undefined);
    call.resume();
    call.write(Buffer.from('x'));
    expect(await statusOf(call)).toMatchObject({ code: 3, details: 'no' });
  });

  it('can fail such a call of its own accord, after it has answered', async () => {
    let fail: (error: GrpcError) => void = () => undefined;
    const [client] = await started({
      '/s/Drop': (call) =>
        new Promise((_resolve, reject) => {
          fail = reject;
          call.receive((message) => void call.write(message)).catch(reject);
        }),
    });
    const call = client.makeBidiStreamRequest('/s/Drop', bytes, bytes, new Metadata());
    call.on('error', () => undefined);
    const status = statusOf(call);
    call.write(Buffer.from('x'));
    await once(call, 'data');
    fail(new GrpcError(GrpcStatus.CANCELLED, 'dropped', { exception: 'gone' }));
    const { code, details, metadata } = await status;
    expect([code, details, metadata.get('exception')]).toEqual([1, 'dropped', ['gone']]);
  });

  it('tells the handler that the client has cancelled', async () => {
    let over: Promise<unknown> | undefined;
    const [client] = await started({
      '/s/Wait': async (call) => {
        over = once(call.signal, 'abort');
        call.write(Buffer.from('on'));
        await over;
      },
    });
    const call = client.makeServerStreamRequest('/s/Wait', bytes, bytes, Buffer.alloc(0), new Metadata());
    call.on('error', () => undefined);
    await once(call, 'data');
    const status = statusOf(call);
    call.cancel();
    await status;
    await over;
  });

  it('ends open calls at close: UNAVAILABLE, and CANCELLED for the long-lived', async () => {
    const hang: GrpcHandler = async (call) => {
      call.write(Buffer.from('on'));
      await once(call.signal, 'abort');
    };
    const [client, server] = await started(
      { '/s/Short': hang, '/s/Long': hang },
      { isLongLived: (path: string) => path === '/s/Long' },
    );
    const statuses = ['/s/Short', '/s/Long'].map(async (path) => {
      const call = client.makeServerStreamRequest(path, bytes, bytes, Buffer.alloc(0), new Metadata());
      call.on('error', () => undefined);
      await once(call, 'data');
      return () => statusOf(call);
    });
    const waiting = (await Promise.all(statuses)).map((status) => status());
    await server.close();
    const [short, long] = await Promise.all(waiting);
    expect(short?.code).toBe(GrpcStatus.UNAVAILABLE);
    expect(long?.code).toBe(GrpcStatus.CANCELLED);
  });

  it('serves HTTP/1.1 on the same port', async () => {
    const [, server] = await started(
      {},
      { http1: (_request: unknown, response: { end(text: string): void }) => response.end('pong') },
    );
    const response = await fetch(`http://127.0.0.1:${server.address.port}/ping`);
    expect(await response.text()).toBe('pong');
  });

  it('closes a connection that does not answer to pings, and keeps one that does', async () => {
    const [client, server] = await started({ '/s/Echo': echo }, { keepaliveMs: 100 });
    const silent = connect(server.address.port, '127.0.0.1');
    silent.on('error', () => undefined).resume();
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    silent.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings]));
    expect((await unary(client, '/s/Echo', Buffer.from('one'))).value?.toString()).toBe('one');
    await once(silent, 'close');
    expect((await unary(client, '/s/Echo', Buffer.from('two'))).value?.toString()).toBe('two');
    expect(client.getChannel().getConnectivityState(false)).toBe(2); // ready, and never was anything else
  });

  it('survives garbage on the socket', async () => {
    const [client, server] = await started({ '/s/Echo': echo });
    for (const garbage of [
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnonsense that is no frame at all',
      '\0\0\0\0\0',
      'P',
    ]) {
      const socket = connect(server.address.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.end(garbage);
      socket.resume();
      await once(socket, 'close');
    }
    expect((await unary(client, '/s/Echo', Buffer.from('still here'))).value?.toString()).toBe('still here');
  });
});
