import { describe, expect, it } from '@jest/globals';
import type { CommandStartedEvent, Document, MongoClientOptions } from 'mongodb';
import { MongoServerError } from 'mongodb';
import { isEmbedded, useDeployment } from './deployment.js';

// What the drivers' unified tests are documented to ask, topic by topic; the README's table names these specs.
const deployment = useDeployment();

interface Item {
  _id: number;
  n?: number;
}

const items = (name: string) => deployment.db.collection<Item>(name);

/** A client of its own that tells its commands, on the same database. */
function watched(options: MongoClientOptions = {}) {
  const client = deployment.connect({ ...options, monitorCommands: true });
  const started: CommandStartedEvent[] = [];
  client.on('commandStarted', (event) => started.push(event));
  return { client, db: client.db(deployment.db.databaseName), started };
}

function fail(mode: Document | string, data: Document): Promise<Document> {
  return deployment.client.db('admin').command({ configureFailPoint: 'failCommand', mode, data });
}

describe('crud', () => {
  it('a bulk write of the client goes over several collections and tells each result', async () => {
    const db = deployment.db.databaseName;
    const namespace = (name: string) => `${db}.${name}`;
    const result = await deployment.client.bulkWrite<Record<string, Item>>(
      [
        { name: 'insertOne', namespace: namespace('b1'), document: { _id: 1 } },
        {
          name: 'updateOne',
          namespace: namespace('b2'),
          filter: { _id: 1 },
          update: { $set: { n: 1 } },
          upsert: true,
        },
        { name: 'deleteMany', namespace: namespace('b1'), filter: {} },
      ],
      { verboseResults: true },
    );
    expect(result).toMatchObject({ insertedCount: 1, upsertedCount: 1, deletedCount: 1 });
    expect(result.updateResults?.get(1)).toMatchObject({ matchedCount: 1, upsertedId: 1 });
  });

  it('an unacknowledged write is done and not answered', async () => {
    const result = await items('unacknowledged').insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
    expect(result.acknowledged).toBe(false);
    while ((await items('unacknowledged').countDocuments()) === 0);
  });

  it('let, comment, hint and maxTimeMS reach find, update and delete', async () => {
    await items('options').insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 2 },
    ]);
    const options = { let: { wanted: 2 }, comment: { a: 'word' }, hint: '_id_', maxTimeMS: 5_000 };
    const filter = { $expr: { $eq: ['$n', '$$wanted'] } };
    expect(await items('options').find(filter, options).toArray()).toEqual([{ _id: 2, n: 2 }]);
    expect(await items('options').updateOne(filter, { $inc: { n: 0 } }, options)).toMatchObject({
      matchedCount: 1,
    });
    expect(await items('options').deleteOne(filter, options)).toMatchObject({ deletedCount: 1 });
  });

  it('a write concern of more members than there are is told beside the result', async () => {
    if (!isEmbedded) return;
    const insert = items('concern').insertOne({ _id: 1 }, { writeConcern: { w: 3 } });
    await expect(insert).rejects.toMatchObject({ code: 100 });
    expect(await items('concern').countDocuments()).toBe(1);
  });
});

describe('collection management', () => {
  it('creates, lists with a filter, renames over another, drops what is not there', async () => {
    await deployment.db.createCollection('first');
    await deployment.db.createCollection('second');
    const names = async () =>
      (await deployment.db.listCollections({ name: /^(first|second)$/ }, { nameOnly: true }).toArray()).map(
        ({ name }) => name,
      );
    expect((await names()).sort()).toEqual(['first', 'second']);
    await expect(deployment.db.renameCollection('first', 'second')).rejects.toMatchObject({ code: 48 });
    await deployment.db.renameCollection('first', 'second', { dropTarget: true });
    expect(await names()).toEqual(['second']);
    expect(await deployment.db.collection('never_there').drop()).toBe(true);
  });
});

describe('run command', () => {
  it('sends what it is given, with a session, and reads a cursor of its own', async () => {
    const { db, started } = watched();
    await db.collection<Item>('run').insertMany([1, 2, 3].map((_id) => ({ _id })));
    await db.command({ ping: 1 });
    const cursor = db.runCursorCommand({ find: 'run', batchSize: 1, sort: { _id: 1 } });
    expect(await cursor.toArray()).toEqual([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
    expect(started.map(({ commandName }) => commandName)).toEqual(['insert', 'ping', 'find', 'getMore']);
    expect(started.every(({ command }) => command['lsid'] !== undefined)).toBe(true);
    await expect(db.command({ noSuchCommand: 1 })).rejects.toMatchObject({ code: 59 });
  });
});

describe('command monitoring', () => {
  it('sees replies with cluster time, and failures with code and labels', async () => {
    const { client, db } = watched();
    const replies: unknown[] = [];
    const failures: Error[] = [];
    client.on('commandSucceeded', ({ reply }) => replies.push(reply));
    client.on('commandFailed', ({ failure }) => failures.push(failure));
    await db.collection<Item>('monitored').insertOne({ _id: 1 });
    await expect(db.command({ find: 'monitored', filter: { $none: 1 } })).rejects.toThrow();
    expect(replies).toMatchObject([
      { n: 1, ok: 1, $clusterTime: expect.anything(), operationTime: expect.anything() },
    ]);
    expect(failures).toMatchObject([{ code: 2, codeName: 'BadValue' }]);
  });
});

describe('retryable reads and writes', () => {
  const retried: [string, (name: string) => Promise<unknown>][] = [
    ['find', (name) => watched().db.collection(name).findOne()],
    ['aggregate', (name) => watched().db.collection(name).countDocuments()],
    ['listCollections', () => watched().db.listCollections().toArray()],
    ['insert', (name) => watched().db.collection(name).insertOne({ a: 1 })],
    ['findAndModify', (name) => watched().db.collection(name).findOneAndDelete({})],
  ];
  it.each(retried)(
    '%s is sent again after a retryable error and after a lost connection',
    async (command, run) => {
      if (!isEmbedded) return;
      for (const failure of [{ errorCode: 11600 }, { closeConnection: true }]) {
        await fail({ times: 1 }, { failCommands: [command], ...failure });
        await run('retried');
      }
      await fail({ times: 2 }, { failCommands: [command], errorCode: 10107 });
      await expect(run('retried')).rejects.toMatchObject({ code: 10107 });
      await fail('off', {});
    },
  );
});

describe('convenient transactions', () => {
  it('runs the callback again after a transient error, and the commit again after an unknown outcome', async () => {
    if (!isEmbedded) return;
    const { client, db, started } = watched();
    await db.collection<Item>('convenient').insertOne({ _id: 0 });
    const work = async (failing: string, failure: Document) => {
      await fail({ times: 1 }, { failCommands: [failing], ...failure });
      started.length = 0;
      const _id = Math.floor(Math.random() * 1e9);
      await client.withSession((session) =>
        session.withTransaction(() => db.collection<Item>('convenient').insertOne({ _id }, { session })),
      );
      expect(await db.collection<Item>('convenient').countDocuments({ _id })).toBe(1);
      return started.map(({ commandName }) => commandName).filter((name) => name !== 'aggregate');
    };
    expect(await work('insert', { errorCode: 112, errorLabels: ['TransientTransactionError'] })).toEqual([
      'insert',
      'abortTransaction',
      'insert',
      'commitTransaction',
    ]);
    expect(await work('commitTransaction', { closeConnection: true })).toEqual([
      'insert',
      'commitTransaction',
      'commitTransaction',
    ]);
    expect(await work('commitTransaction', { writeConcernError: { code: 64, errmsg: 'timeout' } })).toEqual([
      'insert',
      'commitTransaction',
      'commitTransaction',
    ]);
  });
});

describe('sessions and causal consistency', () => {
  it('a session reads its own writes by operation and cluster time, and passes them to another', async () => {
    const { client, db, started } = watched();
    const first = client.startSession();
    const second = client.startSession();
    await db.collection<Item>('causal').insertOne({ _id: 1 }, { session: first });
    second.advanceClusterTime(first.clusterTime!);
    second.advanceOperationTime(first.operationTime!);
    expect(await db.collection<Item>('causal').findOne({ _id: 1 }, { session: second })).toEqual({ _id: 1 });
    const concern = started.at(-1)!.command['readConcern'];
    expect(concern.afterClusterTime.equals(first.operationTime)).toBe(true);
    await first.endSession();
    await second.endSession();
  });

  it('a snapshot session is refused: only transactions have a snapshot', async () => {
    if (!isEmbedded) return;
    const session = deployment.client.startSession({ snapshot: true });
    await expect(items('snapshot').findOne({}, { session })).rejects.toMatchObject({ code: 238 });
    await session.endSession();
  });
});

describe('versioned API', () => {
  it('takes version 1, refuses another with 322 and a command that is not in it with 323', async () => {
    const { db } = watched({ serverApi: { version: '1', strict: true, deprecationErrors: true } });
    await db.collection<Item>('versioned').insertOne({ _id: 1 });
    expect(await db.collection<Item>('versioned').find().toArray()).toEqual([{ _id: 1 }]);
    const strict = await db
      .collection('versioned')
      .distinct('_id')
      .catch((error) => error);
    expect(strict).toBeInstanceOf(MongoServerError);
    expect(strict).toMatchObject({ code: 323, codeName: 'APIStrictError' });
    await expect(deployment.db.command({ ping: 1, apiVersion: '2' })).rejects.toMatchObject({ code: 322 });
    await expect(deployment.db.command({ ping: 1, apiStrict: true })).rejects.toMatchObject({ code: 72 });
  });
});
