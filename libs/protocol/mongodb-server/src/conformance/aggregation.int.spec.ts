import { describe, expect, it } from '@jest/globals';
import type { Document } from 'mongodb';
import { isEmbedded, useDeployment } from './deployment.js';

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

  (isEmbedded ? it : it.skip)('refuses what mingo would answer differently (embedded only)', async () => {
    const orders = deployment.db.collection('orders');
    for (const stage of [
      { $lookup: { from: 'names', localField: 'a', foreignField: 'b', pipeline: [], as: 'x' } },
      { $graphLookup: {} },
      { $facet: { a: [{ $project: { a: 1 } }] } },
    ]) {
      await expect(orders.aggregate([stage]).toArray()).rejects.toMatchObject({ code: 238 });
    }
  });
});
