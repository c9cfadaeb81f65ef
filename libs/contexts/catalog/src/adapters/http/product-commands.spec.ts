import 'reflect-metadata';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { InMemoryEventStoreModule, InMemoryEventStreams } from '#libs/platform/event-store';
import { createHttpApp, type HttpApp } from '#libs/platform/http';
import { createLogger } from '#libs/platform/observability';
import { CatalogCommandModule } from '../../catalog.module.js';

const streams = new InMemoryEventStreams();

@Module({ imports: [InMemoryEventStoreModule.forRoot(streams), CatalogCommandModule] })
class SpecModule {}

const silent = createLogger({
  level: 'error',
  format: 'json',
  destination: new Writable({ write: (_chunk, _encoding, done) => done() }),
});
let app: HttpApp;
beforeAll(async () => {
  app = await createHttpApp(SpecModule, { logger: silent });
});
afterAll(() => app.stop());

const send = (method: 'POST' | 'PUT', url: string, payload: object, headers: Record<string, string> = {}) =>
  app.server.inject({ method, url, headers, payload });

let count = 0;
let code: string;
beforeEach(() => {
  code = `SKU ${++count}`;
});
const path = () => `/products/${encodeURIComponent(code)}`;
const registration = () => ({ code, name: 'Mug', price: '2.55', currency: 'GBP' });
const register = (other: object = {}, headers = {}) =>
  send('POST', '/products', { ...registration(), ...other }, headers);

describe('POST /products', () => {
  it('registers', async () => {
    const reply = await register();
    expect(reply.statusCode).toBe(201);
    expect(reply.headers).toMatchObject({ etag: '"0"', location: path() });
    expect(reply.json()).toEqual({ code, revision: 0, position: expect.stringMatching(/^\d+$/) });
  });

  it('keeps the price exact', async () => {
    await register({ price: '0.001' });
    const stored = streams.all().at(-1);
    expect(stored?.data).toMatchObject({ code, priceThousandths: 1, currency: 'GBP' });
  });

  it('tells codes apart by letter case', async () => {
    code = `${code}bl`;
    await register();
    expect((await register({ code: code.toUpperCase(), name: 'Cup' })).statusCode).toBe(201);
  });

  it('answers a retry under the same key as the first time', async () => {
    const first = await register({}, { 'idempotency-key': `k-${count}` });
    const again = await register({}, { 'idempotency-key': `k-${count}` });
    expect(again.json()).toEqual(first.json());
  });

  it('refuses a code in use', async () => {
    await register();
    const reply = await register({ name: 'Cup' });
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({ code: 'PRODUCT_ALREADY_EXISTS', field: 'code' });
  });

  it.each([
    [{ code: '' }, 'code'],
    [{ code: 'two  blanks' }, 'code'],
    [{ name: undefined }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ price: 2.55 }, 'price'],
    [{ price: '2.5555' }, 'price'],
    [{ price: '-1' }, 'price'],
    [{ currency: 'pounds' }, 'currency'],
    [{ colour: 'red' }, 'colour'],
  ])('refuses %j', async (other, field) => {
    const reply = await register(other);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field }] });
  });

  it('refuses a blank name by the rules', async () =>
    expect((await register({ name: '  ' })).json()).toMatchObject({ code: 'PRODUCT_NAME_INVALID' }));
});

describe('changes of a product', () => {
  it('rename, price and end are recorded, one revision each', async () => {
    await register();
    expect((await send('PUT', `${path()}/name`, { name: 'Cup' })).json()).toMatchObject({ revision: 1 });
    const priced = await send('PUT', `${path()}/price`, { price: '3', currency: 'EUR' });
    expect(priced.headers).toMatchObject({ etag: '"2"', location: path() });
    const ended = await send('POST', `${path()}/discontinue`, { reason: 'broken mould' });
    expect(ended.statusCode).toBe(200);
    expect(ended.json()).toMatchObject({ code, revision: 3 });
    const late = await send('PUT', `${path()}/name`, { name: 'Bowl' });
    expect(late.statusCode).toBe(409);
    expect(late.json()).toMatchObject({ code: 'PRODUCT_DISCONTINUED' });
  });

  it('are refused for a revision that is not there any more', async () => {
    await register();
    await send('PUT', `${path()}/name`, { name: 'Cup' });
    const reply = await send('PUT', `${path()}/name`, { name: 'Bowl' }, { 'if-match': '"0"' });
    expect(reply.statusCode).toBe(412);
    expect(reply.json()).toMatchObject({ code: 'STREAM_REVISION_MISMATCH' });
  });

  it.each([
    ['PUT', 'name', { name: 'Cup' }],
    ['PUT', 'price', { price: '3', currency: 'EUR' }],
    ['POST', 'discontinue', { reason: 'gone' }],
  ] as const)('are refused for an unknown product: %s %s', async (method, what, body) => {
    const reply = await send(method, `${path()}/${what}`, body);
    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toMatchObject({ code: 'PRODUCT_NOT_FOUND' });
  });

  it('are refused for a code that is none', async () =>
    expect((await send('PUT', '/products/%20/name', { name: 'Cup' })).json()).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ field: 'code' }],
    }));
});
