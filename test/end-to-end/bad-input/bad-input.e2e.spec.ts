import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type Answer,
  Api,
  type StartedApp,
  startApp,
  type TemporaryFolder,
  temporaryFolder,
  untilReady,
} from '../../harness/index.js';
import { badRequestsTo } from './bad-requests.js';
import { COMMAND_ROUTES } from './command-routes.js';
import { QUERY_ROUTES } from './query-routes.js';
import { REFUSALS } from './refusals.js';

jest.setTimeout(120_000);

/** Routes of the operating side: nothing can be sent to them. */
const OPERATING = ['GET /health/live', 'GET /health/ready', 'GET /metrics'];
const ORDER = {
  customerId: 'c-1',
  country: 'GB',
  currency: 'GBP',
  lines: [{ lineId: '1', productCode: '85123A', quantity: 6, unitPrice: '2.55' }],
};

let folder: TemporaryFolder;
let app: StartedApp;
let api: Api;
let latest: { position: string };

beforeAll(async () => {
  folder = temporaryFolder('bad-input');
  app = await startApp('standalone', { TIDEMARK_DATA: join(folder.path, 'data'), LOG_LEVEL: 'info' });
  await untilReady(app);
  api = new Api(app.url);
  await given();
});

afterAll(async () => {
  await app?.child.stop();
  folder.remove();
});

async function given(): Promise<void> {
  const done = async (answer: Promise<Answer<{ position: string }>>) => {
    const { status, body } = await answer;
    expect({ status, body }).toMatchObject({
      status: expect.any(Number),
      body: { position: expect.any(String) },
    });
    latest = body;
  };
  await done(api.post('/orders', { ...ORDER, orderId: 'draft' }));
  for (const orderId of ['placed', 'confirmed', 'shipped', 'cancelled'])
    await done(api.post('/orders', { ...ORDER, orderId, place: true }));
  for (const orderId of ['confirmed', 'shipped']) await done(api.post(`/orders/${orderId}/confirm`));
  await done(
    api.post('/orders/shipped/shipments', { shipmentId: 's-1', lines: [{ lineId: '1', quantity: 6 }] }),
  );
  await done(api.post('/orders/cancelled/cancel', { reason: 'too late' }));
  await done(api.post('/credit-notes', { ...ORDER, creditNoteId: 'note' }));
  for (const code of ['P1', 'GONE'])
    await done(api.post('/products', { code, name: 'T-light holder', price: '2.55', currency: 'GBP' }));
  await done(api.post('/products/GONE/discontinue', { reason: 'The maker closed.' }));
  await done(api.post('/customers', { customerId: 'c-1', address: { country: 'United Kingdom' } }));
}

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly field?: string | undefined;
}

/** A refusal in full: status, problem+json, code, and the field among those that are named. */
function expectProblem({ status, headers, body }: Answer<unknown>, expected: Problem): void {
  expect({ status, body }).toMatchObject({
    status: expected.status,
    body: { status: expected.status, code: expected.code, requestId: expect.any(String) },
  });
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  if (expected.field === undefined) return;
  const { field, errors = [] } = body as { field?: string; errors?: { field: string; message: string }[] };
  expect([field, ...errors.map((error) => error.field)]).toContain(expected.field);
}

describe('the tables of this spec', () => {
  it('hold every route that the API documents, and no other', async () => {
    const { body } = await api.get('/openapi.json');
    const documented = Object.entries(body.paths as Record<string, object>).flatMap(([route, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${route}`),
    );
    const tested = [
      ...COMMAND_ROUTES.map(({ method, route }) => `${method} ${route}`),
      ...QUERY_ROUTES.map(({ route }) => `GET ${route}`),
      ...OPERATING,
    ];
    expect(documented.sort()).toEqual(tested.sort());
  });
});

describe.each(COMMAND_ROUTES)('$method $route', (route) => {
  it.each(badRequestsTo(route))('refuses: $what', async ({ method, path, headers, body, ...expected }) =>
    expectProblem(await api.send(method, path, body, headers), expected),
  );
});

describe.each(QUERY_ROUTES)('GET $route', ({ path, unknown, bad }) => {
  it('answers', async () => expect(await api.getAfter(latest, path)).toMatchObject({ status: 200 }));

  it.each([
    ['Tidemark-Consistency', 'yesterday'],
    ['Prefer', 'wait=soon'],
    ['Prefer', 'wait=61'],
  ])('refuses: %s: %s', async (name, value) =>
    expectProblem(await api.get(path, { [name]: value }), { status: 400, code: 'BAD_HEADER', field: name }),
  );

  if (unknown)
    it('refuses: an unknown id', async () =>
      expectProblem(await api.get(unknown.path), { status: 404, code: unknown.code }));

  for (const [field, value] of Object.entries(bad))
    it(`refuses: ${field}=${value.slice(0, 20)}`, async () =>
      expectProblem(await api.get(`${path}?${field}=${value}`), {
        status: 400,
        code: 'VALIDATION_FAILED',
        field,
      }));

  if (Object.keys(bad).length > 0)
    it('refuses: an unknown parameter', async () =>
      expectProblem(await api.get(`${path}?surprise=1`), {
        status: 400,
        code: 'VALIDATION_FAILED',
        field: 'surprise',
      }));
});

describe('rules', () => {
  it.each(REFUSALS)('refuse: $what', async ({ method, path, body, headers = {}, ...expected }) =>
    expectProblem(
      await api.send(method, path, body && JSON.stringify(body), {
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      }),
      expected,
    ),
  );
});

describe('addresses', () => {
  it.each([
    ['GET', '/nowhere', 404, 'ROUTE_NOT_FOUND'],
    ['PATCH', '/orders/placed', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/orders/not%20an%20id', 400, 'VALIDATION_FAILED'],
    ['GET', `/orders/${'x'.repeat(101)}`, 400, 'VALIDATION_FAILED'],
    ['GET', '/orders/%E0%A4%A', 400, 'BAD_REQUEST'],
  ])('%s %s is answered with %i %s', async (method, path, status, code) =>
    expectProblem(await api.send(method, path, undefined, {}), { status, code }),
  );
});

it('none of it was a fault of the server', () => {
  expect(app.child.stdout).not.toContain('"level":"error"');
  expect(app.child.exit).toBeUndefined();
});
