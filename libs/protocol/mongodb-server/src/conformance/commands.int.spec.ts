import { describe, expect, it } from '@jest/globals';
import { type Document, MongoClient } from 'mongodb';
import { startMongoDb } from '../index.js';
import { isEmbedded, useDeployment } from './deployment.js';

const deployment = useDeployment();
const admin = () => deployment.client.db('admin');

describe('validate', () => {
  it('compares documents with every index and says how many there are', async () => {
    const items = deployment.db.collection('validated');
    await items.createIndexes([{ key: { tags: 1 }, name: 'tags' }]);
    await items.insertMany(Array.from({ length: 30 }, (_, i) => ({ i, tags: ['a', i] })));
    const { valid, nrecords, nIndexes, keysPerIndex, errors } = await deployment.db.command({
      validate: 'validated',
      full: true,
    });
    expect({ valid, nrecords, nIndexes, keysPerIndex, errors }).toEqual({
      valid: true,
      nrecords: 30,
      nIndexes: 2,
      keysPerIndex: { _id_: 30, tags: 60 },
      errors: [],
    });
    await expect(deployment.db.command({ validate: 'missing' })).rejects.toMatchObject({ code: 26 });
  });
});

describe('currentOp and killOp', () => {
  it('show a command under way, and end it with 11601', async () => {
    const stream = deployment.db.collection('watched').watch([], { maxAwaitTimeMS: 20_000 });
    const ended = stream.next().catch((error: unknown) => error);
    let running: Document | undefined;
    while (!running) {
      const { inprog } = await admin().command({ currentOp: 1 });
      running = (inprog as Document[]).find(
        ({ ns, op }) => op === 'getmore' && ns === `${deployment.db.databaseName}.watched`,
      );
    }
    expect(running).toMatchObject({ active: true, command: { collection: 'watched' } });
    await admin().command({ killOp: 1, op: running['opid'] });
    expect(await ended).toMatchObject({ code: 11601 });
    await expect(deployment.db.command({ currentOp: 1 })).rejects.toMatchObject({ code: 13 });
    await expect(admin().command({ killOp: 1 })).rejects.toMatchObject({ code: 40414 });
  });
});

describe('small commands', () => {
  it('killAllSessionsByPattern ends transactions of the session that is named', async () => {
    const session = deployment.client.startSession();
    const items = deployment.db.collection<{ _id: number }>('killed');
    await items.insertOne({ _id: 0 });
    session.startTransaction();
    await items.insertOne({ _id: 1 }, { session });
    await admin().command({ killAllSessionsByPattern: [{ lsid: session.id }] });
    await expect(items.insertOne({ _id: 2 }, { session })).rejects.toMatchObject({ code: 251 });
    await session.endSession();
    expect(await items.countDocuments()).toBe(1);
  });

  it('collMod takes what is so already and refuses the rest', async () => {
    await deployment.db.createCollection('modified');
    expect(await deployment.db.command({ collMod: 'modified', validator: {} })).toMatchObject({ ok: 1 });
    await expect(deployment.db.command({ collMod: 'none' })).rejects.toMatchObject({ code: 26 });
    if (!isEmbedded) return;
    const validator = { $jsonSchema: { required: ['a'] } };
    await expect(deployment.db.command({ collMod: 'modified', validator })).rejects.toMatchObject({
      code: 238,
    });
  });

  it('collMod hides and shows an index, and changes the life of documents', async () => {
    const dated = deployment.db.collection('dated');
    await dated.createIndex({ at: 1 }, { name: 'life', expireAfterSeconds: 1_000 });
    const change = (index: Document) => deployment.db.command({ collMod: 'dated', index });
    expect(await change({ name: 'life', expireAfterSeconds: 5_000 })).toMatchObject({
      expireAfterSeconds_old: 1_000,
      expireAfterSeconds_new: 5_000,
    });
    expect(await change({ keyPattern: { at: 1 }, hidden: true })).toMatchObject({ hidden_new: true });
    const [, life] = await dated.indexes();
    expect(life).toMatchObject({ name: 'life', expireAfterSeconds: 5_000, hidden: true });
    expect(await change({ name: 'life', hidden: false })).toMatchObject({
      hidden_old: true,
      hidden_new: false,
    });
    await expect(change({ name: 'none', hidden: true })).rejects.toMatchObject({ code: 27 });
    await expect(change({ name: 'life' })).rejects.toMatchObject({ code: 72 });
  });

  it('getLog answers with an empty log; an unknown one is an error', async () => {
    expect(await admin().command({ getLog: '*' })).toMatchObject({ names: expect.any(Array) });
    expect(await admin().command({ getLog: 'startupWarnings' })).toMatchObject({ log: expect.any(Array) });
    await expect(admin().command({ getLog: 'mine' })).rejects.toMatchObject({ ok: 0 });
  });
});

describe('logging in', () => {
  it('is demanded outside loopback, and with a user everywhere: SCRAM-SHA-256, code 13 without, 18 when wrong', async () => {
    if (!isEmbedded) return;
    await expect(startMongoDb({ host: '0.0.0.0' })).rejects.toMatchObject({ problem: 'remote-refused' });
    await expect(startMongoDb({ user: { name: 'me', password: 'pässword' } })).rejects.toMatchObject({
      problem: 'user-unusable',
    });
    const user = { name: 'me=,you', password: 'p@ss word' };
    const server = await startMongoDb({ host: '0.0.0.0', user, sync: 'none' });
    const url = (login: string, options: string) =>
      `mongodb://${login}127.0.0.1:${server.address.port}/?directConnection=true&serverSelectionTimeoutMS=2000${options}`;
    const login = `${encodeURIComponent(user.name)}:${encodeURIComponent(user.password)}@`;
    const tried = async (address: string) => {
      const client = new MongoClient(address);
      try {
        await client
          .db('d')
          .collection<{ _id: number }>('c')
          .updateOne({ _id: 1 }, { $inc: { n: 1 } }, { upsert: true });
        return await client.db('admin').command({ connectionStatus: 1 });
      } finally {
        await client.close();
      }
    };
    try {
      for (const options of ['', '&authMechanism=SCRAM-SHA-256'])
        expect(await tried(url(login, options))).toMatchObject({
          authInfo: { authenticatedUsers: [{ user: user.name, db: 'admin' }] },
        });
      await expect(tried(url('', ''))).rejects.toMatchObject({ code: 13 });
      await expect(tried(url('me%3D%2Cyou:wrong@', ''))).rejects.toMatchObject({ code: 18 });
      await expect(tried(url('somebody:p@', ''))).rejects.toMatchObject({ code: 18 });
    } finally {
      await server.close();
    }
  });
});

describe('limits', () => {
  it('take a message of nearly 48 MB and documents of nearly 16 MiB', async () => {
    const large = deployment.db.collection<{ _id: number; bytes: Buffer }>('large');
    const bytes = Buffer.alloc(15_900_000);
    await large.insertMany([1, 2, 3].map((_id) => ({ _id, bytes })));
    expect(await large.countDocuments()).toBe(3);
    const found = await large.find({}, { promoteBuffers: true }).toArray();
    expect(found.map(({ bytes: { length } }) => length)).toEqual([15_900_000, 15_900_000, 15_900_000]);
    await large.drop();
  });

  it('refuse a document that grows beyond 16 MiB with 17419', async () => {
    const growing = deployment.db.collection<{ _id: number; a: string }>('growing');
    await growing.insertOne({ _id: 1, a: 'x'.repeat(10_000_000) });
    await expect(growing.updateOne({ _id: 1 }, [{ $set: { b: '$a' } }])).rejects.toMatchObject({
      code: 17419,
    });
    await growing.drop();
  });
});
