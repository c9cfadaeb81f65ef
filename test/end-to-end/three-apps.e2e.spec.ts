import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  Api,
  eventually,
  type StartedApp,
  StoreProcess,
  startApp,
  type TemporaryFolder,
  temporaryFolder,
  untilReady,
} from '../harness/index.js';

jest.setTimeout(120_000);

const ORDER = {
  customerId: '12347',
  country: 'Iceland',
  currency: 'GBP',
  place: true,
  lines: [
    { productCode: '85123A', quantity: 6, unitPrice: '2.55' },
    { productCode: '22423', quantity: 1, unitPrice: '12.75' },
  ],
};

let folder: TemporaryFolder;
let log: StoreProcess;
let readModels: StoreProcess;
const apps: StartedApp[] = [];
let commands: Api;
let queries: Api;

/** The apps come first: they have to wait for their stores by themselves. */
beforeAll(async () => {
  folder = temporaryFolder('three-apps');
  log = await StoreProcess.on('eventstoredb', join(folder.path, 'eventstoredb'));
  readModels = await StoreProcess.on('mongodb', join(folder.path, 'mongodb'));
  const eventStore = { EVENTSTORE_URL: log.url };
  const mongo = { MONGODB_URL: readModels.url };
  const started = await Promise.all([
    startApp('command-api', eventStore),
    startApp('query-api', mongo),
    startApp('projector', { ...eventStore, ...mongo }),
  ]);
  apps.push(...started);
  commands = new Api(started[0].url);
  queries = new Api(started[1].url);
  for (const { url } of apps)
    expect(await new Api(url).get('/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'not_ready' },
    });
  await Promise.all([log.start(), readModels.start()]);
  await Promise.all(apps.map((app) => untilReady(app)));
});

afterAll(async () => {
  await Promise.all(apps.map(({ child }) => child.kill()));
  await Promise.all([log?.kill(), readModels?.kill()]);
  folder.remove();
});

const NOTHING = { orders: 0, lines: 0, units: 0, goods: '0.00', charges: '0.00', total: '0.00' };
const ONE_ORDER = { orders: 1, lines: 2, units: 7, goods: '28.05', charges: '0.00', total: '28.05' };

describe('the three apps as processes of their own, on one pair of stores', () => {
  it('place an order, read it, list it, report it, cancel it, and credit another', async () => {
    const placed = await commands.post('/orders', ORDER);
    expect(placed.status).toBe(201);
    const { orderId } = placed.body;

    const order = await queries.getAfter(placed.body, `/orders/${orderId}`);
    expect(order).toMatchObject({
      status: 200,
      body: { orderId, status: 'placed', totals: { lines: 2, units: 7, total: '28.05' } },
    });
    expect(order.headers.get('etag')).toBe('"0"');
    const list = await queries.getAfter(placed.body, '/orders?customerId=12347&status=placed');
    expect(list.body.items).toMatchObject([{ orderId, total: '28.05' }]);
    const sold = await queries.getAfter(placed.body, '/reports/sales-by-country');
    expect(sold.body.items).toMatchObject([
      { country: 'Iceland', currency: 'GBP', sales: ONE_ORDER, cancelled: NOTHING },
    ]);

    const cancelled = await commands.post(`/orders/${orderId}/cancel`, { reason: 'ordered twice' });
    expect(cancelled).toMatchObject({ status: 200, body: { revision: 1 } });
    expect(await queries.getAfter(cancelled.body, `/orders/${orderId}`)).toMatchObject({
      body: { status: 'cancelled', cancelReason: 'ordered twice', revision: 1 },
    });
    const [today = ''] = order.body.placedAt.split('T');
    const takenOff = await queries.getAfter(cancelled.body, `/reports/sales-by-day?from=${today}`);
    expect(takenOff.body.items).toMatchObject([{ day: today, sales: NOTHING, cancelled: ONE_ORDER }]);

    const kept = await commands.post('/orders', ORDER);
    const credited = await commands.post('/credit-notes', {
      customerId: ORDER.customerId,
      country: ORDER.country,
      currency: ORDER.currency,
      orderId: kept.body.orderId,
      lines: [{ productCode: '85123A', quantity: 2, unitPrice: '2.55' }],
    });
    expect(credited.status).toBe(201);
    expect(await queries.getAfter(credited.body, '/customers/12347/totals')).toMatchObject({
      body: {
        currencies: [
          {
            currency: 'GBP',
            sales: ONE_ORDER,
            cancelled: ONE_ORDER,
            credits: { creditNotes: 1, lines: 1, units: 2, total: '5.10' },
          },
        ],
      },
    });
    expect(await queries.getAfter(credited.body, '/products/85123A/sales')).toMatchObject({
      body: { currencies: [{ sales: { units: 6, goods: '15.30' }, credits: { units: 2, goods: '5.10' } }] },
    });
  });

  it('refuse to answer older than was asked for, with the lag', async () => {
    const { status, headers, body } = await queries.get('/orders', {
      'tidemark-consistency': '999999999999',
      prefer: 'wait=0',
    });
    expect({ status, body }).toMatchObject({ status: 503, body: { code: 'READ_MODEL_BEHIND' } });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('repeat the first answer to a command sent twice, and record it once', async () => {
    const key = { 'idempotency-key': 'order-of-monday' };
    const first = await commands.post('/orders', ORDER, key);
    const again = await commands.post('/orders', ORDER, key);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(await commands.post('/orders', { ...ORDER, country: 'EIRE' }, key)).toMatchObject({
      status: 422,
      body: { code: 'COMMAND_ID_REUSED' },
    });
  });
});

describe('the query-api', () => {
  it('knows from the projector how the projections stand', async () => {
    await eventually(
      'all of it is ready and none degraded',
      async () =>
        expect(await queries.get('/health/ready')).toMatchObject({
          status: 200,
          body: { status: 'ready', checks: { projections: { status: 'up' } } },
        }),
      { timeoutMs: 30_000 },
    );
  });
});

describe('a store killed under the running apps', () => {
  it('EventStoreDB: commands are refused until it is back, reads go on; then all recover alone', async () => {
    const before = await commands.post('/orders', ORDER);
    await log.kill();
    const key = { 'idempotency-key': 'while-it-was-away' };
    const refused = await commands.post('/orders', ORDER, key);
    expect(refused).toMatchObject({ status: 503, body: { code: 'EVENT_STORE_UNAVAILABLE' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await commands.get('/health/ready')).toMatchObject({
      status: 503,
      body: { checks: { eventstoredb: { status: 'down' } } },
    });
    expect(await commands.get('/health/live')).toMatchObject({ status: 200 });
    expect(await queries.getAfter(before.body, `/orders/${before.body.orderId}`)).toMatchObject({
      status: 200,
    });

    await log.start();
    const placed = await eventually(
      'the same command is accepted',
      async () => {
        const answer = await commands.post('/orders', ORDER, key);
        expect(answer.status).toBe(201);
        return answer;
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );
    await eventually(
      'the projector follows again',
      async () => {
        const read = await queries.getAfter(placed.body, `/orders/${placed.body.orderId}`);
        expect(read.status).toBe(200);
      },
      { timeoutMs: 60_000 },
    );
  });

  it('MongoDB: commands go on, queries are refused until it is back; then all recover alone', async () => {
    await readModels.kill();
    const placed = await commands.post('/orders', ORDER);
    expect(placed.status).toBe(201);
    await eventually(
      'the query side says so',
      async () =>
        expect(await queries.get('/health/ready')).toMatchObject({
          status: 503,
          body: { checks: { mongodb: { status: 'down' } } },
        }),
      { timeoutMs: 60_000 },
    );
    expect(await queries.get(`/orders/${placed.body.orderId}`)).toMatchObject({ status: 503 });

    await readModels.start();
    await eventually(
      'the order can be read',
      async () => {
        const read = await queries.getAfter(placed.body, `/orders/${placed.body.orderId}`);
        expect(read).toMatchObject({ status: 200, body: { status: 'placed' } });
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );
    await Promise.all(apps.map((app) => untilReady(app)));
  });
});
