import { describe, expect, it } from '@jest/globals';
import type { Document } from 'mongodb';
import { useDeployment } from './deployment.js';

const deployment = useDeployment();
const collection = (name = 'orders') =>
  deployment.db.collection<{ _id: number; [name: string]: unknown }>(name);

/** Names of the stages from the outside in. */
function stagesOf(stage: Document | undefined): string[] {
  return stage ? [stage['stage'], ...stagesOf(stage['inputStage'])] : [];
}

async function explained(
  filter: Document,
  sort: Document = {},
  limit = 0,
): Promise<{ stages: string[]; indexName: unknown; keys: number; documents: number; returned: number }> {
  const plan = await collection()
    .find(filter)
    .sort(sort as never)
    .limit(limit)
    .explain('executionStats');
  const stages = stagesOf(plan['queryPlanner'].winningPlan).filter((name) => name !== 'LIMIT');
  const innermost = (stage: Document): Document =>
    stage['inputStage'] ? innermost(stage['inputStage']) : stage;
  const {
    totalKeysExamined: keys,
    totalDocsExamined: documents,
    nReturned: returned,
  } = plan['executionStats'];
  return {
    stages,
    indexName: innermost(plan['queryPlanner'].winningPlan)['indexName'],
    keys,
    documents,
    returned,
  };
}

async function prepare(): Promise<void> {
  await collection().drop();
  await collection().createIndex({ status: 1, placedAt: -1, _id: -1 }, { name: 'by_status' });
  await collection().createIndex({ customer: 1 });
  const rows = Array.from({ length: 1_000 }, (_, _id) => ({
    _id,
    status: _id % 2 ? 'placed' : 'shipped',
    placedAt: new Date(Math.floor(_id / 10) * 1000),
    customer: _id % 50,
  }));
  await collection().insertMany(rows);
}

describe('plans', () => {
  it('go straight to documents by _id', async () => {
    await prepare();
    const one = await explained({ _id: 7 });
    expect(one.stages[0]).toMatch(/IDHACK|EXPRESS/);
    expect(one).toMatchObject({ documents: 1, returned: 1 });
    expect(await explained({ _id: { $in: [1, 2, 3, -1] } })).toMatchObject({
      documents: 3,
      returned: 3,
      indexName: '_id_',
    });
  });

  it('use an equality index and look at nothing else', async () => {
    await prepare();
    expect(await explained({ customer: 7 })).toEqual({
      stages: ['FETCH', 'IXSCAN'],
      indexName: 'customer_1',
      keys: 20,
      documents: 20,
      returned: 20,
    });
  });

  it('scan the collection when no index helps', async () => {
    await prepare();
    expect(await explained({ unknown: 7 })).toMatchObject({
      stages: ['COLLSCAN'],
      documents: 1_000,
      returned: 0,
    });
  });

  it('read pages by key from an index, in order, without a sort in memory', async () => {
    await prepare();
    const sort = { placedAt: -1, _id: -1 };
    const first = await collection()
      .find({ status: 'placed' })
      .sort({ placedAt: -1, _id: -1 })
      .limit(15)
      .toArray();
    const last = first.at(-1)!;
    const filter = {
      status: 'placed',
      $or: [{ placedAt: { $lt: last['placedAt'] } }, { placedAt: last['placedAt'], _id: { $lt: last._id } }],
    };
    const plan = await explained(filter, sort, 15);
    expect(plan.stages).toEqual(['FETCH', 'IXSCAN']);
    expect(plan.indexName).toBe('by_status');
    expect(plan.documents).toBeLessThanOrEqual(15 + 5);
    const second = await collection().find(filter).sort({ placedAt: -1, _id: -1 }).limit(15).toArray();
    const all = await collection()
      .find({ status: 'placed' })
      .sort({ placedAt: -1, _id: -1 })
      .limit(30)
      .toArray();
    expect([...first, ...second]).toEqual(all);
    expect(
      (await explained({ status: 'placed', placedAt: { $lte: last['placedAt'] } }, sort, 15)).stages,
    ).toEqual(['FETCH', 'IXSCAN']);
  });

  it('sort in memory only where no index gives the order', async () => {
    await prepare();
    expect((await explained({ customer: 7 }, { placedAt: 1 })).stages).toEqual(['SORT', 'FETCH', 'IXSCAN']);
    expect((await explained({ status: 'placed' }, { placedAt: 1, _id: 1 })).stages).toEqual([
      'FETCH',
      'IXSCAN',
    ]);
  });
});

describe('unique indexes', () => {
  it('refuse a second document with the message that applications match on', async () => {
    const users = collection('users');
    await users.createIndex({ email: 1 }, { unique: true });
    await users.insertOne({ _id: 1, email: 'a@b.c' });
    const error = await users.insertOne({ _id: 2, email: 'a@b.c' }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 11000, keyPattern: { email: 1 }, keyValue: { email: 'a@b.c' } });
    expect(error.message).toBe(
      `E11000 duplicate key error collection: ${deployment.db.databaseName}.users index: email_1 dup key: { email: "a@b.c" }`,
    );
    await users.insertOne({ _id: 3 });
    await expect(users.insertOne({ _id: 4 })).rejects.toMatchObject({ code: 11000 });
    await users.updateOne({ _id: 1 }, { $set: { email: 'd@e.f' } });
    await users.insertOne({ _id: 5, email: 'a@b.c' });
  });

  it('are not made over documents that repeat a value', async () => {
    const repeated = collection('repeated');
    await repeated.insertMany([
      { _id: 1, v: 1 },
      { _id: 2, v: 1 },
    ]);
    await expect(repeated.createIndex({ v: 1 }, { unique: true })).rejects.toMatchObject({ code: 11000 });
    expect((await repeated.indexes()).map(({ name }) => name)).toEqual(['_id_']);
    await repeated.insertOne({ _id: 3, v: 1 });
  });
});

describe('an index that is being built', () => {
  it('lets other work go on and holds every document in the end', async () => {
    const busy = collection('busy');
    const total = 6_000;
    await busy.insertMany(Array.from({ length: total }, (_, _id) => ({ _id, v: _id % 100 })));
    let built = false;
    const building = busy.createIndex({ v: 1 }).then(() => {
      built = true;
    });
    let during = 0;
    for (let i = 0; !built; i++) {
      await busy.updateOne({ _id: i % total }, { $set: { v: 1_000 } });
      await busy.deleteOne({ _id: total - 1 - i });
      await busy.insertOne({ _id: total + i, v: 2_000 });
      if (!built) during++;
    }
    await building;
    expect(during).toBeGreaterThan(0);
    const byScan = (await busy.find().hint({ $natural: 1 }).toArray())
      .map(({ _id, v }) => `${v}:${_id}`)
      .sort();
    const byIndex = (
      await busy
        .find({ v: { $gte: 0 } })
        .hint('v_1')
        .toArray()
    )
      .map(({ _id, v }) => `${v}:${_id}`)
      .sort();
    expect(byIndex).toEqual(byScan);
  }, 30_000);
});

describe('index management', () => {
  it('lists, repeats, refuses contradictions and drops', async () => {
    const managed = collection('managed');
    await managed.insertOne({ _id: 1 });
    await managed.createIndexes([{ key: { a: 1 } }, { key: { b: -1, c: 1 }, name: 'bc' }]);
    await managed.createIndex({ a: 1 });
    expect((await managed.indexes()).map(({ name, key }) => [name, key])).toEqual([
      ['_id_', { _id: 1 }],
      ['a_1', { a: 1 }],
      ['bc', { b: -1, c: 1 }],
    ]);
    await expect(managed.createIndex({ a: 1 }, { name: 'other' })).rejects.toMatchObject({ code: 85 });
    await expect(managed.createIndex({ z: 1 }, { name: 'bc' })).rejects.toMatchObject({ code: 86 });
    await managed.dropIndex('bc');
    await expect(managed.dropIndex('bc')).rejects.toMatchObject({ code: 27 });
    await expect(managed.dropIndex('_id_')).rejects.toMatchObject({ code: 72 });
  });

  it('follows arrays: an index entry for each element, each document once', async () => {
    const tagged = collection('tagged');
    await tagged.createIndex({ tags: 1 });
    await tagged.insertMany([
      { _id: 1, tags: ['a', 'b', 'a'] },
      { _id: 2, tags: ['b'] },
      { _id: 3, tags: 'a' },
      { _id: 4 },
    ]);
    const ids = (filter: Document) =>
      tagged
        .find(filter)
        .sort({ _id: 1 })
        .map(({ _id }) => _id)
        .toArray();
    expect(await ids({ tags: 'a' })).toEqual([1, 3]);
    expect(await ids({ tags: { $in: ['a', 'b'] } })).toEqual([1, 2, 3]);
    expect(await ids({ tags: { $gte: 'a' } })).toEqual([1, 2, 3]);
    expect(await ids({ tags: null })).toEqual([4]);
    await tagged.updateOne({ _id: 1 }, { $pull: { tags: 'a' } as never });
    expect(await ids({ tags: 'a' })).toEqual([3]);
    const lines = collection('lines');
    await lines.createIndex({ 'lines.code': 1, 'lines.q': 1 });
    await lines.insertMany([
      {
        _id: 1,
        lines: [
          { code: 'x', q: 1 },
          { code: 'y', q: 2 },
        ],
      },
      { _id: 2, lines: [{ code: 'x', q: 2 }] },
    ]);
    const both = { 'lines.code': 'x', 'lines.q': 2 };
    expect(
      await lines
        .find(both)
        .sort({ _id: 1 })
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([1, 2]);
    expect(
      await lines
        .find({ lines: { $elemMatch: { code: 'x', q: 2 } } })
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([2]);
    const parallel = collection('parallel');
    await parallel.createIndex({ a: 1, b: 1 });
    await expect(parallel.insertOne({ _id: 1, a: [1], b: [2] })).rejects.toMatchObject({ code: 171 });
  });

  it('renames and drops collections', async () => {
    await collection('from').insertOne({ _id: 1, v: 1 });
    await collection('from').createIndex({ v: 1 });
    await collection('taken').insertOne({ _id: 2 });
    await expect(deployment.db.renameCollection('from', 'taken')).rejects.toMatchObject({ code: 48 });
    await deployment.db.renameCollection('from', 'taken', { dropTarget: true });
    expect(await collection('taken').find({ v: 1 }).toArray()).toEqual([{ _id: 1, v: 1 }]);
    expect(await collection('from').countDocuments()).toBe(0);
    await collection('taken').drop();
    await collection('taken').insertOne({ _id: 9 });
    expect(await collection('taken').find().toArray()).toEqual([{ _id: 9 }]);
  });
});
