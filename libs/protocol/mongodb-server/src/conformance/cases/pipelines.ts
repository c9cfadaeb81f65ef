import { double, long, MANUAL, type PipelineTable, REFUSED } from './case.js';

const page = (name: string) => `${MANUAL}reference/operator/aggregation/${name}/`;
const table = (name: string, rows: PipelineTable['rows'], unordered = false): PipelineTable => ({
  operator: `$${name}`,
  source: page(name),
  unordered,
  rows,
});
const N = [{ n: 1 }, { n: 2 }, { n: 3 }];
const MIXED = [
  { k: 'a', v: 1 },
  { k: 'b', v: 2.5 },
  { k: 'a', v: long(3) },
  { k: 'b', v: 'x' },
  { k: 'a' },
  { v: null },
];
const total = (accumulator: object) => [{ $group: { _id: null, r: accumulator } }];

export const GROUP = table(
  'group',
  [
    [
      MIXED,
      [{ $group: { _id: '$k', n: { $sum: 1 } } }],
      [
        { _id: 'a', n: 3 },
        { _id: 'b', n: 2 },
        { _id: null, n: 1 },
      ],
    ],
    [
      MIXED,
      [{ $group: { _id: '$k', n: { $sum: '$v' } } }],
      [
        { _id: 'a', n: long(4) },
        { _id: 'b', n: 2.5 },
        { _id: null, n: 0 },
      ],
    ],
    [MIXED, [{ $group: { _id: null, n: { $count: {} } } }], [{ _id: null, n: 6 }]],
    [
      [{ a: 1 }, { a: double(1) }, { a: long(1) }],
      [{ $group: { _id: '$a', n: { $sum: 1 } } }],
      [{ _id: 1, n: 3 }],
    ],
    [[{ a: 1, b: 2 }], [{ $group: { _id: { x: '$a', y: '$none' } } }], [{ _id: { x: 1 } }]],
    [[{ a: null }, {}], [{ $group: { _id: '$a', n: { $sum: 1 } } }], [{ _id: null, n: 2 }]],
    [[], [{ $group: { _id: null, n: { $sum: 1 } } }], []],
    [MIXED, [{ $group: { n: { $sum: 1 } } }], 15955],
    [MIXED, [{ $group: 5 }], 15947],
    [MIXED, [{ $group: { _id: 1, n: 5 } }], 40234],
    [MIXED, [{ $group: { _id: 1, n: { $unknown: 1 } } }], 15952],
    [MIXED, [{ $group: { _id: 1, n: { $sum: 1, $avg: 1 } } }], 40238],
    [MIXED, [{ $group: { _id: 1, 'a.b': { $sum: 1 } } }], 40235],
  ],
  true,
);
export const ACCUMULATORS: PipelineTable = {
  operator: 'accumulators',
  source: `${MANUAL}reference/operator/aggregation/group/#accumulator-operator`,
  rows: [
    [MIXED, total({ $avg: '$v' }), [{ _id: null, r: 6.5 / 3 }]],
    [[{ v: 'x' }], total({ $avg: '$v' }), [{ _id: null, r: null }]],
    [[{ v: 1 }, { v: long(2) }], total({ $sum: '$v' }), [{ _id: null, r: long(3) }]],
    [[{ v: 2_147_483_647 }, { v: 1 }], total({ $sum: '$v' }), [{ _id: null, r: long(2_147_483_648) }]],
    [MIXED, total({ $min: '$v' }), [{ _id: null, r: 1 }]],
    [MIXED, total({ $max: '$v' }), [{ _id: null, r: 'x' }]],
    [[{}], total({ $max: '$v' }), [{ _id: null, r: null }]],
    [N, total({ $first: '$n' }), [{ _id: null, r: 1 }]],
    [N, total({ $last: '$n' }), [{ _id: null, r: 3 }]],
    [[{}], total({ $first: '$n' }), [{ _id: null, r: null }]],
    [MIXED, total({ $push: '$v' }), [{ _id: null, r: [1, 2.5, long(3), 'x', null] }]],
    [[{ v: 1 }, { v: 1 }, {}], total({ $addToSet: '$v' }), [{ _id: null, r: [1] }]],
    [
      [{ o: { a: 1 } }, { o: { b: 2 } }, {}],
      total({ $mergeObjects: '$o' }),
      [{ _id: null, r: { a: 1, b: 2 } }],
    ],
    [N, total({ $stdDevSamp: '$n' }), [{ _id: null, r: double(1) }]],
    [N, total({ $stdDevPop: 5 }), [{ _id: null, r: double(0) }]],
    [N, total({ $firstN: { input: '$n', n: 2 } }), [{ _id: null, r: [1, 2] }]],
    [N, total({ $lastN: { input: '$n', n: 2 } }), [{ _id: null, r: [2, 3] }]],
    [N, total({ $maxN: { input: '$n', n: 2 } }), [{ _id: null, r: [3, 2] }]],
    [N, total({ $minN: { input: '$n', n: 2 } }), [{ _id: null, r: [1, 2] }]],
    [N, total({ $top: { output: '$n', sortBy: { n: -1 } } }), [{ _id: null, r: 3 }]],
    [N, total({ $bottom: { output: '$n', sortBy: { n: -1 } } }), [{ _id: null, r: 1 }]],
    [N, total({ $topN: { output: '$n', sortBy: { n: -1 }, n: 2 } }), [{ _id: null, r: [3, 2] }]],
    [N, total({ $bottomN: { output: '$n', sortBy: { n: 1 }, n: 2 } }), [{ _id: null, r: [2, 3] }]],
    [N, total({ $median: { input: '$n', method: 'approximate' } }), REFUSED],
    [N, total({ $sum: ['$n', 1] }), 40237],
  ],
};
export const SIMPLE: PipelineTable = {
  operator: '$match, $sort, $limit, $skip, $count, $sortByCount',
  source: `${MANUAL}reference/operator/aggregation-pipeline/`,
  rows: [
    [N, [{ $match: { n: { $gt: 1 } } }], [{ n: 2 }, { n: 3 }]],
    [N, [{ $match: { $expr: { $eq: ['$n', 2] } } }], [{ n: 2 }]],
    [N, [{ $match: 5 }], 15959],
    [N, [{ $sort: { n: -1 } }], [{ n: 3 }, { n: 2 }, { n: 1 }]],
    [N, [{ $sort: {} }], 15976],
    [N, [{ $sort: { n: 2 } }], 15975],
    [N, [{ $sort: 5 }], 15973],
    [N, [{ $limit: 2 }], [{ n: 1 }, { n: 2 }]],
    [N, [{ $limit: long(1) }], [{ n: 1 }]],
    [N, [{ $limit: 0 }], 15958],
    [N, [{ $limit: -1 }], 5107201],
    [N, [{ $limit: 'a' }], 5107201],
    [N, [{ $skip: 2 }], [{ n: 3 }]],
    [N, [{ $skip: 0 }], N],
    [N, [{ $skip: -1 }], 5107200],
    [N, [{ $count: 'c' }], [{ c: 3 }]],
    [[], [{ $count: 'c' }], []],
    [N, [{ $count: '' }], 40157],
    [N, [{ $count: '$c' }], 40158],
    [N, [{ $count: 'a.b' }], 40160],
    [N, [{ $count: 5 }], 40156],
    [
      [{ a: 1 }, { a: 2 }, { a: 2 }],
      [{ $sortByCount: '$a' }],
      [
        { _id: 2, count: 2 },
        { _id: 1, count: 1 },
      ],
    ],
    [N, [{ $sortByCount: 'a' }], 40148],
    [N, [{ $unknown: 1 }], 40324],
    [N, [{ $match: {}, $sort: { a: 1 } }], 40323],
    [N, [{ $setWindowFields: { output: {} } }], REFUSED],
    [N, [{ $geoNear: {} }], REFUSED],
  ],
};
export const RESHAPING: PipelineTable = {
  operator: '$project, $addFields, $set, $unset, $replaceRoot, $replaceWith',
  source: page('project'),
  rows: [
    [[{ a: 1, b: 2 }], [{ $project: { a: 1 } }], [{ a: 1 }]],
    [[{ a: 1, b: 2 }], [{ $project: { a: 0 } }], [{ b: 2 }]],
    [[{ _id: 1, a: 1 }], [{ $project: { _id: 0, x: '$a' } }], [{ x: 1 }]],
    [[{ a: 1 }], [{ $project: { x: { $add: ['$a', 1] } } }], [{ x: 2 }]],
    [[{ a: 1, b: 2 }], [{ $project: { a: { $cond: [true, '$$REMOVE', 1] }, b: 1 } }], [{ b: 2 }]],
    [[{ a: [{ b: 1, c: 2 }, { b: 3 }] }], [{ $project: { 'a.b': 1 } }], [{ a: [{ b: 1 }, { b: 3 }] }]],
    [[{ a: 1 }], [{ $project: {} }], 51272],
    [[{ a: 1 }], [{ $project: 5 }], 15969],
    [[{ a: 1 }], [{ $project: { a: 1, b: 0 } }], 31254],
    [[{ a: 1 }], [{ $project: { a: { $slice: ['$x', 1] } } }], [{ a: null }]],
    [[{ a: 1 }], [{ $addFields: { b: { $add: ['$a', 1] }, 'c.d': 5 } }], [{ a: 1, b: 2, c: { d: 5 } }]],
    [[{ a: { b: 1 } }], [{ $set: { a: { c: 2 } } }], [{ a: { b: 1, c: 2 } }]],
    [[{ a: [{ b: 1 }, {}] }], [{ $set: { 'a.c': 2 } }], [{ a: [{ b: 1, c: 2 }, { c: 2 }] }]],
    [[{ a: 5 }], [{ $set: { 'a.c': 2 } }], [{ a: { c: 2 } }]],
    [[{ a: 1 }], [{ $set: { a: '$none' } }], [{}]],
    [[{ a: 1 }], [{ $set: { b: {} } }], [{ a: 1, b: {} }]],
    [[{ a: 1 }], [{ $set: { b: '$a', a: 2 } }], [{ a: 2, b: 1 }]],
    [[{ a: 1 }], [{ $set: 5 }], 40272],
    [[{ a: 1, b: { c: 1, d: 2 } }], [{ $unset: ['a', 'b.c'] }], [{ b: { d: 2 } }]],
    [[{ a: [{ b: 1 }, { b: 2, c: 3 }] }], [{ $unset: 'a.b' }], [{ a: [{}, { c: 3 }] }]],
    [[{ a: 1 }], [{ $unset: 5 }], 31002],
    [[{ a: 1 }], [{ $unset: [] }], 31119],
    [[{ a: { b: 1 } }], [{ $replaceRoot: { newRoot: '$a' } }], [{ b: 1 }]],
    [[{ a: { b: 1 } }], [{ $replaceWith: { x: '$a.b' } }], [{ x: 1 }]],
    [[{ a: 1 }], [{ $replaceWith: '$a' }], 40228],
    [[{ a: 1 }], [{ $replaceRoot: {} }], 40231],
  ],
};
export const UNWIND = table('unwind', [
  [
    [{ a: [1, 2], b: 1 }],
    [{ $unwind: '$a' }],
    [
      { a: 1, b: 1 },
      { a: 2, b: 1 },
    ],
  ],
  [[{ a: [] }, { a: null }, {}, { a: 5 }], [{ $unwind: '$a' }], [{ a: 5 }]],
  [
    [{ x: 1, a: [] }, { x: 2, a: null }, { x: 3 }],
    [{ $unwind: { path: '$a', preserveNullAndEmptyArrays: true } }],
    [{ x: 1 }, { x: 2, a: null }, { x: 3 }],
  ],
  [
    [{ a: [7, 8] }],
    [{ $unwind: { path: '$a', includeArrayIndex: 'i' } }],
    [
      { a: 7, i: long(0) },
      { a: 8, i: long(1) },
    ],
  ],
  [[{ a: 5 }], [{ $unwind: { path: '$a', includeArrayIndex: 'i' } }], [{ a: 5, i: null }]],
  [[{ a: { b: [1, 2] } }], [{ $unwind: '$a.b' }], [{ a: { b: 1 } }, { a: { b: 2 } }]],
  [N, [{ $unwind: 'a' }], 28818],
  [N, [{ $unwind: 5 }], 15981],
  [N, [{ $unwind: {} }], 28812],
  [N, [{ $unwind: { path: 5 } }], 28808],
  [N, [{ $unwind: { path: '$a', x: 1 } }], 28811],
  [N, [{ $unwind: { path: '$a', includeArrayIndex: '$i' } }], 28822],
]);
export const BUCKETS: PipelineTable = {
  operator: '$bucket, $bucketAuto',
  source: page('bucket'),
  rows: [
    [
      [{ v: 1 }, { v: 5 }, { v: 12 }],
      [{ $bucket: { groupBy: '$v', boundaries: [0, 5, 10], default: 'other' } }],
      [
        { _id: 0, count: 1 },
        { _id: 5, count: 1 },
        { _id: 'other', count: 1 },
      ],
    ],
    [
      [{ v: 1 }, { v: 2 }],
      [{ $bucket: { groupBy: '$v', boundaries: [0, 5], output: { s: { $sum: '$v' } } } }],
      [{ _id: 0, s: 3 }],
    ],
    [[{ v: 9 }], [{ $bucket: { groupBy: '$v', boundaries: [0, 5] } }], 40066],
    [[{ v: 9 }], [{ $bucket: { groupBy: '$v', boundaries: [5, 0] } }], 40194],
    [[{ v: 9 }], [{ $bucket: { groupBy: '$v', boundaries: [5] } }], 40192],
    [[{ v: 9 }], [{ $bucket: { groupBy: '$v' } }], 40198],
    [
      [{ v: 1 }, { v: 2 }, { v: 3 }, { v: 4 }],
      [{ $bucketAuto: { groupBy: '$v', buckets: 2 } }],
      [
        { _id: { min: 1, max: 3 }, count: 2 },
        { _id: { min: 3, max: 4 }, count: 2 },
      ],
    ],
    [
      [{ v: 1 }, { v: 1 }, { v: 1 }],
      [{ $bucketAuto: { groupBy: '$v', buckets: 2 } }],
      [{ _id: { min: 1, max: 1 }, count: 3 }],
    ],
    [[{ v: 1 }], [{ $bucketAuto: { groupBy: '$v', buckets: 0 } }], 40243],
    [[{ v: 1 }], [{ $bucketAuto: { groupBy: '$v' } }], 40246],
  ],
};
const PEOPLE = { $documents: [{ n: 'a', boss: 'b' }, { n: 'b', boss: 'c' }, { n: 'c' }] };
export const JOINS: PipelineTable = {
  operator: '$lookup, $unionWith, $facet on documents of the pipeline',
  source: page('lookup'),
  rows: [
    [
      [{ x: 'a' }, { x: 'z' }],
      [{ $lookup: { localField: 'x', foreignField: 'n', as: 'r', pipeline: [PEOPLE] } }],
      [
        { x: 'a', r: [{ n: 'a', boss: 'b' }] },
        { x: 'z', r: [] },
      ],
    ],
    [
      [{ x: 'b' }],
      [
        {
          $lookup: {
            let: { y: '$x' },
            pipeline: [PEOPLE, { $match: { $expr: { $eq: ['$boss', '$$y'] } } }],
            as: 'r',
          },
        },
      ],
      [{ x: 'b', r: [{ n: 'a', boss: 'b' }] }],
    ],
    [[{ x: 1 }], [{ $lookup: { pipeline: [PEOPLE, { $count: 'c' }], as: 'r' } }], [{ x: 1, r: [{ c: 3 }] }]],
    [
      [{ x: 1 }],
      [{ $lookup: { from: 'none', localField: 'x', foreignField: 'y', as: 'r' } }],
      [{ x: 1, r: [] }],
    ],
    [[{ x: 1 }], [{ $lookup: { from: 'none', as: 'r' } }], 9],
    [[{ x: 1 }], [{ $lookup: { from: 'none', localField: 'x', foreignField: 'y' } }], 9],
    [[{ x: 1 }], [{ $lookup: { from: 'none', as: 'r', unknown: 1 } }], 9],
    [[{ x: 1 }], [{ $unionWith: { pipeline: [{ $documents: [{ x: 2 }] }] } }], [{ x: 1 }, { x: 2 }]],
    [[{ x: 1 }], [{ $unionWith: 'none' }], [{ x: 1 }]],
    [N, [{ $facet: { a: [{ $count: 'c' }], b: [{ $limit: 1 }] } }], [{ a: [{ c: 3 }], b: [{ n: 1 }] }]],
    [N, [{ $facet: {} }], 40169],
    [N, [{ $facet: { a: [{ $facet: { b: [] } }] } }], 40600],
    [N, [{ $sample: { size: 5 } }, { $sort: { n: 1 } }], N],
    [N, [{ $sample: {} }], 28749],
    [N, [{ $sample: { size: -1 } }], 28747],
    [
      [{ a: 1, b: { l: 5, c: 1 }, d: [{ l: 5 }, { l: 1 }], l: 1 }],
      [{ $redact: { $cond: [{ $lte: ['$l', 3] }, '$$DESCEND', '$$PRUNE'] } }],
      [{ a: 1, d: [{ l: 1 }], l: 1 }],
    ],
    [N, [{ $redact: '$$KEEP' }], N],
    [N, [{ $redact: 5 }], 17053],
  ],
};
