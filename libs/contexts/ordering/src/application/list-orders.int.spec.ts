import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Collection, MongoClient } from 'mongodb';
import { newId, type Projection } from '#libs/platform/kernel';
import { ReadModels, type Stored } from '#libs/platform/projections';
import { startTestMongo, type TestStore } from '#libs/platform/testing';
import { creditNotes } from '../read-models/credit-notes.js';
import { LIST_SORT_KEYS, type ListedOrder, orderList } from '../read-models/order-list.js';
import { customerTotals, salesByCountry, salesByDay } from '../read-models/sales-reports.js';
import { GetCustomerTotalsHandler } from './get-customer-totals.js';
import { GetSalesReportHandler } from './get-sales-report.js';
import { ListCreditNotesHandler } from './list-credit-notes.js';
import { ListOrders, ListOrdersHandler, type OrderFilter } from './list-orders.js';

const ORDERS = 240;
const DATABASE = `tidemark_spec_${newId()}`;

class DatabaseReadModels extends ReadModels {
  constructor(
    private readonly client: MongoClient,
    private readonly database = DATABASE,
  ) {
    super();
  }
  // biome-ignore lint/suspicious/noExplicitAny: as the port says
  collection<Document extends object>({ name }: Projection<Document, any>): Collection<Stored<Document>> {
    return this.client.db(this.database).collection(name);
  }
  async waitFor(): Promise<void> {}
}

/** Many share a day, a total or both, so that pages end inside of ties. */
const order = (place: number): Stored<ListedOrder> => ({
  _id: `o-${String((place * 7_919) % ORDERS).padStart(4, '0')}`,
  status: (['placed', 'placed', 'confirmed', 'shipped', 'cancelled'] as const)[place % 5]!,
  customerId: `c-${place % 7}`,
  country: ['United Kingdom', 'EIRE', 'Iceland'][place % 3]!,
  currency: 'GBP',
  lines: 1,
  units: 1,
  totalThousandths: (place * 31) % 40,
  listedAt: `2026-03-${String(1 + (place % 28)).padStart(2, '0')}T10:00:00.000Z`,
});
const orders = Array.from({ length: ORDERS }, (_, place) => order(place));

let store: TestStore;
let client: MongoClient;
let handler: ListOrdersHandler;
let notes: ListCreditNotesHandler;
let reports: GetSalesReportHandler;
let totals: GetCustomerTotalsHandler;

beforeAll(async () => {
  store = await startTestMongo();
  client = await MongoClient.connect(store.url);
  const readModels = new DatabaseReadModels(client);
  handler = new ListOrdersHandler(readModels);
  notes = new ListCreditNotesHandler(readModels);
  reports = new GetSalesReportHandler(readModels);
  totals = new GetCustomerTotalsHandler(readModels);
  for (const { name, indexes = [] } of [orderList, creditNotes])
    await client
      .db(DATABASE)
      .collection(name)
      .createIndexes(indexes.map((index) => ({ ...index, key: { ...index.key } })));
  for (const { name } of [salesByDay, salesByCountry, customerTotals])
    await client.db(DATABASE).createCollection(name);
  await readModels.collection(orderList).insertMany(orders);
}, 30_000);
afterAll(async () => {
  await client.db(DATABASE).dropDatabase();
  await client.close();
  await store.close();
});

const FILTERS = { status: 'placed', customerId: 'c-3', country: 'EIRE' } as const;
const RANGE = { from: '2026-03-05', to: '2026-03-20' } as const;
const filters = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
  Object.fromEntries(Object.entries(FILTERS).filter((_entry, place) => bits & (1 << place))),
);
const cases: readonly OrderFilter[] = filters.flatMap((filter) =>
  [{}, RANGE].flatMap((range) =>
    (['placedAt', 'total'] as const).map((sort) => ({ ...filter, ...range, sort, limit: 17 })),
  ),
);

/** The same list by plain JavaScript. */
function expected({ status, customerId, country, from = '', to = '~', sort }: OrderFilter) {
  const key = LIST_SORT_KEYS[sort];
  return orders
    .filter(
      (one) =>
        (status ?? one.status) === one.status &&
        (customerId ?? one.customerId) === one.customerId &&
        (country ?? one.country) === one.country &&
        one.listedAt >= from &&
        one.listedAt < to,
    )
    .sort((a, b) => compare(b[key], a[key]) || compare(b._id, a._id))
    .map(({ _id }) => _id);
}

const compare = <Key extends string | number>(a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0);

/** Everything a plan names under `key`, at any depth: plans nest in several ways. */
function named(plan: unknown, key: 'stage' | 'indexName'): string[] {
  if (typeof plan !== 'object' || plan === null) return [];
  const here = (plan as Record<string, unknown>)[key];
  return [
    ...(typeof here === 'string' ? [here] : []),
    ...Object.values(plan).flatMap((part) => named(part, key)),
  ];
}

/** The index that the query is read from in order; fails where anything is sorted or read whole. */
async function indexRead(cursor: { explain(): Promise<unknown> }): Promise<string> {
  const { queryPlanner } = (await cursor.explain()) as { queryPlanner: { winningPlan: unknown } };
  const stages = named(queryPlanner.winningPlan, 'stage');
  expect(stages).toContain('IXSCAN');
  expect(stages).not.toContain('COLLSCAN');
  expect(stages.filter((stage) => /SORT/.test(stage))).toEqual([]);
  const names = named(queryPlanner.winningPlan, 'indexName');
  expect(names).toHaveLength(1);
  return names[0]!;
}

/** What is left to check on each document. */
function leftToCheck(
  index: string,
  { sort: _sort, limit: _limit, from, to, ...equal }: OrderFilter,
): string[] {
  const inIndex = Object.keys(orderList.indexes?.find(({ name }) => name === index)?.key ?? {});
  const asked = Object.keys({ ...equal, ...((from ?? to) !== undefined && { listedAt: '' }) });
  return asked.filter((field) => field !== 'after' && !inIndex.includes(field));
}

describe('the list of orders', () => {
  it.each(cases.map((filter) => ({ title: JSON.stringify(filter), filter })))(
    '$title is read in index order, page by page',
    async ({ filter }) => {
      const found: string[] = [];
      for (let page: OrderFilter | undefined = filter; page; ) {
        expect(leftToCheck(await indexRead(handler.cursor(page)), filter).length).toBeLessThanOrEqual(1);
        const answer: { orders: Stored<ListedOrder>[]; more: boolean } = await handler.execute(
          new ListOrders(page),
        );
        found.push(...answer.orders.map(({ _id }) => _id));
        page = answer.more ? pageAfter(filter, answer.orders.at(-1)!) : undefined;
      }
      expect(found).toEqual(expected(filter));
    },
  );

  it('is empty before the read model is there', async () => {
    const nothing = new ListOrdersHandler(new DatabaseReadModels(client, `${DATABASE}_none`));
    expect(await nothing.execute(new ListOrders({ sort: 'total', limit: 5 }))).toEqual({
      orders: [],
      more: false,
    });
  });

  it('is empty where there is none', async () =>
    expect(await handler.execute(new ListOrders({ sort: 'total', limit: 5, customerId: 'nobody' }))).toEqual({
      orders: [],
      more: false,
    }));
});

const pageAfter = (filter: OrderFilter, { _id: id, ...last }: Stored<ListedOrder>): OrderFilter =>
  filter.sort === 'total'
    ? { ...filter, after: { key: last.totalThousandths, id } }
    : { ...filter, after: { key: last.listedAt, id } };

describe('the list of credit notes', () => {
  const after = { key: '2026-03-10T10:00:00.000Z', id: 'C9' };
  it.each([
    [{}, 'issuedAt'],
    [{ from: '2026-03-01', to: '2026-04-01', after }, 'issuedAt'],
    [{ customerId: 'c-1', after }, 'customerId_issuedAt'],
    [{ orderId: 'o-1', from: '2026-03-01' }, 'orderId_issuedAt'],
  ])('%j is read in index order', async (filter, index) =>
    expect(await indexRead(notes.cursor({ ...filter, limit: 5 }))).toBe(index),
  );
});

describe('figures', () => {
  it.each([
    ['day', { from: '2026-03-01', to: '2026-04-01' }],
    ['country', { after: 'EIRE:GBP', currency: 'GBP' }],
  ] as const)('of a report by %s are read by key', async (by, filter) =>
    expect(await indexRead(reports.cursor({ ...filter, by, limit: 5 }))).toBe('_id_'),
  );
  it('of a customer are read by key', async () => expect(await indexRead(totals.cursor('c-1'))).toBe('_id_'));
});
