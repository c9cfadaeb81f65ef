import { double, long, MANUAL, type ProjectionTable, REFUSED, type SortTable } from './case.js';
import { VALUES } from './values.js';

const page = `${MANUAL}reference/method/db.collection.find/#projection`;
const operator = (name: string) => `${MANUAL}reference/operator/projection/${name}/`;

const DOCUMENT = {
  a: 1,
  b: { c: 2, d: { e: 3, f: 4 } },
  g: [{ h: 1, i: 2 }, { h: 3 }, 5, [{ h: 7, i: 8 }]],
  j: [1, 2, 3, 4, 5],
  k: null,
};
const { a, b, g, j, k } = DOCUMENT;

export const INCLUSION: ProjectionTable = {
  operator: 'inclusion',
  source: page,
  rows: [
    [DOCUMENT, {}, DOCUMENT],
    [DOCUMENT, { a: 1 }, { a }],
    [DOCUMENT, { a: true }, { a }],
    [DOCUMENT, { a: double(1) }, { a }],
    [DOCUMENT, { a: long(1) }, { a }],
    [DOCUMENT, { a: 5 }, { a }],
    [DOCUMENT, { a: -1 }, { a }],
    [DOCUMENT, { k: 1, a: 1 }, { a, k }],
    [DOCUMENT, { none: 1 }, {}],
    [DOCUMENT, { _id: 1 }, {}],
    [DOCUMENT, { _id: 0, a: 1 }, { a }],
    [DOCUMENT, { b: 1 }, { b }],
    [DOCUMENT, { 'b.c': 1 }, { b: { c: 2 } }],
    [DOCUMENT, { b: { c: 1 } }, { b: { c: 2 } }],
    [DOCUMENT, { 'b.d.e': 1 }, { b: { d: { e: 3 } } }],
    [DOCUMENT, { b: { d: { e: 1 } } }, { b: { d: { e: 3 } } }],
    [DOCUMENT, { 'b.c': 1, 'b.d.f': 1 }, { b: { c: 2, d: { f: 4 } } }],
    [DOCUMENT, { 'b.none': 1 }, { b: {} }],
    [DOCUMENT, { 'a.none': 1 }, {}],
    [DOCUMENT, { 'k.none': 1 }, {}],
    [DOCUMENT, { 'g.h': 1 }, { g: [{ h: 1 }, { h: 3 }, [{ h: 7 }]] }],
    [DOCUMENT, { 'g.i': 1 }, { g: [{ i: 2 }, {}, [{ i: 8 }]] }],
    [DOCUMENT, { 'j.x': 1 }, { j: [] }],
    [DOCUMENT, { 'g.0': 1 }, { g: [{}, {}, [{}]] }],
    [DOCUMENT, { a: 1, k: 0 }, 31254],
    [DOCUMENT, { a: 1, 'b.c': 0 }, 31254],
    [DOCUMENT, { b: 1, 'b.c': 1 }, 31249],
    [DOCUMENT, { 'b.c': 1, b: 1 }, 31250],
    [DOCUMENT, { a: [] }, { a: [] }],
    [DOCUMENT, { '': 1 }, 40352],
    [DOCUMENT, { 'a.': 1 }, 40353],
    [DOCUMENT, { '.a': 1 }, 15998],
    [DOCUMENT, { 'a..b': 1 }, 15998],
  ],
};

export const EXCLUSION: ProjectionTable = {
  operator: 'exclusion',
  source: page,
  rows: [
    [DOCUMENT, { a: 0 }, { b, g, j, k }],
    [DOCUMENT, { a: false, b: 0, g: 0, j: 0 }, { k }],
    [DOCUMENT, { a: double(0), b: long(0), g: 0, j: 0 }, { k }],
    [DOCUMENT, { none: 0 }, DOCUMENT],
    [DOCUMENT, { _id: 0 }, DOCUMENT],
    [DOCUMENT, { _id: 1, a: 0 }, { b, g, j, k }],
    [DOCUMENT, { 'b.c': 0, g: 0, j: 0 }, { a, b: { d: { e: 3, f: 4 } }, k }],
    [DOCUMENT, { b: { c: 0 }, g: 0, j: 0 }, { a, b: { d: { e: 3, f: 4 } }, k }],
    [DOCUMENT, { 'b.d.e': 0, g: 0, j: 0 }, { a, b: { c: 2, d: { f: 4 } }, k }],
    [DOCUMENT, { 'b.c': 0, 'b.d': 0, g: 0, j: 0 }, { a, b: {}, k }],
    [DOCUMENT, { 'a.x': 0, g: 0, j: 0, b: 0 }, { a, k }],
    [DOCUMENT, { 'g.h': 0, b: 0, j: 0 }, { a, g: [{ i: 2 }, {}, 5, [{ i: 8 }]], k }],
    [DOCUMENT, { 'j.x': 0, g: 0, b: 0 }, { a, j, k }],
    [DOCUMENT, { a: 0, k: 1 }, 31253],
    [DOCUMENT, { b: 0, 'b.c': 0 }, 31249],
    [DOCUMENT, { 'b.c': 0, b: 0 }, 31250],
    [DOCUMENT, { a: 0, x: '$b' }, 31310],
  ],
};

export const SLICE: ProjectionTable = {
  operator: '$slice',
  source: operator('slice'),
  rows: [
    [{ j, a }, { j: { $slice: 2 } }, { j: [1, 2], a }],
    [{ j, a }, { j: { $slice: -2 } }, { j: [4, 5], a }],
    [{ j, a }, { j: { $slice: 0 } }, { j: [], a }],
    [{ j, a }, { j: { $slice: 10 } }, { j, a }],
    [{ j, a }, { j: { $slice: -10 } }, { j, a }],
    [{ j, a }, { j: { $slice: [1, 2] } }, { j: [2, 3], a }],
    [{ j, a }, { j: { $slice: [-2, 1] } }, { j: [4], a }],
    [{ j, a }, { j: { $slice: [-10, 2] } }, { j: [1, 2], a }],
    [{ j, a }, { j: { $slice: [4, 10] } }, { j: [5], a }],
    [{ j, a }, { j: { $slice: [10, 2] } }, { j: [], a }],
    [{ j, a }, { j: { $slice: double(2) } }, { j: [1, 2], a }],
    [{ j, a }, { j: { $slice: long(2) } }, { j: [1, 2], a }],
    [
      { j, a },
      { a: 1, j: { $slice: 1 } },
      { j: [1], a },
    ],
    [
      { j, a, k },
      { k: 0, j: { $slice: 1 } },
      { j: [1], a },
    ],
    [{ a: 'x', k }, { a: { $slice: 1 } }, { a: 'x', k }],
    [{ a }, { j: { $slice: 1 } }, { a }],
    [{ x: { j, a } }, { 'x.j': { $slice: 1 } }, { x: { j: [1], a } }],
    [{ x: [{ j }, { j: [9, 8] }] }, { 'x.j': { $slice: 1 } }, { x: [{ j: [1] }, { j: [9] }] }],
    [{ j }, { j: { $slice: [1, 0] } }, 28724],
    [{ j }, { j: { $slice: [1, -1] } }, 28724],
    [{ j }, { j: { $slice: 'a' } }, 28667],
    [{ j }, { j: { $slice: [1] } }, 28667],
    [{ j }, { j: { $slice: [1, 2, 3] } }, 28724],
  ],
};

export const ELEM_MATCH: ProjectionTable = {
  operator: '$elemMatch',
  source: operator('elemMatch'),
  rows: [
    [{ j, a }, { j: { $elemMatch: { $gt: 2 } } }, { j: [3] }],
    [
      { j, a },
      { a: 1, j: { $elemMatch: { $gt: 2 } } },
      { a, j: [3] },
    ],
    [{ j, a }, { j: { $elemMatch: { $gt: 9 } } }, {}],
    [{ g, a }, { g: { $elemMatch: { h: 3 } } }, { g: [{ h: 3 }] }],
    [{ g, a }, { g: { $elemMatch: { h: { $gte: 1 }, i: 2 } } }, { g: [{ h: 1, i: 2 }] }],
    [{ a, j: 5 }, { j: { $elemMatch: { $gt: 2 } } }, {}],
    [{ a }, { j: { $elemMatch: { $gt: 2 } } }, {}],
    [{ j: [] }, { j: { $elemMatch: { $gt: 2 } } }, {}],
    [{ j: [null, 1] }, { j: { $elemMatch: { $eq: null } } }, { j: [null] }],
    [
      { j, a, k },
      { a: 0, j: { $elemMatch: { $gt: 2 } } },
      { j: [3], k },
    ],
    [{ x: { j } }, { 'x.j': { $elemMatch: { $gt: 2 } } }, 31275],
    [{ j }, { j: { $elemMatch: 5 } }, 31274],
    [{ j }, { j: { $elemMatch: { $unknown: 1 } } }, 2],
  ],
};

export const POSITIONAL: ProjectionTable = {
  operator: 'positional $',
  source: operator('positional'),
  rows: [
    [{ j, a }, { 'j.$': 1 }, { j: [3] }, { j: 3 }],
    [{ j, a }, { 'j.$': 1 }, { j: [4] }, { j: { $gt: 3 } }],
    [{ j, a }, { a: 1, 'j.$': 1 }, { j: [4], a }, { j: { $gte: 4 } }],
    [{ g: [{ h: 1 }, { h: 3 }], a }, { 'g.$': 1 }, { g: [{ h: 3 }] }, { 'g.h': 3 }],
    [
      {
        g: [
          { h: 1, i: 1 },
          { h: 1, i: 2 },
        ],
      },
      { 'g.$': 1 },
      { g: [{ h: 1, i: 2 }] },
      { g: { $elemMatch: { h: 1, i: 2 } } },
    ],
    [{ x: { j } }, { 'x.j.$': 1 }, { x: { j: [2] } }, { 'x.j': 2 }],
    [{ j, a }, { 'j.$': 1 }, 51246, { a: 1 }],
    [{ j }, { 'j.$': 1, 'x.$': 1 }, 31276, { j: 1 }],
    [{ j }, { 'j.$': 0 }, 31395, { j: 1 }],
    [{ j }, { 'j.$.x': 1 }, 31394, { j: 1 }],
  ],
};

export const COMPUTED: ProjectionTable = {
  operator: 'expressions',
  source: `${MANUAL}reference/method/db.collection.find/#use-aggregation-expression`,
  rows: [
    [{ a, k }, { x: '$a' }, { x: 1 }],
    [
      { a, k },
      { a: 1, x: '$k' },
      { a, x: null },
    ],
    [{ a, k }, { x: '$none' }, {}],
    [{ a, k }, { x: 'text' }, { x: 'text' }],
    [{ a, k }, { x: '' }, { x: '' }],
    [{ a, k }, { x: null }, { x: null }],
    [{ a, k }, { x: { $add: ['$a', 2] } }, { x: 3 }],
    [{ a, k }, { x: { $literal: 1 } }, { x: 1 }],
    [{ a, b }, { x: ['$a', '$b.c', '$none'] }, { x: [1, 2, null] }],
    [{ a, b }, { b: { x: '$a' } }, { b: { x: 1 } }],
    [{ a, b }, { 'b.c': '$a' }, { b: { c: 1 } }],
    [{ a, b }, { 'b.x': '$a', 'b.c': 1 }, { b: { c: 2, x: 1 } }],
    [{ g: [{ h: 1 }, { h: 2 }], a }, { 'g.x': '$a' }, { g: [{ x: 1 }, { x: 1 }] }],
    [{ a }, { a: '$$REMOVE', x: { $literal: 1 } }, { x: 1 }],
    [{ a }, { x: { $meta: 'textScore' } }, REFUSED],
    [{ a }, { x: { $unknown: 1 } }, 31325],
  ],
};

/** Sorting puts an array where its smallest (descending: its largest) element belongs, an empty one before null. */
export const SORTS_BY_TYPE: SortTable = {
  operator: 'order of types',
  source: `${MANUAL}reference/bson-type-comparison-order/`,
  documents: VALUES,
  rows: [
    [
      { v: 1, _id: 1 },
      'minKey noElements missing mixed null nan negative decimal double five int long half bigDouble big infinity ' +
        'empty a b noFields object objects swapped nested bytes uuid id false true date timestamp regex maxKey',
    ],
    [
      { v: -1, _id: 1 },
      'maxKey regex timestamp date true false id uuid bytes nested swapped objects object noFields b a mixed empty ' +
        'infinity big bigDouble half decimal double five int long negative nan missing null noElements minKey',
    ],
  ],
};

export const SORTS: SortTable = {
  operator: 'sort',
  source: `${MANUAL}reference/method/cursor.sort/`,
  documents: {
    a: { x: 1, y: 'b', z: { w: 2 } },
    b: { x: 1, y: 'a', z: { w: 1 } },
    c: { x: 0, y: 'c' },
    d: { x: [2, -1], y: 'd', z: [{ w: 0 }, { w: 5 }] },
    e: { y: 'e', z: { w: null } },
  },
  rows: [
    [{ x: 1, y: 1 }, 'e d c b a'],
    [{ x: -1, y: 1 }, 'd b a c e'],
    [{ x: -1, y: -1 }, 'd a b c e'],
    [{ y: 1 }, 'b a c d e'],
    [{ y: -1 }, 'e d c a b'],
    [{ 'z.w': 1, y: 1 }, 'c e d b a'],
    [{ 'z.w': -1, y: 1 }, 'd a b c e'],
    [{ y: double(1) }, 'b a c d e'],
    [{ y: long(-1) }, 'e d c a b'],
  ],
};
