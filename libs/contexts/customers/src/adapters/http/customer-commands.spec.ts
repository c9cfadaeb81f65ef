import 'reflect-metadata';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { InMemoryEventStoreModule, InMemoryEventStreams } from '#libs/platform/event-store';
import { createHttpApp, type HttpApp } from '#libs/platform/http';
import { createLogger } from '#libs/platform/observability';
import { CustomersCommandModule } from '../../customers.module.js';

const streams = new InMemoryEventStreams();

@Module({ imports: [InMemoryEventStoreModule.forRoot(streams), CustomersCommandModule] })
class SpecModule {}

const silent = createLogger({
  level: 'error',
  format: 'json',
  destination: new Writable({ write: (_chunk, _encoding, done) => done() }),
});
/** The time that each command gets: the specs set it. */
let now = '2026-03-01T10:00:00.000Z';
let app: HttpApp;
beforeAll(async () => {
  app = await createHttpApp(SpecModule, { logger: silent, clock: { now: () => now } });
});
afterAll(() => app.stop());

const send = (method: 'POST' | 'PUT', url: string, payload: object, headers: Record<string, string> = {}) =>
  app.server.inject({ method, url, headers, payload });

let count = 0;
let customerId: string;
beforeEach(() => {
  customerId = `c-${++count}`;
  now = '2026-03-01T10:00:00.000Z';
});
const register = (other: object = {}, headers = {}) =>
  send('POST', '/customers', { customerId, address: { country: 'Iceland' }, ...other }, headers);

describe('POST /customers', () => {
  it('registers under the id given', async () => {
    const reply = await register({ contact: { name: 'Ada' } });
    expect(reply.statusCode).toBe(201);
    expect(reply.headers).toMatchObject({ etag: '"0"', location: `/customers/${customerId}` });
    expect(reply.json()).toEqual({ customerId, revision: 0, position: expect.stringMatching(/^\d+$/) });
  });

  it('makes an id, the same for a retry under the same key', async () => {
    const first = await register({ customerId: undefined }, { 'idempotency-key': 'till-7' });
    const again = await register({ customerId: undefined }, { 'idempotency-key': 'till-7' });
    expect(first.json().customerId).toMatch(/^[0-9a-f-]{36}$/);
    expect(again.json()).toEqual(first.json());
  });

  it('refuses another body under the same key', async () => {
    await register({}, { 'idempotency-key': `k-${customerId}` });
    const reply = await register({ contact: { name: 'Eve' } }, { 'idempotency-key': `k-${customerId}` });
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({ code: 'COMMAND_ID_REUSED' });
  });

  it('refuses an id in use', async () => {
    await register();
    const reply = await register({ address: { country: 'Norway' } });
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({ code: 'CUSTOMER_ALREADY_EXISTS', field: 'customerId' });
  });

  it.each([
    [{ customerId: 'a/b' }, 'customerId'],
    [{ address: undefined }, 'address'],
    [{ address: { city: 'Oslo' } }, 'address.country'],
    [{ address: { country: 'Iceland', planet: 'Earth' } }, 'address.planet'],
    [{ contact: { name: null } }, 'contact.name'],
    [{ contact: { email: 5 } }, 'contact.email'],
    [{ vip: true }, 'vip'],
  ])('refuses %j', async (other, field) => {
    const reply = await register(other);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field }] });
  });
});

describe('PUT /customers/{id}/contact and /address', () => {
  it('record only what changed', async () => {
    await register({ contact: { name: 'Ada', phone: '1' } });
    now = '2026-03-02T10:00:00.000Z';
    const reply = await send('PUT', `/customers/${customerId}/contact`, { name: 'Ada', phone: null });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers).toMatchObject({ etag: '"1"', location: `/customers/${customerId}` });
    expect(streams.all().at(-1)?.data).toEqual({ customerId, changes: { phone: null }, changedAt: now });
  });

  it('do not let an older command overwrite a newer field', async () => {
    await register();
    now = '2026-03-03T10:00:00.000Z';
    await send('PUT', `/customers/${customerId}/address`, { city: 'Oslo' });
    now = '2026-03-02T10:00:00.000Z';
    await send('PUT', `/customers/${customerId}/address`, { city: 'Bergen', line1: 'Torget 1' });
    expect(streams.all().at(-1)?.data).toMatchObject({ changes: { line1: 'Torget 1' } });
  });

  it('record nothing when nothing differs', async () => {
    await register();
    const reply = await send('PUT', `/customers/${customerId}/address`, { country: 'Iceland' });
    expect(reply.statusCode).toBe(200);
    expect(reply.json()).toMatchObject({ revision: 0 });
  });

  it.each([
    ['contact', { name: '' }, 'name'],
    ['contact', { fax: '1' }, 'fax'],
    ['address', { country: null }, 'country'],
    ['address', { city: 7 }, 'city'],
  ])('refuse %s %j', async (what, body, field) => {
    await register();
    const reply = await send('PUT', `/customers/${customerId}/${what}`, body);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field }] });
  });

  it('refuse an unknown customer', async () =>
    expect((await send('PUT', `/customers/${customerId}/contact`, { name: 'Ada' })).statusCode).toBe(404));
});
