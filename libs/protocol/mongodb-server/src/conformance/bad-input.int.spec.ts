import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Document, Long, serialize, Timestamp } from 'bson';
import { MongoClient } from 'mongodb';
import { type Dice, dice } from '#libs/testing';
import { type MongoDb, startMongoDb } from '../index.js';

// Embedded only: bad bytes are for the server that we wrote.
let server: MongoDb;
let client: MongoClient;
/** What the server says of itself that should not have happened. */
const faults: unknown[] = [];
beforeAll(async () => {
  server = await startMongoDb({ sync: 'none', logger: { error: (details) => faults.push(details) } });
  client = new MongoClient(server.url);
  const items = client.db('fuzz').collection<{ _id: number; a: unknown }>('items');
  await items.createIndex({ a: 1 });
  await items.insertMany([1, 'x', [1, { b: 2 }], { b: 1 }, new Date(0), null].map((a, _id) => ({ _id, a })));
}, 30_000);
afterAll(async () => {
  await client.close();
  await server.close();
});

const $db = 'fuzz';
const COMMANDS: readonly Document[] = [
  { hello: 1, $db: 'admin', topologyVersion: { counter: Long.ZERO }, maxAwaitTimeMS: 1 },
  {
    find: 'items',
    $db,
    filter: { a: { $in: [1, 'x', { b: [1, 2] }] } },
    sort: { a: -1 },
    projection: { a: 1 },
  },
  { find: 'items', $db, filter: { $or: [{ a: { $gt: 1 } }, { 'a.b': /x/ }] }, limit: 3, hint: { a: 1 } },
  { find: 'items', $db, filter: { $expr: { $gt: [{ $size: { $ifNull: ['$a', []] } }, 1] } } },
  { insert: 'items', $db, documents: [{ a: [1, { b: 'y' }], c: new Date(1) }], ordered: false },
  {
    update: 'items',
    $db,
    updates: [{ q: { a: 1 }, u: { $inc: { n: 1 }, $push: { l: { $each: [1], $slice: -2 } } }, upsert: true }],
  },
  { update: 'items', $db, updates: [{ q: {}, u: [{ $set: { d: { $add: ['$n', 1] } } }], multi: true }] },
  {
    update: 'items',
    $db,
    updates: [{ q: {}, u: { $set: { 'l.$[i]': 1 } }, arrayFilters: [{ i: { $lt: 1 } }] }],
  },
  { delete: 'items', $db, deletes: [{ q: { a: { $elemMatch: { b: 2 } } }, limit: 1 }] },
  { findAndModify: 'items', $db, query: { _id: 1 }, update: { $set: { a: 2 } }, new: true, fields: { a: 1 } },
  {
    aggregate: 'items',
    $db,
    cursor: {},
    pipeline: [{ $match: { a: 1 } }, { $group: { _id: '$a', n: { $sum: 1 } } }],
  },
  {
    aggregate: 'items',
    $db,
    cursor: { batchSize: 1 },
    pipeline: [{ $changeStream: { startAtOperationTime: new Timestamp({ t: 1, i: 1 }) } }],
  },
  { createIndexes: 'items', $db, indexes: [{ key: { a: 1, 'b.c': -1 }, name: 'other', unique: false }] },
  { bulkWrite: 1, $db: 'admin', ops: [{ insert: 0, document: { a: 1 } }], nsInfo: [{ ns: 'fuzz.items' }] },
  { getMore: Long.fromNumber(5), $db, collection: 'items', batchSize: 2 },
  { distinct: 'items', $db, key: 'a', query: { a: { $exists: true } } },
  { listIndexes: 'items', $db, cursor: { batchSize: 1 } },
  { saslStart: 1, $db: 'admin', mechanism: 'SCRAM-SHA-256', payload: Buffer.from('n,,n=a,r=b') },
];

function message(opCode: number, body: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(16 + body.length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, body]);
}

/** A command as one body, or with its arrays of documents as sections of their own. */
function encoded(command: Document, inSections: boolean): Buffer {
  const body = { ...command };
  const sections: Buffer[] = [];
  for (const name of inSections ? ['documents', 'updates', 'deletes', 'ops', 'nsInfo'] : []) {
    if (!Array.isArray(body[name])) continue;
    const documents = (body[name] as Document[]).map((one) => Buffer.from(serialize(one)));
    delete body[name];
    const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents]);
    const size = Buffer.alloc(5);
    size[0] = 1;
    size.writeInt32LE(content.length + 4, 1);
    sections.push(Buffer.concat([size, content]));
  }
  return message(2013, Buffer.concat([Buffer.alloc(5), Buffer.from(serialize(body)), ...sections]));
}

/** Damages a message in one of the ways that happen: bytes, lengths, an end too soon, bytes twice. */
function damaged(whole: Buffer, { upTo }: Dice): Buffer {
  const bytes = Buffer.from(whole);
  const place = () => 16 + upTo(bytes.length - 16);
  switch (upTo(5)) {
    case 0:
      for (let i = 0; i <= upTo(4); i++) bytes[place()] = upTo(256);
      return bytes;
    case 1:
      bytes[place()]! ^= 1 << upTo(8);
      return bytes;
    case 2:
      bytes.writeInt32LE([0, -1, 4, 0x7fffffff, upTo(1_000)][upTo(5)]!, Math.min(place(), bytes.length - 4));
      return bytes;
    case 3:
      return message(bytes.readInt32LE(12), bytes.subarray(16, place()));
    default:
      return message(
        bytes.readInt32LE(12),
        Buffer.concat([bytes.subarray(16, place()), bytes.subarray(place())]),
      );
  }
}

/** Sends bytes; resolves when there is an answer, the connection is closed, or nothing came in the time it takes to ask again. */
async function send(bytes: Buffer): Promise<void> {
  const socket: Socket = connect(server.address.port, server.address.host);
  socket.on('error', () => socket.destroy());
  const ended = Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => undefined);
  socket.end(bytes);
  await ended;
  socket.destroy();
}

describe('damaged messages', () => {
  it('are answered with an error or a closed connection, never with a fault of the server (fixed seed)', async () => {
    const random = dice(20_240_817);
    for (let round = 0; round < 60; round++) {
      const batch = COMMANDS.map((command) => damaged(encoded(command, random.upTo(2) === 0), random));
      await Promise.all(batch.map(send));
    }
    expect(faults).toEqual([]);
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
  }, 60_000);
});

describe('what is too large or not one’s own', () => {
  it('a document of 16 MiB and one byte is refused with 10334', async () => {
    const c = client.db('fuzz').collection<{ _id: number; bytes: Buffer }>('large');
    const overhead = serialize({ _id: 1, bytes: Buffer.alloc(0) }).length;
    const limit = 16 * 1024 * 1024;
    await c.insertOne({ _id: 1, bytes: Buffer.alloc(limit - overhead) });
    const command = { insert: 'large', documents: [{ _id: 2, bytes: Buffer.alloc(limit - overhead + 1) }] };
    expect(await client.db('fuzz').command(command)).toMatchObject({ n: 0, writeErrors: [{ code: 10334 }] });
    await c.drop();
  });

  it('a cursor of another collection is 13, of another session 50738, a killed one 43', async () => {
    const db = client.db('fuzz');
    const session = client.startSession();
    const { cursor } = await db.command({ find: 'items', batchSize: 1 }, { session });
    const more = (collection: string, own = session) =>
      db.command({ getMore: cursor.id, collection }, { session: own }).catch((error) => error);
    const other = client.startSession();
    expect(await more('elsewhere')).toMatchObject({ code: 13 });
    expect(await more('items', other)).toMatchObject({ code: 50738 });
    expect(await more('items')).toMatchObject({ ok: 1 });
    expect(await more('items')).toMatchObject({ code: 43 });
    await session.endSession();
    await other.endSession();
  });
});

describe('idle connections', () => {
  it('of other processes, a thousand of them, are in nobody’s way', async () => {
    const script = `
      const { connect } = require('node:net');
      let open = 0;
      for (let i = 0; i < 500; i++)
        connect(${server.address.port}, '127.0.0.1', () => { if (++open === 500) console.log('open'); }).on('error', () => process.exit(1));`;
    const children: ChildProcess[] = [1, 2].map(() =>
      spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    try {
      await Promise.all(children.map((child) => once(child.stdout!, 'data')));
      const items = client.db('fuzz').collection<{ _id: number }>('beside');
      for (let _id = 0; _id < 20; _id++) await items.insertOne({ _id });
      expect(await items.countDocuments()).toBe(20);
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(faults).toEqual([]);
  }, 30_000);
});
