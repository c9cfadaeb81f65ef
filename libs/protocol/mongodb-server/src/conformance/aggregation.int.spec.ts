import { describe, expect, it } from '@jest/globals';
import type { Document } from 'mongodb';
import { useDeployment } from './deployment.js';

const deployment = useDeployment();

const ORDERS = [
  {
    _id: 1,
    customer: 'a',
    total: 10,
    lines: [
      { code: 'x', q: 1 },
      { code: 'y', q: 2 },
    ],
    at: new Date('2026-01-05T10:00:00Z'),
  },
  { _id: 2, customer: 'b', total: 20, lines: [{ code: 'x', q: 3 }], at: new Date('2026-01-06T10:00:00Z') },
  { _id: 3, customer: 'a', total: 30.5, lines: [], at: new Date('2026-02-01T10:00:00Z') },
];

/** Expected rows from the MongoDB manual, "Aggregation Stages". */
const CASES: readonly { name: string; pipeline: Document[]; rows: Document[] }[] = [
  {
    name: 'totals by key',
    pipeline: [
      { $group: { _id: '$customer', n: { $sum: 1 }, total: { $sum: '$total' }, most: { $max: '$total' } } },
      { $sort: { _id: 1 } },
    ],
    rows: [
      { _id: 'a', n: 2, total: 40.5, most: 30.5 },
      { _id: 'b', n: 1, total: 20, most: 20 },
    ],
  },
  {
    name: 'one row per element',
    pipeline: [
      { $unwind: '$lines' },
      { $group: { _id: '$lines.code', q: { $sum: '$lines.q' } } },
      { $sort: { _id: 1 } },
    ],
    rows: [
      { _id: 'x', q: 4 },
      { _id: 'y', q: 2 },
    ],
  },
  {
    name: 'computed fields',
    pipeline: [
      { $match: { _id: 1 } },
      { $project: { total: 1, double: { $multiply: ['$total', 2] }, who: '$customer' } },
    ],
    rows: [{ _id: 1, total: 10, double: 20, who: 'a' }],
  },
  {
    name: 'fields set beside others',
    pipeline: [
      { $match: { _id: 2 } },
      { $set: { 'extra.codes': { $size: '$lines' } } },
      { $unset: ['lines', 'at'] },
    ],
    rows: [{ _id: 2, customer: 'b', total: 20, extra: { codes: 1 } }],
  },
  {
    name: 'days of dates',
    pipeline: [
      { $group: { _id: { $dateToString: { date: '$at', format: '%Y-%m' } }, n: { $sum: 1 } } },
      { $sort: { _id: 1 } },
    ],
    rows: [
      { _id: '2026-01', n: 2 },
      { _id: '2026-02', n: 1 },
    ],
  },
  {
    name: 'a page in order',
    pipeline: [{ $sort: { total: -1 } }, { $skip: 1 }, { $limit: 1 }, { $project: { _id: 1 } }],
    rows: [{ _id: 2 }],
  },
  { name: 'a count', pipeline: [{ $match: { customer: 'a' } }, { $count: 'n' }], rows: [{ n: 2 }] },
  { name: 'no count of nothing', pipeline: [{ $match: { customer: 'z' } }, { $count: 'n' }], rows: [] },
  {
    name: 'another collection joined',
    pipeline: [
      { $match: { _id: 2 } },
      { $lookup: { from: 'names', localField: 'customer', foreignField: '_id', as: 'names' } },
      { $project: { names: 1 } },
    ],
    rows: [{ _id: 2, names: [{ _id: 'b', name: 'Bea' }] }],
  },
  {
    name: 'a new root',
    pipeline: [{ $match: { _id: 1 } }, { $replaceWith: { $arrayElemAt: ['$lines', 0] } }],
    rows: [{ code: 'x', q: 1 }],
  },
  {
    name: 'sorted by how often',
    pipeline: [{ $sortByCount: '$customer' }],
    rows: [
      { _id: 'a', count: 2 },
      { _id: 'b', count: 1 },
    ],
  },
  {
    name: 'a filter on what was computed',
    pipeline: [{ $group: { _id: '$customer', n: { $sum: 1 } } }, { $match: { n: { $gt: 1 } } }],
    rows: [{ _id: 'a', n: 2 }],
  },
  {
    name: 'facets',
    pipeline: [
      {
        $facet: {
          all: [{ $count: 'n' }],
          first: [{ $sort: { _id: 1 } }, { $limit: 1 }, { $group: { _id: '$_id' } }],
        },
      },
    ],
    rows: [{ all: [{ n: 3 }], first: [{ _id: 1 }] }],
  },
];

describe('aggregation', () => {
  it.each(CASES)('$name', async ({ pipeline, rows }) => {
    const orders = deployment.db.collection<Document & { _id: number }>('orders');
    await orders.deleteMany({});
    await orders.insertMany(ORDERS);
    await deployment.db.collection<{ _id: string; name: string }>('names').deleteMany({});
    await deployment.db.collection<{ _id: string; name: string }>('names').insertMany([
      { _id: 'a', name: 'Ann' },
      { _id: 'b', name: 'Bea' },
    ]);
    expect(await orders.aggregate(pipeline).toArray()).toEqual(rows);
  });

  it('joins with other collections: by fields, by a pipeline, along a graph, and adds them', async () => {
    const people = deployment.db.collection<Document & { _id: string }>('people');
    const teams = deployment.db.collection<Document & { _id: number }>('teams');
    await people.insertMany([
      { _id: 'a', boss: 'b', team: [1, 2] },
      { _id: 'b', boss: 'c', team: 1 },
      { _id: 'c', team: null },
    ]);
    await teams.insertMany([
      { _id: 1, name: 'one' },
      { _id: 2, name: 'two' },
    ]);
    const joined = await people
      .aggregate([
        { $sort: { _id: 1 } },
        { $lookup: { from: 'teams', localField: 'team', foreignField: '_id', as: 'teams' } },
        { $project: { names: '$teams.name' } },
      ])
      .toArray();
    expect(joined.map(({ names }) => names)).toEqual([['one', 'two'], ['one'], []]);
    const counted = await teams
      .aggregate([
        { $sort: { _id: 1 } },
        {
          $lookup: {
            from: 'people',
            localField: '_id',
            foreignField: 'team',
            let: { name: '$name' },
            pipeline: [
              { $match: { boss: { $ne: 'c' } } },
              { $project: { label: { $concat: ['$_id', '$$name'] } } },
            ],
            as: 'members',
          },
        },
      ])
      .toArray();
    expect(counted.map(({ members }) => members)).toEqual([
      [{ _id: 'a', label: 'aone' }],
      [{ _id: 'a', label: 'atwo' }],
    ]);
    const [chain] = await people
      .aggregate([
        { $match: { _id: 'a' } },
        {
          $graphLookup: {
            from: 'people',
            startWith: '$boss',
            connectFromField: 'boss',
            connectToField: '_id',
            as: 'above',
            depthField: 'depth',
          },
        },
      ])
      .toArray();
    const above = (chain!['above'] as Document[]).map(({ _id, depth }) => [_id, Number(depth)]);
    expect(above.sort()).toEqual([
      ['b', 0],
      ['c', 1],
    ]);
    const united = await people
      .aggregate([
        { $project: { _id: 1 } },
        { $unionWith: { coll: 'teams', pipeline: [{ $match: { _id: 2 } }] } },
      ])
      .toArray();
    expect(united).toHaveLength(4);
    expect(united).toContainEqual({ _id: 2, name: 'two' });
  });
});
