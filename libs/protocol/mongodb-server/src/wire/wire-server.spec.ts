import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { deserialize, serialize } from 'bson';
import { startWireServer, type WireHandler, type WireRequest } from './index.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function connected(handler: WireHandler, more: object = {}): Promise<Socket> {
  const server = await startWireServer({ host: '127.0.0.1', port: 0, handler, ...more });
  const socket = connect(server.address.port, '127.0.0.1');
  socket.on('error', () => undefined);
  open.push({ close: () => socket.destroy() }, server);
  await once(socket, 'connect');
  return socket;
}

function header(length: number, requestId: number, opCode: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(requestId, 4);
  bytes.writeInt32LE(opCode, 12);
  return bytes;
}

function framed(requestId: number, opCode: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([header(16 + content.length, requestId, opCode), content]);
}

const flags = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const body = (document: object) => Buffer.concat([Buffer.from([0]), serialize(document)]);
function sequence(name: string, ...documents: object[]): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((each) => serialize(each))]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(content.length + 4);
  return Buffer.concat([Buffer.from([1]), length, content]);
}

/** Reads `count` replies; of each its flags (OP_MSG), responseTo and document. */
async function replies(socket: Socket, count: number) {
  let held = Buffer.alloc(0);
  const found: { responseTo: number; requestId: number; opCode: number; flags: number; document: object }[] =
    [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    held = Buffer.concat([held, chunk as Buffer]);
    while (held.length >= 16 && held.length >= held.readInt32LE(0)) {
      const message = held.subarray(0, held.readInt32LE(0));
      const opCode = message.readInt32LE(12);
      found.push({
        requestId: message.readInt32LE(4),
        responseTo: message.readInt32LE(8),
        opCode,
        flags: message.readUInt32LE(16),
        document: deserialize(message.subarray(opCode === 1 ? 36 : 21)),
      });
      held = held.subarray(message.length);
    }
    if (found.length >= count) break;
  }
  return found;
}

/** Answers with what it was asked, as the handler sees it. */
const mirror: WireHandler = async (request: WireRequest) =>
  Buffer.from(
    serialize({
      body: deserialize(request.body),
      sequences: request.sequences.map(({ name, documents }) => ({
        name,
        documents: documents.map((each) => deserialize(each)),
      })),
      legacy: request.legacy,
      namespace: request.namespace ?? null,
    }),
  );

describe('the wire', () => {
  it('takes a body and sequences in any order, and several requests in one piece', async () => {
    const socket = await connected(mirror);
    socket.write(
      Buffer.concat([
        framed(7, 2013, flags(0), sequence('documents', { a: 1 }, { a: 2 }), body({ insert: 'c' })),
        framed(8, 2013, flags(0), body({ ping: 1 })),
      ]),
    );
    const [first, second] = await replies(socket, 2);
    expect(first).toMatchObject({
      responseTo: 7,
      opCode: 2013,
      flags: 0,
      document: {
        body: { insert: 'c' },
        sequences: [{ name: 'documents', documents: [{ a: 1 }, { a: 2 }] }],
      },
    });
    expect(second).toMatchObject({ responseTo: 8, document: { body: { ping: 1 } } });
  });

  it('puts a message together that comes byte by byte', async () => {
    const socket = await connected(mirror);
    for (const byte of framed(9, 2013, flags(0), body({ ping: 1 }))) socket.write(Buffer.from([byte]));
    expect(await replies(socket, 1)).toMatchObject([{ responseTo: 9, document: { body: { ping: 1 } } }]);
  });

  it('answers the OP_QUERY of a first hello as OP_REPLY', async () => {
    const socket = await connected(mirror);
    const query = [
      flags(0),
      Buffer.from('admin.$cmd\0'),
      flags(0),
      flags(0xffffffff),
      serialize({ hello: 1 }),
    ];
    socket.write(framed(3, 2004, ...query));
    expect(await replies(socket, 1)).toMatchObject([
      {
        responseTo: 3,
        opCode: 1,
        flags: 8,
        document: { legacy: true, namespace: 'admin.$cmd', body: { hello: 1 } },
      },
    ]);
  });

  it('skips a checksum, and sends nothing where no reply is wanted', async () => {
    const socket = await connected(mirror);
    socket.write(framed(1, 2013, flags(2), body({ insert: 'c' })));
    socket.write(framed(2, 2013, flags(1), body({ ping: 1 }), Buffer.from('crc!')));
    expect(await replies(socket, 1)).toMatchObject([{ responseTo: 2, document: { body: { ping: 1 } } }]);
  });

  it('sends the replies of an exhaust each as the answer to the one before', async () => {
    const socket = await connected(async function* (_request, connection) {
      for (let count = 1; !connection.closed.aborted; count++) {
        yield Buffer.from(serialize({ count }));
        if (count === 3) await once(connection.closed, 'abort');
      }
    });
    socket.write(framed(5, 2013, flags(1 << 16), body({ hello: 1 })));
    const found = await replies(socket, 3);
    expect(found.map(({ flags: each }) => each)).toEqual([2, 2, 2]);
    expect(found.map(({ responseTo }) => responseTo)).toEqual([5, found[0]?.requestId, found[1]?.requestId]);
  });

  it('answers unknown required flags with code 223, then closes', async () => {
    const socket = await connected(mirror);
    socket.write(framed(4, 2013, flags(4), body({ ping: 1 })));
    expect(await replies(socket, 1)).toMatchObject([{ responseTo: 4, document: { ok: 0, code: 223 } }]);
    socket.resume();
    if (!socket.closed) await once(socket, 'close');
  });

  const lying = Buffer.from(serialize({ ping: 1 }));
  lying.writeInt32LE(1_000, 0);
  it.each([
    ['an unknown opcode', framed(1, 2012, flags(0))],
    ['a length below a header', header(15, 1, 2013)],
    ['a length above the limit', header(48_000_001, 1, 2013)],
    ['a document that lies about its length', framed(1, 2013, flags(0), Buffer.from([0]), lying)],
    ['an unknown section kind', framed(1, 2013, flags(0), Buffer.from([9]))],
    ['two bodies', framed(1, 2013, flags(0), body({ a: 1 }), body({ b: 1 }))],
    ['no body', framed(1, 2013, flags(0))],
    ['a sequence without a name', framed(1, 2013, flags(0), Buffer.from([1, 6, 0, 0, 0, 65, 65]))],
  ])('closes the connection at %s', async (_what, message) => {
    const socket = await connected(mirror);
    socket.write(message);
    socket.resume();
    await once(socket, 'close');
  });

  it('reports a fault of the handler, and closes that connection only', async () => {
    const faults: unknown[] = [];
    const socket = await connected(
      async () => {
        throw new Error('a bug');
      },
      { onUnexpectedError: (error: unknown) => faults.push(error) },
    );
    socket.write(framed(1, 2013, flags(0), body({ ping: 1 })));
    socket.resume();
    await once(socket, 'close');
    expect(faults).toEqual([expect.objectContaining({ message: 'a bug' })]);
  });
});
