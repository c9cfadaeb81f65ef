import { describe, expect, it } from '@jest/globals';
import { type Document, Double, Int32, Long, MongoServerError, type UpdateFilter } from 'mongodb';
import { useDeployment } from './deployment.js';

const deployment = useDeployment();
const collection = () => deployment.db.collection<Document & { _id: string }>('updates');

interface Case {
  readonly name: string;
  readonly before: Document;
  readonly update: UpdateFilter<Document> | Document[];
  /** The document afterwards without its _id, or the code of the error. */
  readonly after: Document | number;
  readonly filter?: Document;
  readonly arrayFilters?: Document[];
}

/** Expected documents from the MongoDB manual, "Update Operators". */
const CASES: readonly Case[] = [
  {
    name: '$set adds, replaces and nests',
    before: { a: 1 },
    update: { $set: { a: 2, 'b.c': 3 } },
    after: { a: 2, b: { c: 3 } },
  },
  {
    name: '$set of an array element fills with nulls',
    before: { a: [1] },
    update: { $set: { 'a.3': 4 } },
    after: { a: [1, null, null, 4] },
  },
  { name: '$set below a scalar', before: { a: 1 }, update: { $set: { 'a.b': 1 } }, after: 28 },
  { name: '$set below null', before: { a: null }, update: { $set: { 'a.b': 1 } }, after: 28 },
  { name: '$set of a named field in an array', before: { a: [] }, update: { $set: { 'a.b': 1 } }, after: 28 },
  { name: '$set of another _id', before: { a: 1 }, update: { $set: { _id: 'other' } }, after: 66 },
  { name: 'an empty path', before: {}, update: { $set: { '': 1 } }, after: 56 },
  { name: 'a path with an empty part', before: {}, update: { $set: { 'a..b': 1 } }, after: 56 },
  { name: 'the same path twice', before: { a: 1 }, update: { $set: { a: 1 }, $inc: { a: 1 } }, after: 40 },
  {
    name: 'a path and a part of it',
    before: {},
    update: { $set: { a: 1 }, $unset: { 'a.b': 1 } },
    after: 40,
  },
  { name: 'an unknown operator', before: {}, update: { $frobnicate: { a: 1 } } as never, after: 9 },
  { name: '$unset removes', before: { a: 1, b: 2 }, update: { $unset: { a: '' } }, after: { b: 2 } },
  {
    name: '$unset in an array leaves null',
    before: { a: [1, 2] },
    update: { $unset: { 'a.0': '' } },
    after: { a: [null, 2] },
  },
  { name: '$unset of a missing field', before: { a: 1 }, update: { $unset: { 'b.c': '' } }, after: { a: 1 } },
  {
    name: '$inc adds and creates',
    before: { a: 1 },
    update: { $inc: { a: 2, b: -1 } },
    after: { a: 3, b: -1 },
  },
  { name: '$inc of a double', before: { a: 1.5 }, update: { $inc: { a: 1 } }, after: { a: 2.5 } },
  { name: '$inc of a string', before: { a: 'x' }, update: { $inc: { a: 1 } }, after: 14 },
  { name: '$inc by a string', before: { a: 1 }, update: { $inc: { a: 'x' as never } }, after: 14 },
  { name: '$inc of null', before: { a: null }, update: { $inc: { a: 1 } }, after: 14 },
  { name: '$inc beyond int64', before: { a: Long.MAX_VALUE }, update: { $inc: { a: 1 } }, after: 2 },
  {
    name: '$mul multiplies; a missing field is 0',
    before: { a: 3 },
    update: { $mul: { a: 2, b: 5 } },
    after: { a: 6, b: 0 },
  },
  {
    name: '$min keeps the smaller',
    before: { a: 3, b: 3 },
    update: { $min: { a: 2, b: 5, c: 1 } },
    after: { a: 2, b: 3, c: 1 },
  },
  {
    name: '$max keeps the larger, in comparison order',
    before: { a: 3, b: 'x' },
    update: { $max: { a: 5, b: 9 } },
    after: { a: 5, b: 'x' },
  },
  {
    name: '$rename moves',
    before: { a: 1, b: 2 },
    update: { $rename: { a: 'c.d' } },
    after: { b: 2, c: { d: 1 } },
  },
  { name: '$rename onto itself', before: { a: 1 }, update: { $rename: { a: 'a' } }, after: 2 },
  {
    name: '$setOnInsert does nothing on a match',
    before: { a: 1 },
    update: { $setOnInsert: { b: 1 }, $set: { a: 2 } },
    after: { a: 2 },
  },
  {
    name: '$push appends and creates',
    before: { a: [1] },
    update: { $push: { a: 2, b: 1 } } as never,
    after: { a: [1, 2], b: [1] },
  },
  {
    name: '$push of an array adds one element',
    before: { a: [] },
    update: { $push: { a: [1, 2] } } as never,
    after: { a: [[1, 2]] },
  },
  {
    name: '$push $each',
    before: { a: [1] },
    update: { $push: { a: { $each: [2, 3] } } } as never,
    after: { a: [1, 2, 3] },
  },
  {
    name: '$push $position',
    before: { a: [1, 4] },
    update: { $push: { a: { $each: [2, 3], $position: 1 } } } as never,
    after: { a: [1, 2, 3, 4] },
  },
  {
    name: '$push $position from the end',
    before: { a: [1, 4] },
    update: { $push: { a: { $each: [3], $position: -1 } } } as never,
    after: { a: [1, 3, 4] },
  },
  {
    name: '$push $sort and $slice',
    before: { a: [3, 1] },
    update: { $push: { a: { $each: [2], $sort: 1, $slice: -2 } } } as never,
    after: { a: [2, 3] },
  },
  {
    name: '$push $sort of documents',
    before: { a: [{ x: 2 }] },
    update: { $push: { a: { $each: [{ x: 3 }, { x: 1 }], $sort: { x: -1 } } } } as never,
    after: { a: [{ x: 3 }, { x: 2 }, { x: 1 }] },
  },
  { name: '$push to a scalar', before: { a: 1 }, update: { $push: { a: 1 } } as never, after: 2 },
  {
    name: '$push with an unknown clause',
    before: { a: [] },
    update: { $push: { a: { $each: [], $other: 1 } } } as never,
    after: 2,
  },
  {
    name: '$addToSet adds once, keeping what is there',
    before: { a: [1, 1, 2] },
    update: { $addToSet: { a: { $each: [2, 3, 3] } } } as never,
    after: { a: [1, 1, 2, 3] },
  },
  {
    name: '$addToSet minds field order',
    before: { a: [{ x: 1, y: 2 }] },
    update: { $addToSet: { a: { y: 2, x: 1 } } } as never,
    after: {
      a: [
        { x: 1, y: 2 },
        { y: 2, x: 1 },
      ],
    },
  },
  {
    name: '$pull by value',
    before: { a: [1, 2, 1] },
    update: { $pull: { a: 1 } } as never,
    after: { a: [2] },
  },
  {
    name: '$pull by operator',
    before: { a: [1, 5, 9] },
    update: { $pull: { a: { $gte: 5 } } } as never,
    after: { a: [1] },
  },
  {
    name: '$pull by fields of documents',
    before: { a: [{ x: 1, y: 1 }, { x: 2 }] },
    update: { $pull: { a: { x: 1 } } } as never,
    after: { a: [{ x: 2 }] },
  },
  { name: '$pull of a scalar', before: { a: 1 }, update: { $pull: { a: 1 } } as never, after: 2 },
  {
    name: '$pullAll',
    before: { a: [1, 2, 3, 2] },
    update: { $pullAll: { a: [2, 3] } } as never,
    after: { a: [1] },
  },
  {
    name: '$pop last and first',
    before: { a: [1, 2], b: [1, 2] },
    update: { $pop: { a: 1, b: -1 } } as never,
    after: { a: [1], b: [2] },
  },
  { name: '$pop of a scalar', before: { a: 1 }, update: { $pop: { a: 1 } } as never, after: 14 },
  {
    name: '$bit and, or, xor',
    before: { a: 13, b: 3, c: 1 },
    update: { $bit: { a: { and: 10 }, b: { or: 4 }, c: { xor: 5 } } } as never,
    after: { a: 8, b: 7, c: 4 },
  },
  {
    name: 'positional $',
    before: { a: [1, 5, 9] },
    filter: { a: 5 },
    update: { $set: { 'a.$': 6 } } as never,
    after: { a: [1, 6, 9] },
  },
  {
    name: 'positional $ in documents',
    before: {
      a: [
        { k: 1, v: 1 },
        { k: 2, v: 1 },
      ],
    },
    filter: { 'a.k': 2 },
    update: { $inc: { 'a.$.v': 1 } } as never,
    after: {
      a: [
        { k: 1, v: 1 },
        { k: 2, v: 2 },
      ],
    },
  },
  {
    name: 'positional $ by $elemMatch',
    before: {
      a: [
        { k: 1, v: 1 },
        { k: 1, v: 2 },
      ],
    },
    filter: { a: { $elemMatch: { k: 1, v: 2 } } },
    update: { $set: { 'a.$.v': 3 } } as never,
    after: {
      a: [
        { k: 1, v: 1 },
        { k: 1, v: 3 },
      ],
    },
  },
  {
    name: 'positional $ without a condition on the array',
    before: { a: [1] },
    update: { $set: { 'a.$': 2 } } as never,
    after: 2,
  },
  {
    name: 'all elements $[]',
    before: { a: [1, 2] },
    update: { $inc: { 'a.$[]': 10 } } as never,
    after: { a: [11, 12] },
  },
  {
    name: 'filtered elements',
    before: { a: [1, 5, 9] },
    update: { $set: { 'a.$[high]': 0 } } as never,
    arrayFilters: [{ high: { $gte: 5 } }],
    after: { a: [1, 0, 0] },
  },
  {
    name: 'filtered elements by field',
    before: { a: [{ k: 1 }, { k: 2 }] },
    update: { $set: { 'a.$[e].v': 1 } } as never,
    arrayFilters: [{ 'e.k': 2 }],
    after: { a: [{ k: 1 }, { k: 2, v: 1 }] },
  },
  {
    name: 'an array filter that is not used',
    before: { a: [1] },
    update: { $set: { a: 1 } },
    arrayFilters: [{ e: 1 }],
    after: 9,
  },
  {
    name: 'a missing array filter',
    before: { a: [1] },
    update: { $set: { 'a.$[e]': 1 } } as never,
    after: 2,
  },
  {
    name: 'pipeline $set with literals, paths and expressions',
    before: { a: 2, b: 3 },
    update: [{ $set: { c: { $add: ['$a', '$b'] }, d: '$a', e: 'x' } }],
    after: { a: 2, b: 3, c: 5, d: 2, e: 'x' },
  },
  {
    name: 'pipeline $set merges documents',
    before: { a: { b: 1 } },
    update: [{ $set: { a: { c: 2 } } }],
    after: { a: { b: 1, c: 2 } },
  },
  { name: 'pipeline $unset', before: { a: 1, b: 2 }, update: [{ $unset: 'a' }], after: { b: 2 } },
  {
    name: 'pipeline $replaceWith',
    before: { a: { x: 1 } },
    update: [{ $replaceWith: '$a' }],
    after: { x: 1 },
  },
  {
    name: 'a pipeline stage that updates do not have',
    before: {},
    update: [{ $group: { _id: 1 } }],
    after: 72,
  },
  {
    name: 'new fields in path order, numbers as numbers',
    before: {},
    update: { $set: { b: 1, a: 1, 'c.10': 1, 'c.9': 1 } },
    after: { a: 1, b: 1, c: { 9: 1, 10: 1 } },
  },
];

describe('update operators', () => {
  it.each(CASES)('$name', async ({ before, update, after, filter, arrayFilters }) => {
    await collection().deleteMany({});
    await collection().insertOne({ _id: 'doc', ...before });
    const run = collection().updateOne(
      { _id: 'doc', ...filter },
      update as never,
      arrayFilters ? { arrayFilters } : {},
    );
    if (typeof after === 'number') {
      const error = await run.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(MongoServerError);
      expect((error as MongoServerError).code).toBe(after);
      expect(await collection().findOne()).toEqual({
        _id: 'doc',
        ...before,
        ...(before['a'] === Long.MAX_VALUE ? { a: expect.anything() } : {}),
      });
      return;
    }
    await run;
    const stored = await collection().findOne();
    expect(stored).toEqual({ _id: 'doc', ...after });
    expect(Object.keys(stored!)).toEqual(['_id', ...Object.keys(after)]);
  });

  it('keep the types of numbers', async () => {
    await collection().insertOne({
      _id: 'types',
      int: new Int32(2_147_483_647),
      double: new Double(5),
      long: Long.fromNumber(1),
    });
    await collection().updateOne(
      { _id: 'types' },
      { $inc: { int: 1, double: 1, long: 1 }, $set: { other: new Double(3) } },
    );
    const raw = await collection().findOne({ _id: 'types' }, { promoteValues: false });
    expect(raw).toMatchObject({
      int: Long.fromNumber(2_147_483_648),
      double: new Double(6),
      long: Long.fromNumber(2),
      other: new Double(3),
    });
  });

  it('say nothing was modified when nothing changed', async () => {
    await collection().insertOne({ _id: 'same', a: 1, b: [1] });
    expect(
      await collection().updateOne({ _id: 'same' }, { $set: { a: 1 }, $addToSet: { b: 1 } as never }),
    ).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
  });

  it('give the time of the server', async () => {
    const from = Date.now();
    await collection().insertOne({ _id: 'time' });
    await collection().updateOne({ _id: 'time' }, {
      $currentDate: { date: true, 'nested.at': { $type: 'timestamp' } },
    } as never);
    await collection().updateOne({ _id: 'time' }, [
      { $set: { now: '$$NOW', later: { $add: ['$$NOW', 1000] } } },
    ]);
    const stored = (await collection().findOne({ _id: 'time' })) as unknown as {
      date: Date;
      now: Date;
      later: Date;
    };
    for (const date of [stored.date, stored.now]) expect(date.getTime()).toBeGreaterThanOrEqual(from - 1000);
    expect(stored.later.getTime() - stored.now.getTime()).toBe(1000);
  });

  it('seed an upsert from the equalities of its filter', async () => {
    const result = await collection().updateOne(
      { _id: 'seeded', 'a.b': 1, c: { $gt: 5 }, $and: [{ d: { $eq: 2 } }] },
      { $set: { e: 3 }, $setOnInsert: { f: 4 } },
      { upsert: true },
    );
    expect(result).toMatchObject({ upsertedId: 'seeded', upsertedCount: 1, matchedCount: 0 });
    expect(await collection().findOne({ _id: 'seeded' })).toEqual({
      _id: 'seeded',
      a: { b: 1 },
      d: 2,
      e: 3,
      f: 4,
    });
  });

  it('replace everything but the _id, and refuse another one', async () => {
    await collection().insertOne({ _id: 'replaced', a: 1 });
    await collection().replaceOne({ _id: 'replaced' }, { b: 2 });
    expect(await collection().findOne({ _id: 'replaced' })).toEqual({ _id: 'replaced', b: 2 });
    await expect(
      collection().replaceOne({ _id: 'replaced' }, { _id: 'x', b: 2 } as never),
    ).rejects.toMatchObject({ code: 66 });
  });
});
