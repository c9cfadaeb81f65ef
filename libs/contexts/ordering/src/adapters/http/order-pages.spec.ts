import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpApp, Page } from '#libs/platform/http';
import { requests } from './examples.js';
import { SetClock, startApi } from './start-api.js';

const clock = new SetClock();
let api: HttpApp;

/** Orders a to f, two a day; b and c come to the same total, and so do all credit notes. */
const ORDERS = [
  { orderId: 'a', day: '01', price: '5', country: 'EIRE', customerId: '1' },
  { orderId: 'b', day: '01', price: '7', country: 'EIRE', customerId: '1' },
  { orderId: 'c', day: '02', price: '7', country: 'EIRE', customerId: '2' },
  { orderId: 'd', day: '02', price: '1', country: 'Iceland', customerId: '2' },
  { orderId: 'e', day: '03', price: '0.001', country: 'Iceland', customerId: '1' },
  { orderId: 'f', day: '03', price: '9000', country: 'Iceland', customerId: '3' },
];

beforeAll(async () => {
  api = await startApi(clock);
  const post = async (url: string, payload: object) =>
    expect((await api.server.inject({ method: 'POST', url, payload })).statusCode).toBe(201);
  for (const { day, price, ...order } of ORDERS) {
    clock.time = `2026-03-${day}T10:00:00.000Z`;
    const lines = [{ productCode: 'X', quantity: 1, unitPrice: price }];
    await post('/orders', { ...order, currency: 'GBP', lines, place: order.orderId !== 'd' });
    await post('/credit-notes', { ...requests.creditNote, ...order, creditNoteId: `C${order.orderId}` });
  }
}, 30_000);
afterAll(() => api.stop());

async function pages(url: string, id: string): Promise<string[]> {
  const found: string[] = [];
  let next: string | undefined = url;
  while (next) {
    const page: Page<Record<string, string>> = (await api.server.inject(next)).json();
    found.push(page.items.map((item) => item[id]).join(''));
    next = page.links.next;
  }
  return found;
}

describe('GET /orders', () => {
  it.each([
    ['', ['fe', 'dc', 'ba']],
    ['&sort=placedAt', ['fe', 'dc', 'ba']],
    ['&sort=total', ['fc', 'ba', 'de']],
    ['&status=placed', ['fe', 'cb', 'a']],
    ['&status=draft', ['d']],
    ['&country=EIRE', ['cb', 'a']],
    ['&customerId=1', ['eb', 'a']],
    ['&country=EIRE&customerId=1&status=placed', ['ba']],
    ['&from=2026-03-02', ['fe', 'dc']],
    ['&to=2026-03-02', ['ba']],
    ['&from=2026-03-01T10:00:00Z&to=2026-03-03', ['dc', 'ba']],
    ['&sort=total&from=2026-03-02&status=placed', ['fc', 'e']],
    ['&sort=total&to=2026-03-03', ['cb', 'ad']],
    ['&customerId=nobody', ['']],
  ])('pages through %s', async (filter, expected) =>
    expect(await pages(`/orders?limit=2${filter}`, 'orderId')).toEqual(expected),
  );

  it('refuses a cursor of another order, or none at all', async () => {
    const { links } = (await api.server.inject('/orders?limit=1&sort=total')).json();
    for (const url of [links.next.replace('sort=total', 'sort=placedAt'), '/orders?after=x']) {
      const reply = await api.server.inject(url);
      expect(reply.statusCode).toBe(400);
      expect(reply.json()).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'after' }] });
    }
  });
});

describe('GET /credit-notes', () => {
  it.each([
    ['', ['CfCe', 'CdCc', 'CbCa']],
    ['&customerId=1', ['CeCb', 'Ca']],
    ['&orderId=c', ['Cc']],
    ['&from=2026-03-02&to=2026-03-03', ['CdCc']],
  ])('pages through %s', async (filter, expected) =>
    expect(await pages(`/credit-notes?limit=2${filter}`, 'creditNoteId')).toEqual(expected),
  );
});

describe('reports', () => {
  it.each([
    ['day', '', ['2026-03-012026-03-02', '2026-03-03']],
    ['day', '&from=2026-03-02&to=2026-03-03', ['2026-03-02']],
    ['day', '&currency=EUR', ['']],
    ['month', '&from=2026-03', ['2026-03']],
    ['month', '&to=2026-03', ['']],
    ['country', '&currency=GBP', ['EIREIceland']],
  ])('page through sales-by-%s%s', async (by, filter, expected) =>
    expect(await pages(`/reports/sales-by-${by}?limit=2${filter}`, by)).toEqual(expected),
  );

  it('add up to the orders placed and the notes issued', async () => {
    const { items } = (await api.server.inject('/reports/sales-by-month')).json();
    expect(items).toEqual([
      {
        month: '2026-03',
        currency: 'GBP',
        sales: { orders: 5, lines: 5, units: 5, goods: '9019.001', charges: '0.00', total: '9019.001' },
        cancelled: { orders: 0, lines: 0, units: 0, goods: '0.00', charges: '0.00', total: '0.00' },
        credits: { creditNotes: 6, lines: 6, units: 12, total: '30.60' },
      },
    ]);
  });
});
