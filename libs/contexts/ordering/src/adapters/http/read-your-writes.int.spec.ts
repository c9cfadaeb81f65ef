import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type DynamicModule, Module } from '@nestjs/common';
import { EventStoreModule } from '#libs/platform/event-store';
import { createHttpApp, type HttpApp } from '#libs/platform/http';
import { createLogger } from '#libs/platform/observability';
import { ProjectorModule, ReadModelsModule } from '#libs/platform/projections';
import { startTestStores, type TestStores } from '#libs/platform/testing';
import { orderingContext } from '../../definition.js';
import { OrderingCommandModule, OrderingQueryModule } from '../../ordering.module.js';
import { requests } from './examples.js';

jest.setTimeout(30_000);

@Module({})
class ApiModule {}

let stores: TestStores;
let api: HttpApp;

beforeAll(async () => {
  stores = await startTestStores();
  const { eventStoreUrl, mongoUrl } = stores;
  const logger = createLogger({ level: 'silent', format: 'json' });
  const contexts = [orderingContext];
  const root: DynamicModule = {
    module: ApiModule,
    imports: [
      EventStoreModule.forRoot({ url: eventStoreUrl }),
      ReadModelsModule.forRoot({ url: mongoUrl, contexts }),
      ProjectorModule.forRoot({ eventStoreUrl, mongoUrl, contexts, logger }),
      OrderingCommandModule,
      OrderingQueryModule,
    ],
  };
  api = await createHttpApp(root, { logger });
});
afterAll(async () => {
  await api.stop();
  await stores.close();
});

const run = randomInt(1e9);
const customerId = `c-${run}`;
const orderIds = Array.from({ length: 20 }, (_, place) => `o-${run}-${place}`);
const order = (orderId: string) => ({ ...requests.order, orderId, customerId });

async function post(url: string, payload?: object): Promise<{ position: string; revision: number }> {
  const reply = await api.server.inject({ method: 'POST', url, ...(payload && { payload }) });
  if (reply.statusCode >= 300) throw new Error(`POST ${url}: ${reply.payload}`);
  return reply.json();
}

async function readAfter(position: string, url: string) {
  const headers = { 'tidemark-consistency': position, prefer: 'wait=10' };
  const reply = await api.server.inject({ url, headers });
  expect({ url, status: reply.statusCode }).toEqual({ url, status: 200 });
  return reply;
}

describe('a read with the position of a command', () => {
  it('sees an order in the very state the command left it in', async () => {
    const [orderId = ''] = orderIds;
    const steps = [
      ['/orders', order(orderId), 'placed'],
      [`/orders/${orderId}/confirm`, undefined, 'confirmed'],
      [`/orders/${orderId}/shipments`, requests.shipment, 'partly_shipped'],
    ] as const;
    for (const [url, payload, status] of steps) {
      const { position, revision } = await post(url, payload);
      const reply = await readAfter(position, `/orders/${orderId}`);
      expect(reply.json()).toMatchObject({ orderId, status, revision });
      expect(reply.headers['etag']).toBe(`"${revision}"`);
    }
  });

  it('sees every read model at that position', async () => {
    const answers = await Promise.all(orderIds.map((orderId) => post('/orders', order(orderId))));
    const { position: last } = await post('/credit-notes', {
      ...requests.creditNote,
      creditNoteId: `C-${run}`,
      customerId,
    });
    const positions = [...answers.map(({ position }) => position), last].map(BigInt);
    const position = String(positions.reduce((a, b) => (a > b ? a : b)));
    const count = orderIds.length;
    const [list, totals, note] = await Promise.all([
      readAfter(position, `/orders?customerId=${customerId}&limit=100`),
      readAfter(position, `/customers/${customerId}/totals`),
      readAfter(position, `/credit-notes/C-${run}`),
    ]);
    expect(
      list
        .json()
        .items.map(({ orderId }: { orderId: string }) => orderId)
        .sort(),
    ).toEqual([...orderIds].sort());
    expect(totals.json().currencies).toMatchObject([
      {
        sales: { orders: count, lines: 2 * count, units: 8 * count, total: '540.60' },
        credits: { creditNotes: 1 },
      },
    ]);
    expect(note.json()).toMatchObject({ customerId, revision: 0 });
  });

  it('is refused with the lag when the position is not there in time', async () => {
    const headers = { 'tidemark-consistency': '999999999999999', prefer: 'wait=0' };
    const reply = await api.server.inject({ url: '/reports/sales-by-day', headers });
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toMatchObject({ code: 'READ_MODEL_BEHIND' });
    expect(reply.headers['retry-after']).toBeDefined();
  });
});
