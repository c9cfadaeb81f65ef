import { describe, expect, it } from '@jest/globals';
import { type Document, ObjectId } from 'mongodb';
import { useDeployment } from './deployment.js';

const deployment = useDeployment();
const collection = () => deployment.db.collection<{ _id: number; [name: string]: unknown }>('queries');

interface Case {
  readonly filter: Document;
  /** Positions of the matching documents, or the code of the error. */
  readonly matches: readonly number[] | number;
  readonly documents: readonly Document[];
}

const SCALARS = [
  { a: 1 },
  { a: 2.5 },
  { a: 'x' },
  { a: null },
  {},
  { a: [1, 3] },
  { a: [] },
  { a: { b: 1 } },
];
const NESTED = [
  { a: { b: 1 } },
  { a: [{ b: 1 }, { b: 2 }] },
  { a: [{ c: 1 }] },
  { a: 1 },
  { a: [1, 2] },
  { a: { b: null } },
];

/** From the MongoDB manual: query operators, comparison order, querying arrays and null. */
const CASES: readonly Case[] = [
  { documents: SCALARS, filter: { a: 1 }, matches: [0, 5] },
  { documents: SCALARS, filter: { a: { $eq: [1, 3] } }, matches: [5] },
  { documents: SCALARS, filter: { a: null }, matches: [3, 4] },
  { documents: SCALARS, filter: { a: { $ne: 1 } }, matches: [1, 2, 3, 4, 6, 7] },
  { documents: SCALARS, filter: { a: { $gt: 1 } }, matches: [1, 5] },
  { documents: SCALARS, filter: { a: { $gte: 1, $lt: 2 } }, matches: [0, 5] },
  { documents: SCALARS, filter: { a: { $gte: null } }, matches: [3, 4] },
  { documents: SCALARS, filter: { a: { $in: [2.5, 'x', null] } }, matches: [1, 2, 3, 4] },
  { documents: SCALARS, filter: { a: { $in: [/^x/] } }, matches: [2] },
  { documents: SCALARS, filter: { a: { $nin: [1, null] } }, matches: [1, 2, 6, 7] },
  { documents: SCALARS, filter: { a: { $exists: true } }, matches: [0, 1, 2, 3, 5, 6, 7] },
  { documents: SCALARS, filter: { a: { $exists: false } }, matches: [4] },
  { documents: SCALARS, filter: { a: { $type: 'number' } }, matches: [0, 1, 5] },
  { documents: SCALARS, filter: { a: { $type: 'array' } }, matches: [5, 6] },
  { documents: SCALARS, filter: { a: { $type: ['string', 'null'] } }, matches: [2, 3] },
  { documents: SCALARS, filter: { a: { $size: 2 } }, matches: [5] },
  { documents: SCALARS, filter: { a: { $size: 0 } }, matches: [6] },
  { documents: SCALARS, filter: { a: { $all: [1, 3] } }, matches: [5] },
  { documents: SCALARS, filter: { a: { $all: [1] } }, matches: [0, 5] },
  { documents: SCALARS, filter: { a: { $all: [] } }, matches: [] },
  { documents: SCALARS, filter: { a: { $elemMatch: { $gt: 2, $lt: 4 } } }, matches: [5] },
  { documents: SCALARS, filter: { a: { b: 1 } }, matches: [7] },
  { documents: SCALARS, filter: { a: { $mod: [2, 1] } }, matches: [0, 5] },
  { documents: SCALARS, filter: { a: { $not: { $gt: 1 } } }, matches: [0, 2, 3, 4, 6, 7] },
  { documents: SCALARS, filter: { $or: [{ a: 1 }, { a: 'x' }] }, matches: [0, 2, 5] },
  { documents: SCALARS, filter: { $nor: [{ a: 1 }, { a: null }] }, matches: [1, 2, 6, 7] },
  { documents: SCALARS, filter: { $and: [{ a: { $gt: 0 } }, { a: { $lt: 2 } }] }, matches: [0, 5] },
  { documents: SCALARS, filter: { a: { $bitsAllSet: 1 } }, matches: [0, 5] },
  { documents: SCALARS, filter: { 'a.0': 1 }, matches: [5] },
  { documents: SCALARS, filter: { $expr: { $gt: ['$a', 2] } }, matches: [1, 2, 5, 6, 7] },
  { documents: NESTED, filter: { 'a.b': 1 }, matches: [0, 1] },
  { documents: NESTED, filter: { 'a.b': null }, matches: [2, 3, 5] },
  { documents: NESTED, filter: { 'a.b': { $exists: false } }, matches: [2, 3, 4] },
  { documents: NESTED, filter: { a: { $elemMatch: { b: 2 } } }, matches: [1] },
  { documents: [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }], filter: { a: { x: 1, y: 2 } }, matches: [0] },
  { documents: [{ s: 'Abc' }, { s: 'abc' }, { s: 'xabc' }], filter: { s: /^abc/i }, matches: [0, 1] },
  { documents: [{ s: 'Abc' }, { s: 'abc' }], filter: { s: { $regex: 'B', $options: 'i' } }, matches: [0, 1] },
  { documents: [{ a: Number.NaN }, { a: 1 }], filter: { a: Number.NaN }, matches: [0] },
  { documents: [{ a: Number.NaN }, { a: 1 }], filter: { a: { $lt: 5 } }, matches: [1] },
  { documents: [{ d: new Date(5) }, { d: 5 }], filter: { d: { $gte: new Date(1) } }, matches: [0] },
  {
    documents: [{ o: new ObjectId('0'.repeat(24)) }, { o: '0'.repeat(24) }],
    filter: { o: new ObjectId('0'.repeat(24)) },
    matches: [0],
  },
  { documents: [], filter: { a: { $frobnicate: 1 } }, matches: 2 },
  { documents: [], filter: { $frobnicate: 1 }, matches: 2 },
  { documents: [], filter: { $and: [] }, matches: 2 },
  { documents: [], filter: { a: { $in: 1 } }, matches: 2 },
  { documents: [], filter: { a: { $size: -1 } }, matches: 2 },
  { documents: [], filter: { a: { $mod: [0, 1] } }, matches: 2 },
];

describe.each([
  ['without an index', undefined],
  ['with an index on the field', 'a'],
  ['with an index on a nested field', 'a.b'],
])('filters %s', (_name, field) => {
  it.each(CASES)('$filter', async ({ documents, filter, matches }) => {
    await collection().drop();
    if (field) await collection().createIndex({ [field]: 1 });
    if (documents.length > 0)
      await collection().insertMany(documents.map((document, _id) => ({ _id, ...document })));
    else await collection().insertOne({ _id: 0 });
    if (typeof matches === 'number') {
      await expect(collection().find(filter).toArray()).rejects.toMatchObject({ code: matches });
      return;
    }
    const found = (await collection().find(filter).toArray()).map(({ _id }) => _id);
    expect(found.sort()).toEqual(matches);
  });
});

describe('results', () => {
  it('are sorted over types in comparison order', async () => {
    await collection().drop();
    const values = [new Date(0), true, new ObjectId(), [5], { a: 1 }, 'b', 'a', 2, 1.5, null];
    await collection().insertMany(values.map((v, _id) => ({ _id, v })));
    const sorted = (direction: 1 | -1) =>
      collection()
        .find()
        .sort({ v: direction })
        .map(({ _id }) => _id)
        .toArray();
    const ascending = [9, 8, 7, 3, 6, 5, 4, 2, 1, 0];
    expect(await sorted(1)).toEqual(ascending);
    expect(await sorted(-1)).toEqual([...ascending].reverse());
  });

  it('are projected', async () => {
    await collection().drop();
    await collection().insertOne({ _id: 1, a: { b: 1, c: 2 }, d: [{ e: 1, f: 2 }, 3], g: [1, 2, 3] });
    const shown = (projection: Document) => collection().findOne({}, { projection });
    expect(await shown({ 'a.b': 1, 'd.e': 1 })).toEqual({ _id: 1, a: { b: 1 }, d: [{ e: 1 }] });
    expect(await shown({ a: 0, 'd.f': 0, _id: 0 })).toEqual({ d: [{ e: 1 }, 3], g: [1, 2, 3] });
    expect(await shown({ g: { $slice: -1 }, a: 1 })).toEqual({ _id: 1, a: { b: 1, c: 2 }, g: [3] });
    expect(await shown({ d: { $elemMatch: { e: 1 } } })).toEqual({ _id: 1, d: [{ e: 1, f: 2 }] });
    await expect(shown({ a: 1, d: 0 })).rejects.toMatchObject({ code: 31254 });
  });

  it('come by cursors in batches that outlive other writes', async () => {
    await collection().drop();
    await collection().insertMany(Array.from({ length: 250 }, (_, _id) => ({ _id, v: 250 - _id })));
    const cursor = collection().find().sort({ _id: 1 }).batchSize(10);
    const seen: number[] = [];
    for await (const { _id } of cursor) {
      seen.push(_id);
      if (_id === 100) await collection().deleteMany({ _id: { $gte: 200 } });
    }
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i));
    const sorted = await collection()
      .find()
      .sort({ v: 1 })
      .skip(5)
      .limit(150)
      .batchSize(7)
      .map(({ v }) => v)
      .toArray();
    expect(sorted).toEqual(Array.from({ length: 150 }, (_, i) => 51 + 5 + i));
  });

  it('end with 43 once the cursor is killed', async () => {
    await collection().drop();
    await collection().insertMany(Array.from({ length: 20 }, (_, _id) => ({ _id })));
    const { cursor } = await deployment.db.command({ find: 'queries', batchSize: 2 });
    expect(cursor.firstBatch).toHaveLength(2);
    expect(await deployment.db.command({ killCursors: 'queries', cursors: [cursor.id] })).toMatchObject({
      cursorsKilled: [cursor.id],
    });
    await expect(deployment.db.command({ getMore: cursor.id, collection: 'queries' })).rejects.toMatchObject({
      code: 43,
    });
  });

  it('can be counted, made distinct and aggregated', async () => {
    await collection().drop();
    await collection().insertMany([1, 2, 2, 3].map((v, _id) => ({ _id, v, tags: ['a', `t${v}`] })));
    expect(await collection().countDocuments({ v: 2 })).toBe(2);
    expect(await collection().estimatedDocumentCount()).toBe(4);
    expect((await collection().distinct('tags')).sort()).toEqual(['a', 't1', 't2', 't3']);
    const groups = await collection()
      .aggregate([
        { $match: { v: { $gte: 2 } } },
        { $group: { _id: '$v', n: { $sum: 1 }, ids: { $push: '$_id' } } },
        { $sort: { _id: -1 } },
      ])
      .toArray();
    expect(groups).toEqual([
      { _id: 3, n: 1, ids: [3] },
      { _id: 2, n: 2, ids: [1, 2] },
    ]);
  });
});
