import 'reflect-metadata';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { createHttpApp, type HttpApp, openApiDocument, operationsWithoutExample } from '#libs/platform/http';
import { newId } from '#libs/platform/kernel';
import { createLogger } from '#libs/platform/observability';
import { ReadModels, ReadModelsModule, type Stored } from '#libs/platform/projections';
import { startTestMongo, type TestStore } from '#libs/platform/testing';
import { type CustomerFilter, ListCustomersHandler } from '../../application/list-customers.js';
import { CustomersQueryModule } from '../../customers.module.js';
import { customersContext } from '../../definition.js';
import { type CustomerDocument, customers } from '../../read-models/customers.js';

const silent = createLogger({
  level: 'error',
  format: 'json',
  destination: new Writable({ write: (_chunk, _encoding, done) => done() }),
});
const COUNTRIES = ['Iceland', 'EIRE', 'United Kingdom'];
const documents: Stored<CustomerDocument>[] = Array.from({ length: 60 }, (_none, index) => ({
  _id: String(12_300 + index),
  contact: index % 2 ? { name: `Customer ${index}` } : {},
  address: { country: COUNTRIES[index % COUNTRIES.length] as string },
  registeredAt: '2026-03-01T10:00:00.000Z',
  changedAt: '2026-03-01T10:00:00.000Z',
  revision: 0,
}));

let mongo: TestStore;
let app: HttpApp;
let readModels: ReadModels;
beforeAll(async () => {
  mongo = await startTestMongo();
  const contexts = [{ ...customersContext, database: `spec_customers_${newId()}` }];
  @Module({ imports: [ReadModelsModule.forRoot({ url: mongo.url, contexts }), CustomersQueryModule] })
  class SpecModule {}
  app = await createHttpApp(SpecModule, { logger: silent });
  readModels = app.nest.get(ReadModels);
  const collection = readModels.collection(customers);
  await collection.insertMany(documents as never);
  await collection.createIndexes((customers.indexes ?? []).map(({ name, key }) => ({ name, key })));
}, 30_000);
afterAll(async () => {
  await readModels?.collection(customers).db.dropDatabase();
  await app?.stop();
  await mongo?.close();
});

const get = (url: string) => app.server.inject({ method: 'GET', url });

async function idsOf(query: string): Promise<string[]> {
  const ids: string[] = [];
  for (let next: string | undefined = `/customers?${query}`; next; ) {
    const reply = await get(next);
    expect(reply.statusCode).toBe(200);
    ids.push(...reply.json().items.map(({ customerId }: { customerId: string }) => customerId));
    next = reply.json().links.next;
  }
  return ids;
}

describe('GET /customers/{id}', () => {
  it('shows a customer with the revision as ETag', async () => {
    const reply = await get('/customers/12301');
    expect(reply.headers).toMatchObject({ etag: '"0"' });
    expect(reply.json()).toEqual({
      customerId: '12301',
      contact: { name: 'Customer 1' },
      address: { country: 'EIRE' },
      registeredAt: '2026-03-01T10:00:00.000Z',
      changedAt: '2026-03-01T10:00:00.000Z',
      revision: 0,
    });
  });

  it('refuses an unknown one', async () => {
    const reply = await get('/customers/nobody');
    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toMatchObject({ code: 'CUSTOMER_NOT_FOUND' });
  });
});

describe('GET /customers', () => {
  it('gives everybody once, by id', async () =>
    expect(await idsOf('limit=7')).toEqual(documents.map(({ _id }) => _id)));

  it('gives those of one country', async () =>
    expect(await idsOf('limit=7&country=United%20Kingdom')).toEqual(
      documents.filter(({ address }) => address.country === 'United Kingdom').map(({ _id }) => _id),
    ));

  it.each([
    ['limit=many', 'limit'],
    ['country=', 'country'],
    ['after=nonsense', 'after'],
    ['name=Ada', 'name'],
  ])('refuses %s', async (query, field) => {
    const reply = await get(`/customers?${query}`);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ errors: [{ field }] });
  });

  it.each<CustomerFilter>([
    { limit: 7 },
    { limit: 7, after: '12310' },
    { limit: 7, country: 'EIRE' },
    { limit: 7, country: 'EIRE', after: '12310' },
  ])('reads no more than its page, in index order: %j', async (filter) => {
    const cursor = new ListCustomersHandler(readModels).cursor(filter);
    const { queryPlanner, executionStats } = await cursor.explain('executionStats');
    const plan = JSON.stringify(queryPlanner.winningPlan);
    expect(plan).toContain('"IXSCAN"');
    expect(plan).not.toMatch(/"SORT"|"COLLSCAN"/);
    expect(executionStats.totalDocsExamined).toBeLessThanOrEqual(8);
    expect(executionStats.totalKeysExamined).toBeLessThanOrEqual(9);
  });
});

it('every operation has an example', () =>
  expect(
    operationsWithoutExample(openApiDocument(app.nest, { title: 'spec', version: '1' })).filter((name) =>
      name.includes('/customers'),
    ),
  ).toEqual([]));
