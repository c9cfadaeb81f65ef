import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HttpApp } from '#libs/platform/http';
import { requests } from './examples.js';
import { startApi } from './start-api.js';

let api: HttpApp;
beforeAll(async () => {
  api = await startApi();
}, 30_000);
afterAll(() => api.stop());

const { orderId: _given, ...order } = requests.order;

async function post(url: string, payload: object, headers: Record<string, string> = {}) {
  const reply = await api.server.inject({ method: 'POST', url, payload, headers });
  return { status: reply.statusCode, body: reply.json() };
}

describe('POST /orders', () => {
  it('answers a repeated key with the first answer, without an id of the client', async () => {
    const key = { 'idempotency-key': 'k-1' };
    const first = await post('/orders', order, key);
    expect(first.status).toBe(201);
    expect(await post('/orders', order, key)).toEqual(first);
    expect(await post('/orders', { ...order, country: 'EIRE' }, key)).toMatchObject({
      status: 422,
      body: { code: 'COMMAND_ID_REUSED' },
    });
  });
  it('makes an order of its own for each request without id and key', async () => {
    const [one, other] = [await post('/orders', order), await post('/orders', order)];
    expect(one.body.orderId).not.toBe(other.body.orderId);
  });
  it('records nothing for the same id and content, and refuses the id for another', async () => {
    const first = await post('/orders', { ...order, orderId: 'o-1' });
    expect(await post('/orders', { ...order, orderId: 'o-1' })).toEqual(first);
    expect(await post('/orders', { ...order, orderId: 'o-1', country: 'EIRE' })).toMatchObject({
      status: 409,
      body: { code: 'ORDER_ALREADY_EXISTS', field: 'orderId' },
    });
  });
});

describe('commands on an order', () => {
  it('make the same line and shipment for the same key', async () => {
    await post('/orders', { ...order, orderId: 'o-2', place: false });
    const key = { 'idempotency-key': 'k-2' };
    const { lineId: _made, ...line } = requests.line;
    const first = await post('/orders/o-2/lines', line, key);
    expect(await post('/orders/o-2/lines', line, key)).toEqual(first);
    const twin = await post('/orders/o-2/lines', line);
    expect(twin.body.lineId).not.toBe(first.body.lineId);
    expect(twin.body.revision).toBe(2);
  });
  it('are refused when the order has changed since the revision the caller saw', async () => {
    await post('/orders', { ...order, orderId: 'o-3' });
    expect(await post('/orders/o-3/confirm', {}, { 'if-match': '"4"' })).toMatchObject({
      status: 412,
      body: { code: 'STREAM_REVISION_MISMATCH' },
    });
    expect((await post('/orders/o-3/confirm', {}, { 'if-match': '"0"' })).status).toBe(200);
  });
});
