import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpApp } from '#libs/platform/http';
import { requests } from './examples.js';
import { startApi } from './start-api.js';

let api: HttpApp;

async function send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
  const reply = await api.server.inject({ method, url, ...(payload && { payload }) });
  return { status: reply.statusCode, body: reply.json() };
}

/** Orders in every state that refuses something. */
beforeAll(async () => {
  api = await startApi();
  const { place: _now, ...draft } = requests.order;
  const steps: readonly (readonly [string, object?])[] = [
    ['/orders', { ...draft, orderId: 'draft' }],
    ['/orders', { ...draft, orderId: 'empty', lines: [] }],
    ['/orders', { ...requests.order, orderId: 'placed' }],
    ['/orders', { ...requests.order, orderId: 'shipped' }],
    ['/orders/shipped/confirm'],
    ['/orders/shipped/shipments', requests.shipment],
    ['/orders', { ...requests.order, orderId: 'cancelled' }],
    ['/orders/cancelled/cancel', requests.cancellation],
    ['/credit-notes', requests.creditNote],
  ];
  for (const [url, payload] of steps) expect((await send('POST', url, payload)).status).toBeLessThan(300);
}, 30_000);
afterAll(() => api.stop());

const line = requests.order.lines[0]!;
const order = (change: object) => ({ ...requests.order, orderId: 'new', ...change });
const lines = (change: object) => order({ lines: [line, { ...line, ...change }] });
const note = (change: object) => ({ ...requests.creditNote, creditNoteId: 'new', ...change });
const many = Array(2_001).fill(line);

describe('fields that are not valid', () => {
  const cases: readonly (readonly ['POST' | 'PUT', string, object, string])[] = [
    ['POST', '/orders', order({ customerId: undefined }), 'customerId'],
    ['POST', '/orders', order({ customerId: 17850 }), 'customerId'],
    ['POST', '/orders', order({ customerId: 'a/b' }), 'customerId'],
    ['POST', '/orders', order({ orderId: '' }), 'orderId'],
    ['POST', '/orders', order({ country: 'x'.repeat(61) }), 'country'],
    ['POST', '/orders', order({ country: null }), 'country'],
    ['POST', '/orders', order({ currency: 'pounds' }), 'currency'],
    ['POST', '/orders', order({ lines: {} }), 'lines'],
    ['POST', '/orders', order({ lines: [null] }), 'lines'],
    ['POST', '/orders', order({ lines: many }), 'lines'],
    ['POST', '/orders', order({ place: 'yes' }), 'place'],
    ['POST', '/orders', order({ placedAt: '2026-03-01' }), 'placedAt'],
    ['POST', '/orders', order({ address: 'Ely' }), 'address'],
    ['POST', '/orders', order({ address: { ...requests.address, city: '' } }), 'address.city'],
    ['POST', '/orders', order({ address: { ...requests.address, planet: 'Earth' } }), 'address.planet'],
    ['POST', '/orders', lines({ productCode: undefined }), 'lines[1].productCode'],
    ['POST', '/orders', lines({ productCode: ' A' }), 'lines[1].productCode'],
    ['POST', '/orders', lines({ quantity: 0 }), 'lines[1].quantity'],
    ['POST', '/orders', lines({ quantity: '1' }), 'lines[1].quantity'],
    ['POST', '/orders', lines({ quantity: 1_000_001 }), 'lines[1].quantity'],
    ['POST', '/orders', lines({ unitPrice: 2.55 }), 'lines[1].unitPrice'],
    ['POST', '/orders', lines({ unitPrice: '2.5555' }), 'lines[1].unitPrice'],
    ['POST', '/orders', lines({ unitPrice: '-1' }), 'lines[1].unitPrice'],
    ['POST', '/orders', lines({ colour: 'red' }), 'lines[1].colour'],
    ['POST', '/orders', order({ charges: [{ kind: 'bribe', amount: '1' }] }), 'charges[0].kind'],
    ['POST', '/orders', order({ charges: [{ kind: 'tax', amount: 1 }] }), 'charges[0].amount'],
    ['POST', '/orders/draft/lines', { kind: 'product', quantity: 1, unitPrice: '1' }, 'productCode'],
    ['POST', '/orders/draft/lines', { ...requests.line, amount: '1' }, 'amount'],
    ['POST', '/orders/draft/lines', { kind: 'tax' }, 'amount'],
    ['POST', '/orders/draft/lines', { kind: 'tax', amount: '1', quantity: 1 }, 'quantity'],
    ['PUT', '/orders/draft/lines/1', requests.line, 'lineId'],
    ['PUT', '/orders/draft/lines/1', { ...requests.changedLine, quantity: -1 }, 'quantity'],
    ['PUT', '/orders/a%2Fb/lines/1', requests.changedLine, 'orderId'],
    ['PUT', '/orders/placed/address', {}, 'name'],
    ['POST', '/orders/placed/shipments', {}, 'lines'],
    ['POST', '/orders/placed/shipments', { lines: [] }, 'lines'],
    ['POST', '/orders/placed/shipments', { lines: [{ lineId: '1' }] }, 'lines[0].quantity'],
    ['POST', '/orders/placed/cancel', {}, 'reason'],
    ['POST', '/orders/placed/cancel', { reason: '' }, 'reason'],
    ['POST', '/credit-notes', note({ lines: [] }), 'lines'],
    ['POST', '/credit-notes', note({ lines: [{ ...line, quantity: -2 }] }), 'lines[0].quantity'],
    ['POST', '/credit-notes', note({ charges: [] }), 'charges'],
  ];
  const named = cases.map(([method, url, payload, field]) => ({ method, url, payload, field }));
  it.each(named)('$# $method $url: $field', async ({ method, url, payload, field }) => {
    const { status, body } = await send(method, url, payload);
    expect({
      status,
      code: body.code,
      fields: body.errors?.map((one: { field: string }) => one.field),
    }).toEqual({
      status: 400,
      code: 'VALIDATION_FAILED',
      fields: expect.arrayContaining([field]),
    });
  });

  it.each([
    ['/orders?status=lost', 'status'],
    ['/orders?limit=0', 'limit'],
    ['/orders?limit=x', 'limit'],
    ['/orders?from=yesterday', 'from'],
    ['/orders?sort=colour', 'sort'],
    ['/orders?colour=red', 'colour'],
    ['/credit-notes?to=2026-02-30', 'to'],
    ['/reports/sales-by-day?from=2026-03', 'from'],
    ['/reports/sales-by-month?from=2026-13', 'from'],
    ['/reports/sales-by-country?currency=pounds', 'currency'],
    ['/reports/sales-by-country?from=2026-03', 'from'],
    ['/customers/a%20b/totals', 'customerId'],
    ['/products/%20/sales', 'productCode'],
  ])('GET %s names %s', async (url, field) => {
    const { status, body } = await send('GET', url);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'VALIDATION_FAILED' });
    expect(body.errors.map((one: { field: string }) => one.field)).toContain(field);
  });
});

type Refusal = readonly [
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  payload: object | undefined,
  status: number,
  code: string,
  field?: string,
];

describe('what the rules refuse', () => {
  const { shipment, cancellation, address } = requests;
  const cases: readonly Refusal[] = [
    ['POST', '/orders', order({ lines: [] }), 422, 'ORDER_HAS_NO_LINES', 'lines'],
    ['POST', '/orders', order({ lines: many.slice(1) }), 422, 'ORDER_TOO_MANY_LINES', 'lines'],
    ['POST', '/orders', lines({ lineId: 'x', unitPrice: '999999999999.999' }), 422, 'ORDER_AMOUNT_TOO_LARGE'],
    [
      'POST',
      '/orders',
      order({ charges: [{ kind: 'tax', amount: '-1' }] }),
      422,
      'ORDER_CHARGE_INVALID',
      'charges[0].amount',
    ],
    [
      'POST',
      '/orders',
      order({ charges: [{ kind: 'discount', amount: '-99' }] }),
      422,
      'ORDER_TOTAL_NEGATIVE',
      'charges',
    ],
    ['POST', '/orders', order({ orderId: 'draft' }), 409, 'ORDER_ALREADY_EXISTS', 'orderId'],
    ['POST', '/orders/empty/place', undefined, 422, 'ORDER_HAS_NO_LINES', 'lines'],
    ['POST', '/orders/none/place', undefined, 404, 'ORDER_NOT_FOUND'],
    ['POST', '/orders/cancelled/place', undefined, 409, 'ORDER_CANCELLED'],
    ['POST', '/orders/placed/lines', requests.line, 409, 'ORDER_NOT_DRAFT'],
    [
      'POST',
      '/orders/draft/lines',
      { ...requests.line, lineId: '1' },
      409,
      'ORDER_LINE_ALREADY_EXISTS',
      'lineId',
    ],
    ['PUT', '/orders/draft/lines/9', requests.changedLine, 404, 'ORDER_LINE_NOT_FOUND', 'lineId'],
    ['PUT', '/orders/draft/lines/1', { kind: 'tax', amount: '1' }, 409, 'ORDER_LINE_KIND_FIXED', 'kind'],
    ['DELETE', '/orders/draft/lines/9', undefined, 404, 'ORDER_LINE_NOT_FOUND', 'lineId'],
    ['DELETE', '/orders/placed/lines/1', undefined, 409, 'ORDER_NOT_DRAFT'],
    ['PUT', '/orders/shipped/address', { ...address, city: 'York' }, 409, 'ORDER_ALREADY_SHIPPED'],
    ['POST', '/orders/draft/confirm', undefined, 409, 'ORDER_NOT_PLACED'],
    ['POST', '/orders/placed/shipments', shipment, 409, 'ORDER_NOT_CONFIRMED'],
    [
      'POST',
      '/orders/shipped/shipments',
      { ...shipment, shipmentId: 's-2' },
      409,
      'SHIPMENT_EXCEEDS_ORDER',
      'lines[0].quantity',
    ],
    [
      'POST',
      '/orders/shipped/shipments',
      { ...shipment, lines: [{ lineId: '2', quantity: 1 }] },
      409,
      'SHIPMENT_ALREADY_EXISTS',
      'shipmentId',
    ],
    ['POST', '/orders/shipped/deliver', undefined, 409, 'ORDER_NOT_FULLY_SHIPPED'],
    ['POST', '/orders/shipped/cancel', cancellation, 409, 'ORDER_ALREADY_SHIPPED'],
    [
      'POST',
      '/credit-notes',
      note({ creditNoteId: 'C536379', reason: 'other' }),
      409,
      'CREDIT_NOTE_ALREADY_EXISTS',
      'creditNoteId',
    ],
    ['GET', '/orders/none', undefined, 404, 'ORDER_NOT_FOUND'],
    ['GET', '/credit-notes/none', undefined, 404, 'CREDIT_NOTE_NOT_FOUND'],
  ];
  it.each(cases.map(([method, url, payload, ...expected]) => ({ method, url, payload, expected })))(
    '$method $url: $expected',
    async ({ method, url, payload, expected: [status, code, field] }) => {
      const reply = await send(method, url, payload);
      expect({ status: reply.status, code: reply.body.code, field: reply.body.field }).toEqual({
        status,
        code,
        field,
      });
    },
  );
});
