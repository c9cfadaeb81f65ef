import 'reflect-metadata';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { createHttpApp, type HttpApp, openApiDocument, operationsWithoutExample } from '#libs/platform/http';
import { newId } from '#libs/platform/kernel';
import { createLogger } from '#libs/platform/observability';
import { ReadModels, ReadModelsModule, type Stored } from '#libs/platform/projections';
import { startTestMongo, type TestStore } from '#libs/platform/testing';
import { ListProductsHandler, type ProductFilter } from '../../application/list-products.js';
import { CatalogQueryModule } from '../../catalog.module.js';
import { catalogContext } from '../../definition.js';
import { type ProductDocument, products } from '../../read-models/products.js';

const silent = createLogger({
  level: 'error',
  format: 'json',
  destination: new Writable({ write: (_chunk, _encoding, done) => done() }),
});
const NAMES = ['Mug', 'mug', 'Mug, large', 'Bowl', 'Zebra', 'apple', 'Mug'];

/** Every third is discontinued; names repeat, so that the code must decide. */
const documents: Stored<ProductDocument>[] = Array.from({ length: 90 }, (_none, index) => {
  const name = NAMES[index % NAMES.length] as string;
  const code = `P${String(index).padStart(3, '0')}${index % 2 ? 'a' : 'A'}`;
  return {
    _id: code,
    name,
    byName: `${name.toLowerCase()}\u0001${code}`,
    priceThousandths: 2_550 + index,
    currency: 'GBP',
    status: index % 3 === 0 ? 'discontinued' : 'active',
    registeredAt: '2026-03-01T10:00:00.000Z',
    changedAt: '2026-03-02T10:00:00.000Z',
    revision: 1,
  };
});

let mongo: TestStore;
let app: HttpApp;
let readModels: ReadModels;
beforeAll(async () => {
  mongo = await startTestMongo();
  const contexts = [{ ...catalogContext, database: `spec_catalog_${newId()}` }];
  @Module({ imports: [ReadModelsModule.forRoot({ url: mongo.url, contexts }), CatalogQueryModule] })
  class SpecModule {}
  app = await createHttpApp(SpecModule, { logger: silent });
  readModels = app.nest.get(ReadModels);
  const collection = readModels.collection(products);
  await collection.insertMany(documents as never);
  await collection.createIndexes((products.indexes ?? []).map(({ name, key }) => ({ name, key })));
}, 30_000);
afterAll(async () => {
  await readModels?.collection(products).db.dropDatabase();
  await app?.stop();
  await mongo?.close();
});

const get = (url: string) => app.server.inject({ method: 'GET', url });

async function codesOf(query: string): Promise<string[]> {
  const codes: string[] = [];
  for (let next: string | undefined = `/products?${query}`; next; ) {
    const reply = await get(next);
    expect(reply.statusCode).toBe(200);
    codes.push(...reply.json().items.map(({ code }: { code: string }) => code));
    next = reply.json().links.next;
  }
  return codes;
}

const sorted = (by: '_id' | 'byName', status?: string) =>
  documents
    .filter((document) => status === undefined || document.status === status)
    .toSorted((a, b) => Buffer.compare(Buffer.from(a[by]), Buffer.from(b[by])))
    .map(({ _id }) => _id);

describe('GET /products/{code}', () => {
  it('shows a product with its revision as ETag', async () => {
    const reply = await get('/products/P001a');
    expect(reply.statusCode).toBe(200);
    expect(reply.headers).toMatchObject({ etag: '"1"' });
    expect(reply.json()).toEqual({
      code: 'P001a',
      name: 'mug',
      price: '2.551',
      currency: 'GBP',
      status: 'active',
      registeredAt: '2026-03-01T10:00:00.000Z',
      changedAt: '2026-03-02T10:00:00.000Z',
      revision: 1,
    });
  });

  it('knows codes letter by letter', async () => {
    const reply = await get('/products/P001A');
    expect(reply.statusCode).toBe(404);
    expect(reply.json()).toMatchObject({ code: 'PRODUCT_NOT_FOUND' });
  });
});

describe('GET /products', () => {
  it.each([
    ['limit=7', sorted('_id')],
    ['limit=90&sort=code', sorted('_id')],
    ['limit=7&sort=name', sorted('byName')],
    ['limit=7&status=active', sorted('_id', 'active')],
    ['limit=11&status=discontinued&sort=name', sorted('byName', 'discontinued')],
  ])('gives every product once, in order: %s', async (query, expected) =>
    expect(await codesOf(query)).toEqual(expected),
  );

  it('gives no next link on the last page', async () =>
    expect((await get('/products?limit=90')).json().links).toEqual({ self: '/products?limit=90' }));

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['sort=price', 'sort'],
    ['status=gone', 'status'],
    ['after=nonsense', 'after'],
    ['colour=red', 'colour'],
  ])('refuses %s', async (query, field) => {
    const reply = await get(`/products?${query}`);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({ errors: [{ field }] });
  });

  it('refuses a cursor of another order', async () => {
    const { next } = (await get('/products?limit=7&sort=name')).json().links;
    expect((await get(next.replace('sort=name', 'sort=code'))).statusCode).toBe(400);
  });

  it.each<ProductFilter>([
    { sort: 'code', limit: 7 },
    { sort: 'code', limit: 7, after: 'P010A' },
    { sort: 'name', limit: 7, after: 'mug' },
    { sort: 'code', limit: 7, status: 'active', after: 'P010A' },
    { sort: 'name', limit: 7, status: 'active', after: 'mug' },
  ])('reads no more than its page, in index order: %j', async (filter) => {
    const cursor = new ListProductsHandler(readModels).cursor(filter);
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
      name.includes('/products'),
    ),
  ).toEqual([]));
