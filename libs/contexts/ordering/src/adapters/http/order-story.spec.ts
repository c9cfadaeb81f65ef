import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HttpApp, openApiDocument, operationsWithoutExample } from '#libs/platform/http';
import {
  creditNoteExample,
  creditNoteListExample,
  customerTotalsExample,
  orderExample,
  orderListExample,
  productSalesExample,
  reportExample,
  requests,
} from './examples.js';
import { startApi } from './start-api.js';

let api: HttpApp;
beforeAll(async () => {
  api = await startApi();
}, 30_000);
afterAll(() => api.stop());

async function send(method: 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
  const reply = await api.server.inject({ method, url, ...(payload && { payload }) });
  return { status: reply.statusCode, headers: reply.headers, body: reply.json() };
}
const read = async (url: string) => (await api.server.inject(url)).json();

describe('the examples of the OpenAPI document', () => {
  it('are there for every operation', () =>
    expect(
      operationsWithoutExample(openApiDocument(api.nest, { title: 'ordering', version: '1' })).filter(
        (one) => !/ \/(health|metrics)/.test(one),
      ),
    ).toEqual([]));

  it('place, confirm, ship and credit an order', async () => {
    expect(await send('POST', '/orders', requests.order)).toMatchObject({
      status: 201,
      headers: { location: '/orders/536365', etag: '"0"' },
      body: { orderId: '536365', revision: 0, position: '0' },
    });
    expect(await send('POST', '/orders/536365/confirm')).toMatchObject({
      status: 200,
      headers: { etag: '"1"' },
      body: { orderId: '536365', revision: 1 },
    });
    expect(await send('POST', '/orders/536365/shipments', requests.shipment)).toMatchObject({
      status: 200,
      body: { orderId: '536365', shipmentId: 's-1', revision: 2 },
    });
    expect(await send('POST', '/credit-notes', requests.creditNote)).toMatchObject({
      status: 201,
      headers: { location: '/credit-notes/C536379' },
      body: { creditNoteId: 'C536379', revision: 0 },
    });
  });

  it.each([
    ['/orders/536365', orderExample],
    ['/orders?limit=1', { ...orderListExample, links: { self: '/orders?limit=1' } }],
    ['/credit-notes/C536379', creditNoteExample],
    ['/credit-notes', creditNoteListExample],
    ['/customers/17850/totals', customerTotalsExample],
    ['/products/85123A/sales', productSalesExample],
    ['/reports/sales-by-day', reportExample('day', '2026-03-01')],
    ['/reports/sales-by-month', reportExample('month', '2026-03')],
    ['/reports/sales-by-country', reportExample('country', 'United Kingdom')],
  ])('are what GET %s answers', async (url, example) => expect(await read(url)).toEqual(example));

  it('draft an order, change its lines and give it up', async () => {
    const { place: _now, ...draft } = { ...requests.order, orderId: 'd-1' };
    const { lineId } = requests.line;
    expect((await send('POST', '/orders', draft)).status).toBe(201);
    expect((await send('POST', '/orders/d-1/lines', requests.line)).body).toMatchObject({ lineId });
    expect((await send('PUT', `/orders/d-1/lines/${lineId}`, requests.changedLine)).status).toBe(200);
    expect((await read('/orders/d-1')).totals).toMatchObject({ lines: 3, units: 11, total: '59.88' });
    expect((await send('DELETE', `/orders/d-1/lines/${lineId}`)).body).toMatchObject({ revision: 3 });
    expect((await send('PUT', '/orders/d-1/address', { ...requests.address, city: 'York' })).status).toBe(
      200,
    );
    expect((await send('POST', '/orders/d-1/cancel', requests.cancellation)).status).toBe(200);
    expect(await read('/orders/d-1')).toMatchObject({
      status: 'cancelled',
      cancelReason: 'Ordered twice.',
      address: { city: 'York' },
      totals: { total: '27.03' },
      revision: 5,
    });
  });

  it('place a draft and deliver it', async () => {
    const { place: _later, ...draft } = { ...requests.order, orderId: 'd-2' };
    const lines = [
      { lineId: '1', quantity: 6 },
      { lineId: '2', quantity: 2 },
    ];
    await send('POST', '/orders', draft);
    expect((await read('/orders/d-2')).status).toBe('draft');
    for (const step of ['place', 'confirm'])
      expect((await send('POST', `/orders/d-2/${step}`)).status).toBe(200);
    const { body } = await send('POST', '/orders/d-2/shipments', { lines });
    expect(body.shipmentId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await send('POST', '/orders/d-2/deliver')).status).toBe(200);
    expect(await read('/orders/d-2')).toMatchObject({ status: 'delivered', revision: 4 });
  });
});

describe('what was never ordered', () => {
  it('has no figures', async () => {
    expect(await read('/customers/nobody/totals')).toEqual({ customerId: 'nobody', currencies: [] });
    expect(await read('/products/NONE/sales')).toEqual({ productCode: 'NONE', currencies: [] });
  });
});
