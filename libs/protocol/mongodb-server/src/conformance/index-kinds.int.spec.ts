import { describe, expect, it } from '@jest/globals';
import type { CreateIndexesOptions, Document, IndexSpecification } from 'mongodb';
import { isEmbedded, useDeployment } from './deployment.js';

const deployment = useDeployment();
type Row = Document & { _id: number };
const collection = (name: string) => deployment.db.collection<Row>(name);

async function filled(
  name: string,
  rows: readonly Row[],
  indexes: readonly [IndexSpecification, CreateIndexesOptions?][],
) {
  const made = collection(name);
  await made.drop();
  if (rows.length > 0) await made.insertMany([...rows]);
  for (const [keys, options] of indexes) await made.createIndex(keys, options);
  return made;
}

/** Index of the innermost stage, how many documents were read, and the ids found in order of ids. */
async function asked(name: string, filter: Document, hint?: string | Document) {
  const find = () => collection(name).find(filter, hint ? { hint } : {});
  const plan = await find().explain('executionStats');
  const innermost = (stage: Document): Document =>
    stage['inputStage'] ? innermost(stage['inputStage']) : stage;
  const ids = (await find().toArray()).map(({ _id }) => _id).sort((a, b) => a - b);
  return { index: innermost(plan['queryPlanner'].winningPlan)['indexName'], ids };
}

const listed = async (name: string) => (await collection(name).indexes()).slice(1);

describe('a sparse index', () => {
  const rows = [{ _id: 1, a: 5 }, { _id: 2, a: null }, { _id: 3 }, { _id: 4, a: [5, 6] }, { _id: 5, b: 1 }];

  it('leaves out documents without the field, and is used only where none of them could match', async () => {
    await filled('sparse', rows, [[{ a: 1 }, { sparse: true }]]);
    expect(await asked('sparse', { a: 5 })).toEqual({ index: 'a_1', ids: [1, 4] });
    expect(await asked('sparse', { a: null })).toEqual({ index: undefined, ids: [2, 3, 5] });
    expect(await asked('sparse', { a: { $ne: 5 } })).toEqual({ index: undefined, ids: [2, 3, 5] });
    const sorted = await collection('sparse').find().sort({ a: 1, _id: 1 }).toArray();
    expect(sorted.map(({ _id }) => _id)).toEqual([2, 3, 5, 1, 4]);
    expect((await asked('sparse', {}, 'a_1')).ids).toEqual([1, 2, 4]);
    expect(await listed('sparse')).toMatchObject([{ key: { a: 1 }, sparse: true }]);
  });

  it('with several fields holds documents that have one of them', async () => {
    await filled('sparse_two', rows, [[{ a: 1, b: 1 }, { sparse: true }]]);
    expect((await asked('sparse_two', {}, 'a_1_b_1')).ids).toEqual([1, 2, 4, 5]);
  });

  it('that is unique lets many documents be without the field', async () => {
    const unique = await filled('sparse_unique', [], [[{ a: 1 }, { sparse: true, unique: true }]]);
    await unique.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3, a: 1 }]);
    await expect(unique.insertOne({ _id: 4, a: 1 })).rejects.toMatchObject({ code: 11000 });
    await unique.updateOne({ _id: 3 }, { $unset: { a: '' } });
    await unique.insertOne({ _id: 4, a: 1 });
    await expect(unique.updateOne({ _id: 1 }, { $set: { a: 1 } })).rejects.toMatchObject({ code: 11000 });
  });
});

describe('a partial index', () => {
  const rows = [
    { _id: 1, a: 1, rating: 3 },
    { _id: 2, a: 1, rating: 7 },
    { _id: 3, a: 1, rating: [1, 9] },
    { _id: 4, a: 1 },
    { _id: 5, a: 2, rating: 8 },
  ];
  const above5 = { partialFilterExpression: { rating: { $gt: 5 } } };

  it('is used where the query asks for no more than it holds', async () => {
    await filled('partial', rows, [[{ a: 1 }, above5]]);
    const usedBy = async (filter: Document) => (await asked('partial', { a: 1, ...filter })).index;
    expect(await asked('partial', { a: 1, rating: { $gt: 6 } })).toEqual({ index: 'a_1', ids: [2, 3] });
    expect(await usedBy({ rating: { $gt: 5 } })).toBe('a_1');
    expect(await usedBy({ rating: { $gte: 6 } })).toBe('a_1');
    expect(await usedBy({ rating: 8 })).toBe('a_1');
    expect(await usedBy({ rating: { $in: [6, 7] } })).toBe('a_1');
    expect(await usedBy({ $and: [{ rating: { $gt: 9 } }] })).toBe('a_1');
    expect(await usedBy({ rating: { $gte: 5 } })).toBeUndefined();
    expect(await usedBy({ rating: { $in: [4, 7] } })).toBeUndefined();
    expect(await usedBy({ rating: { $lt: 9 } })).toBeUndefined();
    expect(await usedBy({ rating: null })).toBeUndefined();
    expect(await usedBy({ $or: [{ rating: 8 }, { rating: 1 }] })).toBeUndefined();
    expect(await asked('partial', { a: 1 })).toEqual({ index: undefined, ids: [1, 2, 3, 4] });
    expect((await asked('partial', { a: { $gte: 0 } }, 'a_1')).ids).toEqual([2, 3, 5]);
    expect(await listed('partial')).toMatchObject([above5]);
  });

  it('follows documents into it and out of it', async () => {
    const moving = await filled('partial_moves', rows, [[{ a: 1 }, { ...above5, unique: false }]]);
    await moving.updateOne({ _id: 1 }, { $set: { rating: 6 } });
    await moving.updateOne({ _id: 2 }, { $unset: { rating: '' } });
    await moving.deleteOne({ _id: 3 });
    expect(await asked('partial_moves', { a: 1, rating: { $gt: 5 } })).toEqual({ index: 'a_1', ids: [1] });
    expect((await asked('partial_moves', {}, 'a_1')).ids).toEqual([1, 5]);
  });

  it('that is unique keeps its word for the documents in it', async () => {
    const unique = await filled('partial_unique', [], [[{ a: 1 }, { ...above5, unique: true }]]);
    await unique.insertMany([
      { _id: 1, a: 1, rating: 1 },
      { _id: 2, a: 1, rating: 2 },
      { _id: 3, a: 1, rating: 9 },
    ]);
    await expect(unique.insertOne({ _id: 4, a: 1, rating: 6 })).rejects.toMatchObject({ code: 11000 });
    await expect(unique.updateOne({ _id: 1 }, { $set: { rating: 6 } })).rejects.toMatchObject({
      code: 11000,
    });
  });

  it.each<[Document, number]>([
    [{ a: { $ne: 1 } }, 67],
    [{ a: { $exists: false } }, 67],
    [{ a: /x/ }, 67],
    [{ a: { $elemMatch: { b: 1 } } }, 67],
    [{ $nor: [{ a: 1 }] }, 67],
    [{ a: { $unknown: 1 } }, 2],
  ])('refuses the filter %j', async (partialFilterExpression, code) => {
    await expect(
      collection('refused').createIndex({ a: 1 }, { partialFilterExpression }),
    ).rejects.toMatchObject({
      code,
    });
  });
});

describe('a hidden index', () => {
  it('is kept up to date and not used', async () => {
    const hidden = await filled('hidden', [{ _id: 1, a: 1 }], [[{ a: 1 }, { hidden: true, unique: true }]]);
    expect((await asked('hidden', { a: 1 })).index).toBeUndefined();
    await expect(hidden.insertOne({ _id: 2, a: 1 })).rejects.toMatchObject({ code: 11000 });
    await expect(hidden.find({ a: 1 }).hint('a_1').toArray()).rejects.toMatchObject({ code: 2 });
    expect(await listed('hidden')).toMatchObject([{ hidden: true, unique: true }]);
    await expect(hidden.createIndex({ _id: 1 }, { hidden: true })).rejects.toMatchObject({ code: 2 });
  });
});

describe('index specifications', () => {
  it.each<[string, Document, number]>([
    ['keys of no order', { key: { a: 0 }, name: 'x' }, 67],
    ['an empty name of a field', { key: { '': 1 }, name: 'x' }, 67],
    ['an empty part of a path', { key: { 'a..b': 1 }, name: 'x' }, 67],
    ['no keys', { key: {}, name: 'x' }, 67],
    ['a boolean for a direction', { key: { a: true }, name: 'x' }, 67],
    ['an unknown kind', { key: { a: 'unknown' }, name: 'x' }, 67],
    ['no name', { key: { a: 1 } }, 9],
    ['an unknown option', { key: { a: 1 }, name: 'x', unknown: 1 }, 197],
    ['a life that is no number', { key: { a: 1 }, name: 'x', expireAfterSeconds: 'a' }, 67],
    ['a negative life', { key: { a: 1 }, name: 'x', expireAfterSeconds: -1 }, 67],
    ['a life on two fields', { key: { a: 1, b: 1 }, name: 'x', expireAfterSeconds: 1 }, 67],
    ['a life on _id', { key: { _id: 1 }, name: '_id_', expireAfterSeconds: 1 }, 197],
    ['sparse and partial', { key: { a: 1 }, name: 'x', sparse: true, partialFilterExpression: { a: 1 } }, 67],
  ])('with %s are refused', async (_what, index, code) => {
    await expect(
      deployment.db.command({ createIndexes: 'specified', indexes: [index] }),
    ).rejects.toMatchObject({ code });
  });

  it('with the same keys may differ in what they hold, and contradict each other otherwise', async () => {
    const twice = await filled('twice', [], [[{ a: 1 }]]);
    await twice.createIndex({ a: 1 }, { name: 'sparse', sparse: true });
    await twice.createIndex({ a: 1 }, { name: 'unique', unique: true });
    await twice.createIndex({ a: 1 }, { name: 'partial', partialFilterExpression: { b: 1 } });
    await expect(twice.createIndex({ a: 1 }, { name: 'again' })).rejects.toMatchObject({ code: 85 });
    await expect(twice.createIndex({ a: 1 }, { name: 'sparse' })).rejects.toMatchObject({ code: 86 });
    await expect(twice.createIndex({ a: 1 }, { expireAfterSeconds: 5 })).rejects.toMatchObject({ code: 85 });
    expect((await listed('twice')).map(({ name }) => name)).toEqual(['a_1', 'sparse', 'unique', 'partial']);
  });
});

describe('hints', () => {
  it('take a name, a key pattern or $natural, and are never ignored', async () => {
    const hinted = await filled(
      'hinted',
      Array.from({ length: 20 }, (_, _id) => ({ _id, a: _id % 2, b: _id })),
      [[{ a: 1 }], [{ b: -1 }]],
    );
    expect((await asked('hinted', { a: 1 }, 'b_-1')).index).toBe('b_-1');
    expect((await asked('hinted', { a: 1 }, { b: -1 })).index).toBe('b_-1');
    expect((await asked('hinted', { a: 1 }, { _id: 1 })).index).toBe('_id_');
    expect((await asked('hinted', { a: 1 }, { $natural: 1 })).index).toBeUndefined();
    for (const hint of ['none', { b: 1 }, { a: 1, b: 1 }] as Document[]) {
      await expect(hinted.find({ a: 1 }).hint(hint).toArray()).rejects.toMatchObject({ code: 2 });
      await expect(hinted.updateOne({ a: 1 }, { $set: { c: 1 } }, { hint })).rejects.toMatchObject({
        code: 2,
      });
      await expect(hinted.deleteOne({ a: 1 }, { hint })).rejects.toMatchObject({ code: 2 });
      await expect(hinted.countDocuments({ a: 1 }, { hint })).rejects.toMatchObject({ code: 2 });
      await expect(hinted.findOneAndUpdate({ a: 1 }, { $set: { c: 1 } }, { hint })).rejects.toMatchObject({
        code: 2,
      });
    }
    expect(
      await hinted
        .find({ a: 1 })
        .hint({ $natural: -1 })
        .map(({ _id }) => _id)
        .toArray(),
    ).toHaveLength(10);
  });
});

describe('plans', () => {
  const rows = Array.from({ length: 200 }, (_, _id) => ({ _id, a: _id % 10, b: _id % 7, t: `t${_id % 5}` }));

  it('unite the indexes of the branches of an $or, each document once', async () => {
    await filled('united', rows, [[{ a: 1 }], [{ b: 1 }]]);
    const filter = { $or: [{ a: 3 }, { b: 3 }] };
    const plan = await collection('united').find(filter).explain('executionStats');
    expect(plan['executionStats'].totalDocsExamined).toBeLessThan(60);
    const wanted = rows.filter(({ a, b }) => a === 3 || b === 3).map(({ _id }) => _id);
    expect((await asked('united', filter)).ids).toEqual(wanted);
    expect((await asked('united', { $or: [{ a: 3 }, { t: 't1' }] })).ids).toEqual(
      rows.filter(({ a, t }) => a === 3 || t === 't1').map(({ _id }) => _id),
    );
  });

  it('find a beginning of a text in an index', async () => {
    await filled('begins', rows, [[{ t: 1 }]]);
    expect(await asked('begins', { t: /^t3/ })).toEqual({
      index: 't_1',
      ids: rows.filter(({ t }) => t === 't3').map(({ _id }) => _id),
    });
  });

  (isEmbedded ? it : it.skip)(
    'count from an index alone where its entries say all (explain as embedded)',
    async () => {
      const counted = await filled('counted', rows, [[{ a: 1, b: 1 }], [{ t: 1 }]]);
      const explained = async (query: Document) => {
        const plan = await deployment.db.command({ explain: { count: 'counted', query } });
        const { totalDocsExamined, totalKeysExamined } = plan['executionStats'];
        return [totalKeysExamined, totalDocsExamined];
      };
      expect(await explained({ a: 3 })).toEqual([20, 0]);
      expect(await explained({ a: 3, b: { $gte: 2, $lt: 5 } })).toEqual([9, 0]);
      expect(await counted.countDocuments({ a: 3, b: { $gte: 2, $lt: 5 } })).toBe(9);
      expect(await counted.countDocuments({ a: { $in: [1, 2, 3] } }, { skip: 5, limit: 20 })).toBe(20);
      expect(await explained({ a: 3, t: 't3' })).not.toContain(0);
      expect(await explained({ t: /^t/ })).toEqual([200, 200]);
      await counted.insertOne({ _id: 1_000, a: [3, 3.5], b: 1 });
      expect(await counted.countDocuments({ a: { $gte: 3, $lt: 4 } })).toBe(21);
    },
  );

  it('do not sort by an index with arrays, nor meet two conditions by one entry of it', async () => {
    await filled(
      'arrays',
      [
        { _id: 1, a: [1, 9] },
        { _id: 2, a: [4, 5] },
        { _id: 3, a: 3 },
      ],
      [[{ a: 1 }]],
    );
    expect((await asked('arrays', { a: { $gt: 5, $lt: 4 } })).ids).toEqual([1]);
    expect((await asked('arrays', { a: { $elemMatch: { $gt: 3, $lt: 5 } } })).ids).toEqual([2]);
    const ids = async (direction: 1 | -1) =>
      (
        await collection('arrays')
          .find({ a: { $gte: 2 } })
          .sort({ a: direction })
          .toArray()
      ).map(({ _id }) => _id);
    expect(await ids(1)).toEqual([1, 3, 2]);
    expect(await ids(-1)).toEqual([1, 2, 3]);
  });

  it('keep the first of a sort in memory without an index', async () => {
    const many = await filled(
      'top',
      rows.map((row) => ({ ...row, x: (row._id * 37) % 200 })),
      [],
    );
    const top = await many
      .find()
      .sort({ x: -1 })
      .skip(3)
      .limit(4)
      .map(({ x }) => x)
      .toArray();
    expect(top).toEqual([196, 195, 194, 193]);
  });
});
