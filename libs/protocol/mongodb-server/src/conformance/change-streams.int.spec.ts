import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type ChangeStream, type Document, MongoClient, type ResumeToken, type UpdateFilter } from 'mongodb';
import { startMongoDb } from '../index.js';
import { isEmbedded, useDeployment } from './deployment.js';

const deployment = useDeployment();

interface Item extends Document {
  _id: number;
}

const items = (name: string) => deployment.db.collection<Item>(name);

/** Streams that look again every 100 ms. */
const quick = { maxAwaitTimeMS: 100 };

/** A stream that is open before it is given away: whatever happens from now on, it sees. */
async function opened<T extends ChangeStream<Document>>(stream: T): Promise<T> {
  await stream.tryNext();
  return stream;
}

/** The next events, as many as said; without what differs from run to run. */
async function next(stream: ChangeStream<Document>, count: number): Promise<Document[]> {
  const events: Document[] = [];
  while (events.length < count) {
    const { _id, clusterTime, wallTime, ...rest } = (await stream.next()) as Document;
    expect(typeof (_id as { _data: string })._data).toBe('string');
    expect(clusterTime).toBeDefined();
    expect(wallTime).toBeInstanceOf(Date);
    events.push(rest);
  }
  await stream.close();
  return events;
}

describe('a change stream on a collection', () => {
  it('shows insert, update, replace, delete, and ends after drop with invalidate', async () => {
    const ns = { db: deployment.db.databaseName, coll: 'life' };
    const documentKey = { _id: 1 };
    await items('life').insertOne({ _id: 0 });
    const stream = await opened(items('life').watch([], quick));
    await items('other').insertOne({ _id: 1 });
    await items('life').insertOne({ _id: 1, a: 1, b: { c: 1, d: 1 }, list: [1, 2] });
    await items('life').updateOne({ _id: 1 }, { $set: { 'b.c': 2, e: 1 }, $unset: { a: 1 } });
    await items('life').updateOne({ _id: 1 }, { $set: { e: 1 } }); // changes nothing
    await items('life').replaceOne({ _id: 1 }, { f: 1 });
    await items('life').findOneAndUpdate({ _id: 2 }, { $inc: { n: 1 } }, { upsert: true });
    await items('life').deleteOne({ _id: 1 });
    await items('life').drop();
    expect(await next(stream, 7)).toEqual([
      {
        operationType: 'insert',
        ns,
        documentKey,
        fullDocument: { _id: 1, a: 1, b: { c: 1, d: 1 }, list: [1, 2] },
      },
      {
        operationType: 'update',
        ns,
        documentKey,
        updateDescription: { updatedFields: { 'b.c': 2, e: 1 }, removedFields: ['a'], truncatedArrays: [] },
      },
      { operationType: 'replace', ns, documentKey, fullDocument: { _id: 1, f: 1 } },
      { operationType: 'insert', ns, documentKey: { _id: 2 }, fullDocument: { _id: 2, n: 1 } },
      { operationType: 'delete', ns, documentKey },
      { operationType: 'drop', ns },
      { operationType: 'invalidate' },
    ]);
  });

  it('tells an update as it was written: a path that was set whole, elements that were pushed one by one', async () => {
    await items('paths').insertOne({
      _id: 1,
      whole: { a: 1, b: 1 },
      list: [1],
      other: [1],
      objects: [{ x: 1 }],
    });
    const stream = await opened(items('paths').watch([], quick));
    const described: Document[] = [
      { $set: { whole: { a: 1, b: 2 } } },
      { $push: { list: { $each: [2, 3] } } },
      { $push: { other: { $each: [0], $position: 0 } } },
      { $set: { 'objects.0.x': 2 } },
      { $pop: { list: 1 } },
      { $rename: { other: 'renamed' } },
      { $set: { 'deep.er': 1 } },
    ];
    for (const update of described)
      await deployment.db.collection('paths').updateOne({}, update as UpdateFilter<Document>);
    const events = await next(stream, described.length);
    expect(events.map(({ updateDescription }) => updateDescription)).toEqual(
      [
        { updatedFields: { whole: { a: 1, b: 2 } } },
        { updatedFields: { 'list.1': 2, 'list.2': 3 } },
        { updatedFields: { other: [0, 1] } },
        { updatedFields: { 'objects.0.x': 2 } },
        { updatedFields: { list: [1, 2] } },
        { updatedFields: { renamed: [0, 1] }, removedFields: ['other'] },
        { updatedFields: { deep: { er: 1 } } },
      ].map((description) => ({ removedFields: [], truncatedArrays: [], ...description })),
    );
  });

  it('tells an update by pipeline as the difference, and as a replacement when that is not smaller', async () => {
    const filler = 'x'.repeat(500);
    await items('computed').insertMany([
      { _id: 1, filler, a: 1, list: [filler, 2, 3], nested: { x: 1, y: filler } },
      { _id: 2, a: 1 },
    ]);
    const stream = await opened(items('computed').watch([], quick));
    await items('computed').updateOne({ _id: 1 }, [
      { $set: { list: [filler, 5], nested: { x: 2, y: filler }, added: 1 } },
      { $unset: ['a'] },
    ]);
    await items('computed').updateOne({ _id: 2 }, [{ $set: { a: 2 } }]);
    expect(await next(stream, 2)).toMatchObject([
      {
        operationType: 'update',
        updateDescription: {
          updatedFields: { 'list.1': 5, 'nested.x': 2, added: 1 },
          removedFields: ['a'],
          truncatedArrays: [{ field: 'list', newSize: 2 }],
        },
      },
      { operationType: 'replace', fullDocument: { _id: 2, a: 2 } },
    ]);
  });

  it('looks the document up for an update: as it is now, or null when it is gone', async () => {
    await items('looked').insertMany([{ _id: 1 }, { _id: 2 }]);
    const stream = await opened(items('looked').watch([], { fullDocument: 'updateLookup', ...quick }));
    await items('looked').updateMany({}, { $set: { a: 1 } });
    await items('looked').updateOne({ _id: 1 }, { $set: { a: 2 } });
    await items('looked').deleteOne({ _id: 2 });
    const events = await next(stream, 4);
    expect(events.map(({ fullDocument }) => fullDocument)).toEqual([
      { _id: 1, a: 2 },
      null,
      { _id: 1, a: 2 },
      undefined,
    ]);
  });

  it('ends after a rename, also for who watches the new name', async () => {
    const { databaseName: db } = deployment.db;
    await items('old_name').insertOne({ _id: 1 });
    const streams = [
      await opened(items('old_name').watch([], quick)),
      await opened(items('new_name').watch([], quick)),
    ];
    await items('old_name').rename('new_name');
    for (const stream of streams)
      expect(await next(stream, 2)).toEqual([
        { operationType: 'rename', ns: { db, coll: 'old_name' }, to: { db, coll: 'new_name' } },
        { operationType: 'invalidate' },
      ]);
  });

  it('filters and reshapes events, but not their _id', async () => {
    const stream = await opened(
      items('shaped').watch([
        { $match: { 'fullDocument.a': { $gt: 1 } } },
        { $project: { operationType: 1 } },
      ]),
    );
    const broken = await opened(items('shaped').watch([{ $unset: '_id' }], quick));
    await items('shaped').insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    const event = await stream.next();
    expect(Object.keys(event)).toEqual(['_id', 'operationType']);
    await stream.close();
    await expect(broken.next()).rejects.toMatchObject({ code: 280 });
    await expect(
      items('shaped')
        .watch([{ $group: { _id: 1 } }])
        .next(),
    ).rejects.toMatchObject({ code: 20 });
  });

  it('goes on where a token says, after an invalidate only by startAfter, and from a time', async () => {
    const start = await opened(items('resumed').watch([], quick));
    const beforeAll = start.resumeToken;
    await start.close();
    const session = deployment.client.startSession();
    await items('resumed').insertOne({ _id: 1 }, { session });
    const afterFirst = session.operationTime!;
    await session.endSession();
    await items('resumed').insertOne({ _id: 2 });
    await items('resumed').drop();
    await items('resumed').insertOne({ _id: 3 });

    const tokens: ResumeToken[] = [];
    const all = items('resumed').watch([], { resumeAfter: beforeAll });
    const kinds: string[] = [];
    for (let i = 0; i < 4; i++) {
      const event = await all.next();
      tokens.push(event._id as ResumeToken);
      kinds.push(event.operationType);
    }
    await all.close();
    expect(kinds).toEqual(['insert', 'insert', 'drop', 'invalidate']);

    expect(await next(items('resumed').watch([], { resumeAfter: tokens[0] }), 1)).toMatchObject([
      { documentKey: { _id: 2 } },
    ]);
    expect(await next(items('resumed').watch([], { resumeAfter: tokens[2] }), 1)).toMatchObject([
      { operationType: 'invalidate' },
    ]);
    await expect(items('resumed').watch([], { resumeAfter: tokens[3] }).next()).rejects.toMatchObject({
      code: 260,
    });
    expect(await next(items('resumed').watch([], { startAfter: tokens[3] }), 1)).toMatchObject([
      { operationType: 'insert', documentKey: { _id: 3 } },
    ]);
    const timed = await next(items('resumed').watch([], { startAtOperationTime: afterFirst }), 1);
    expect(timed).toMatchObject([{ operationType: 'insert', documentKey: { _id: 1 } }]);
  });

  it('shows a transaction at its commit, at one time, with its session and number', async () => {
    const stream = await opened(deployment.db.watch([], quick));
    await items('first').insertOne({ _id: 0 });
    await deployment.client.withSession(async (session) => {
      await session.withTransaction(async () => {
        await items('first').insertOne({ _id: 1 }, { session });
        await items('second').insertOne({ _id: 1 }, { session });
        await items('first').updateOne({ _id: 0 }, { $set: { a: 1 } }, { session });
        await items('third').insertOne({ _id: 1 }); // committed before it
      });
      session.startTransaction();
      await items('first').insertOne({ _id: 5 }, { session });
      await session.abortTransaction();
    });
    await items('first').insertOne({ _id: 2 });
    const events: Document[] = [];
    while (events.length < 6) events.push((await stream.next()) as Document);
    await stream.close();
    expect(events.map(({ ns, documentKey }) => [ns.coll, documentKey._id])).toEqual([
      ['first', 0],
      ['third', 1],
      ['first', 1],
      ['second', 1],
      ['first', 0],
      ['first', 2],
    ]);
    const [, , one, two, three] = events;
    expect(one!['txnNumber']).toBeDefined();
    expect(one!['lsid'].id).toBeDefined();
    expect([two!['clusterTime'], three!['clusterTime']]).toEqual([one!['clusterTime'], one!['clusterTime']]);
    expect(events[0]!['lsid']).toBeUndefined();
  });

  it('waits for a change and answers at once when it comes; nothing after its time', async () => {
    const stream = await opened(items('awaited').watch([], { maxAwaitTimeMS: 2_000 }));
    const waiting = stream.next();
    const startedAt = performance.now();
    await items('awaited').insertOne({ _id: 1 });
    expect(await waiting).toMatchObject({ operationType: 'insert' });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    await stream.close();

    const idle = await opened(items('awaited').watch([], { maxAwaitTimeMS: 50 }));
    const before = idle.resumeToken;
    await items('elsewhere').insertOne({ _id: 1 });
    expect(await idle.tryNext()).toBeNull();
    expect(idle.resumeToken).not.toEqual(before); // it has seen the change and told nothing of it
    await idle.close();
  });
});

describe('a change stream on a database', () => {
  it('shows all collections, drop and rename, and ends after dropDatabase', async () => {
    const db = deployment.otherDb;
    const name = db.databaseName;
    const stream = await opened(db.watch([], quick));
    await db.collection<Item>('a').insertOne({ _id: 1 });
    await deployment.db.collection<Item>('a').insertOne({ _id: 9 });
    await db.collection('a').rename('b');
    await db.collection<Item>('c').insertOne({ _id: 1 });
    await db.collection('c').drop();
    await db.dropDatabase();
    expect(await next(stream, 7)).toEqual([
      {
        operationType: 'insert',
        ns: { db: name, coll: 'a' },
        documentKey: { _id: 1 },
        fullDocument: { _id: 1 },
      },
      { operationType: 'rename', ns: { db: name, coll: 'a' }, to: { db: name, coll: 'b' } },
      {
        operationType: 'insert',
        ns: { db: name, coll: 'c' },
        documentKey: { _id: 1 },
        fullDocument: { _id: 1 },
      },
      { operationType: 'drop', ns: { db: name, coll: 'c' } },
      { operationType: 'drop', ns: { db: name, coll: 'b' } },
      { operationType: 'dropDatabase', ns: { db: name } },
      { operationType: 'invalidate' },
    ]);
  });
});

describe('failures of a change stream', () => {
  it('are told so that the driver goes on where it was', async () => {
    if (!isEmbedded) return;
    const stream = await opened(items('failing').watch([], quick));
    await items('failing').insertOne({ _id: 1 });
    expect(await stream.next()).toMatchObject({ documentKey: { _id: 1 } });
    await deployment.client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['getMore'], errorCode: 262 },
    });
    await items('failing').insertOne({ _id: 2 });
    expect(await stream.next()).toMatchObject({ documentKey: { _id: 2 } });
    await stream.close();
  });

  const refused: [what: string, code: number, open: () => ChangeStream][] = [
    ['the whole cluster', 238, () => deployment.client.watch([], quick)],
    ['pre-images', 238, () => items('r').watch([], { fullDocumentBeforeChange: 'required' })],
    ['post-images', 238, () => items('r').watch([], { fullDocument: 'required' })],
    ['expanded events', 238, () => items('r').watch([], { showExpandedEvents: true })],
    ['splitting large events', 238, () => items('r').watch([{ $changeStreamSplitLargeEvent: {} }])],
    ['a token that is none', 260, () => items('r').watch([], { resumeAfter: { _data: 'zz' } })],
    ['a token of another kind', 40647, () => items('r').watch([], { resumeAfter: { other: 1 } })],
    ['an unknown kind of full document', 2, () => items('r').watch([], { fullDocument: 'none' })],
    [
      'two points to start from',
      50674,
      () => items('r').watch([], { resumeAfter: { _data: '00' }, startAfter: { _data: '00' } }),
    ],
    ['an internal database', 73, () => deployment.client.db('config').watch([], quick)],
    ['the database admin alone', 73, () => deployment.client.db('admin').watch([], quick)],
  ];
  it.each(refused)('%s: code %i', async (_what, code, open) => {
    if (!isEmbedded && code === 238) return;
    await expect(open().next()).rejects.toMatchObject({ code });
  });
});

describe('the history of a database', () => {
  it('survives a restart; what was removed from it is 286', async () => {
    if (!isEmbedded) return;
    const dataDir = await mkdtemp(join(tmpdir(), 'tidemark-watched-'));
    const start = () => startMongoDb({ dataDir, sync: 'none', changeRetention: { maxBytes: 100_000 } });
    let server = await start();
    let client = new MongoClient(server.url);
    try {
      const stream = await opened(client.db('d').collection<Item>('c').watch([], quick));
      const token = stream.resumeToken;
      await client.db('d').collection<Item>('c').insertOne({ _id: 1 });
      await client.close();
      await server.close();
      server = await start();
      client = new MongoClient(server.url);
      const collection = client.db('d').collection<Item>('c');
      await collection.insertOne({ _id: 2 });
      const resumed = collection.watch([], { resumeAfter: token });
      expect(await resumed.next()).toMatchObject({ documentKey: { _id: 1 } });
      expect(await resumed.next()).toMatchObject({ documentKey: { _id: 2 } });
      const late = resumed.resumeToken;
      await resumed.close();

      for (let i = 10; i < 40; i++) await collection.insertOne({ _id: i, filler: 'x'.repeat(10_000) });
      await expect(collection.watch([], { resumeAfter: token }).next()).rejects.toMatchObject({ code: 286 });
      await expect(collection.watch([], { resumeAfter: late }).next()).rejects.toMatchObject({ code: 286 });
      await collection.insertOne({ _id: 99 });
      const fresh = await opened(collection.watch([], quick));
      await collection.insertOne({ _id: 100 });
      expect(await fresh.next()).toMatchObject({ documentKey: { _id: 100 } });
    } finally {
      await client.close();
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 30_000);
});
