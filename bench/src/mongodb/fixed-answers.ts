import { createServer, type Socket } from 'node:net';
import { type Document, Long, ObjectId, serialize, Timestamp } from 'bson';
import { documentOf } from './documents.js';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

/** A server that answers every find with the same documents, without looking at it: what the driver itself costs. */
export function serveFixedAnswers({ documents }: { readonly documents: number }): Promise<unknown> {
  const firstBatch = Array.from({ length: documents }, (_none, id) => documentOf(id));
  const clusterTime = new Timestamp({ t: 1, i: 1 });
  const gossip = {
    $clusterTime: { clusterTime, signature: { hash: Buffer.alloc(20), keyId: Long.ZERO } },
    operationTime: clusterTime,
  };
  const answers = new Map<string, Buffer>();
  const found = { cursor: { firstBatch, id: Long.ZERO, ns: 'bench.items' }, ok: 1, ...gossip };
  answers.set('find', Buffer.from(serialize(found)));
  const other = Buffer.from(serialize({ ok: 1, ...gossip }));
  const server = createServer({ noDelay: true }, (socket) => {
    const { port } = server.address() as { port: number };
    if (!answers.has('hello')) {
      const hello = Buffer.from(serialize(helloOf(`127.0.0.1:${port}`)));
      for (const name of ['hello', 'ismaster', 'isMaster']) answers.set(name, hello);
    }
    serve(socket, (name) => answers.get(name) ?? other);
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as { port: number };
    console.log(`mongodb://127.0.0.1:${port}/?replicaSet=fixed`);
  });
  return new Promise(() => undefined);
}

function serve(socket: Socket, answerTo: (name: string) => Buffer): void {
  let held: Buffer = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= held.readInt32LE(0)) {
      const message = held.subarray(0, held.readInt32LE(0));
      held = held.subarray(message.length);
      socket.write(reply(message, answerTo));
    }
  });
}

function reply(message: Buffer, answerTo: (name: string) => Buffer): Buffer {
  const isQuery = message.readInt32LE(12) === OP_QUERY;
  const body = isQuery ? message.indexOf(0, 20) + 9 : 21;
  const name = message.toString('utf8', body + 5, message.indexOf(0, body + 5));
  const answer = answerTo(name);
  const head = Buffer.alloc(isQuery ? 36 : 21);
  head.writeInt32LE(head.length + answer.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(isQuery ? OP_REPLY : OP_MSG, 12);
  if (isQuery) head.writeInt32LE(1, 32);
  return Buffer.concat([head, answer]);
}

function helloOf(me: string): Document {
  return {
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    hosts: [me],
    setName: 'fixed',
    setVersion: 1,
    primary: me,
    me,
    electionId: new ObjectId('7fffffff0000000000000001'),
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    logicalSessionTimeoutMinutes: 30,
    minWireVersion: 0,
    maxWireVersion: 25,
    readOnly: false,
    ok: 1,
  };
}
