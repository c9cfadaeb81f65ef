import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deserialize, serialize } from 'bson';
import { MongoClient } from 'mongodb';
import { type MongoDb, startMongoDb } from '../index.js';

// Embedded only: bad bytes are for the server that we wrote.
let server: MongoDb;
beforeAll(async () => {
  server = await startMongoDb({ sync: 'none' });
});
afterAll(() => server.close());

function message(opCode: number, body: Buffer, length = 16 + body.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, body]);
}

function opMsg(document: Buffer): Buffer {
  return message(2013, Buffer.concat([Buffer.alloc(5), document]));
}

/** Sends bytes; resolves with the reply's document, or undefined when the connection was closed instead. */
async function send(bytes: Buffer): Promise<Record<string, unknown> | undefined> {
  const socket: Socket = connect(server.address.port, server.address.host);
  try {
    await once(socket, 'connect');
    socket.write(bytes);
    const answer = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => undefined)]);
    const reply = answer?.[0] as Buffer | undefined;
    return reply && deserialize(reply.subarray(21));
  } finally {
    socket.destroy();
  }
}

const ping = Buffer.from(serialize({ ping: 1, $db: 'admin' }));

async function stillServes(): Promise<void> {
  expect(await send(opMsg(ping))).toMatchObject({ ok: 1 });
}

describe('bad input on the wire', () => {
  it.each([
    ['a length below a header', message(2013, Buffer.alloc(4), 3)],
    ['a length beyond the limit', message(2013, Buffer.alloc(4), 48_000_001)],
    ['an unknown opcode', message(1234, ping)],
    ['a document longer than its message', opMsg(Buffer.from([0xff, 0, 0, 0, 0]))],
    ['a negative document length', opMsg(Buffer.from([0xff, 0xff, 0xff, 0xff, 0]))],
  ])('%s closes the connection and hurts nobody else', async (_name, bytes) => {
    expect(await send(bytes)).toBeUndefined();
    await stillServes();
  });

  it.each([
    [
      'a string that lies about its length',
      (document: Buffer) => document.writeInt32LE(1_000_000, document.indexOf('admin') - 4),
    ],
    ['an unknown type', (document: Buffer) => document.writeUInt8(99, 4)],
  ])('%s is invalid BSON', async (_name, damage) => {
    const document = Buffer.from(ping);
    damage(document);
    expect(await send(opMsg(document))).toMatchObject({ ok: 0, code: 22 });
    await stillServes();
  });

  it('documents nested deeper than anybody needs are refused', async () => {
    let nested: object = {};
    for (let depth = 0; depth < 200; depth++) nested = { a: nested };
    const insert = Buffer.from(serialize({ insert: 'c', documents: [nested], $db: 'deep' }));
    expect(await send(opMsg(insert))).toMatchObject({ ok: 0 });
    await stillServes();
  });

  it('random bytes in a valid frame never end the server', async () => {
    let state = 42;
    const next = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return state;
    };
    for (let round = 0; round < 150; round++) {
      const document = Buffer.from(
        serialize({ find: 'c', filter: { a: { $in: [1, 'x', { b: [1, 2] }] } }, $db: 'fuzz' }),
      );
      for (let i = 0; i < 1 + (next() % 4); i++)
        document[4 + (next() % (document.length - 5))] = next() & 0xff;
      await send(opMsg(document));
    }
    await stillServes();
  }, 30_000);
});

describe('what the server does not have', () => {
  it('is told from what MongoDB does not have', async () => {
    const client = new MongoClient(server.url);
    try {
      const db = client.db('absent');
      const answer = (command: object) => db.command(command as never).catch((error) => error);
      for (const absent of [
        { mapReduce: 'c', map: 'x', reduce: 'y', out: 'z' },
        { create: 'c', capped: true, size: 100 },
        { find: 'c', filter: { $where: '1' } },
        { find: 'c', filter: { a: { $near: [0, 0] } } },
        { find: 'c', filter: { $jsonSchema: {} } },
        { find: 'c', collation: { locale: 'de' } },
        { aggregate: 'c', pipeline: [{ $merge: 'd' }], cursor: {} },
        { createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 'a' }] },
        { createIndexes: 'c', indexes: [{ key: { a: '2dsphere' }, name: 'a' }] },
      ]) {
        const error = await answer(absent);
        expect([error.code, error.message]).toEqual([
          238,
          expect.stringContaining('not supported by the embedded server'),
        ]);
      }
      expect(await answer({ frobnicate: 1 })).toMatchObject({ code: 59 });
      expect(await answer({ find: 'c', frobnicate: 1 })).toMatchObject({ code: 40415 });
      expect(await answer({ aggregate: 'c', pipeline: [{ $frobnicate: 1 }], cursor: {} })).toMatchObject({
        code: 40324,
      });
      expect(await answer({ find: 'bad$name' })).toMatchObject({ code: 73 });
    } finally {
      await client.close();
    }
  });
});

describe('the driver', () => {
  it('connects with and without replicaSet and directConnection', async () => {
    const { host, port } = server.address;
    for (const options of ['', '?replicaSet=tidemark', '?directConnection=true']) {
      const client = new MongoClient(`mongodb://${host}:${port}/${options}`);
      try {
        await client.db('connected').collection('c').insertOne({});
        await client.withSession((session) =>
          session.withTransaction(() => client.db('connected').collection('c').insertOne({}, { session })),
        );
      } finally {
        await client.close();
      }
    }
  });
});
