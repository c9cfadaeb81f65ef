import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Global, Module } from '@nestjs/common';
import { DomainError, type Projection } from '#libs/platform/kernel';
import { createLogger } from '#libs/platform/observability';
import { ReadModels } from '#libs/platform/projections';
import { createHttpApp, type HttpApp, ReadsFrom } from './index.js';

const orderList = { name: 'order-list', version: 1, key: () => '', on: {} } satisfies Projection;

@Controller()
class OrderController {
  @Get('orders')
  @ReadsFrom(orderList, 'customer-totals')
  list() {
    return { items: [] };
  }
}

const asked: unknown[] = [];
let answer: (waitMs: number) => Promise<void> = async () => undefined;
const readModels = {
  waitFor: (projections: readonly string[], position: bigint, waitMs: number) => {
    asked.push([projections, position, waitMs]);
    return answer(waitMs);
  },
};
@Global()
@Module({ providers: [{ provide: ReadModels, useValue: readModels }], exports: [ReadModels] })
class FakeReadModelsModule {}
@Module({ imports: [FakeReadModelsModule], controllers: [OrderController] })
class OrderModule {}

let app: HttpApp;
beforeAll(async () => {
  app = await createHttpApp(OrderModule, { logger: createLogger({ level: 'silent', format: 'json' }) });
});
afterAll(() => app.stop());

const get = (headers: Record<string, string> = {}) => {
  asked.length = 0;
  return app.server.inject({ url: '/orders', headers });
};

describe('a route that reads from read models', () => {
  it('answers at once without a token', async () => {
    expect((await get({ prefer: 'wait=5' })).statusCode).toBe(200);
    expect(asked).toEqual([]);
  });

  it.each([
    [{ 'tidemark-consistency': '1234' }, 0, undefined],
    [{ 'tidemark-consistency': '1234', prefer: 'wait=2' }, 2_000, 'wait=2'],
    [{ 'tidemark-consistency': '1234', prefer: 'respond-async, Wait="60"' }, 60_000, 'wait=60'],
    [{ 'tidemark-consistency': '1234', prefer: 'return=minimal' }, 0, undefined],
  ])('waits for %j', async (headers, waitMs, applied) => {
    const reply = await get(headers as Record<string, string>);
    expect(reply.statusCode).toBe(200);
    expect(asked).toEqual([[['order-list', 'customer-totals'], 1234n, waitMs]]);
    expect(reply.headers['preference-applied']).toBe(applied);
  });

  it.each([
    [{ 'tidemark-consistency': 'abc' }, 'Tidemark-Consistency'],
    [{ 'tidemark-consistency': '-1' }, 'Tidemark-Consistency'],
    [{ 'tidemark-consistency': '1', prefer: 'wait' }, 'Prefer'],
    [{ 'tidemark-consistency': '1', prefer: 'wait=61' }, 'Prefer'],
    [{ prefer: 'wait=soon' }, 'Prefer'],
  ])('refuses %j', async (headers, field) => {
    const reply = await get(headers as Record<string, string>);
    expect(reply.json()).toMatchObject({ status: 400, code: 'BAD_HEADER', field });
    expect(asked).toEqual([]);
  });

  it('says how far behind it is when the wait was not enough', async () => {
    answer = async () => {
      throw new DomainError(
        'READ_MODEL_BEHIND',
        { kind: 'unavailable', message: 'Behind.' },
        { detail: 'order-list is 42 events behind.' },
      );
    };
    const reply = await get({ 'tidemark-consistency': '1' });
    expect(reply.json()).toMatchObject({
      status: 503,
      code: 'READ_MODEL_BEHIND',
      detail: 'order-list is 42 events behind.',
    });
    expect(reply.headers['retry-after']).toBe('1');
  });

  it('documents both headers', async () => {
    const { parameters } = (await app.server.inject('/openapi.json')).json().paths['/orders'].get;
    expect(parameters.map(({ name }: { name: string }) => name).sort()).toEqual([
      'Prefer',
      'Tidemark-Consistency',
    ]);
  });

  it('gives the wait up when the app stops', async () => {
    const stopping = await createHttpApp(OrderModule, {
      logger: createLogger({ level: 'silent', format: 'json' }),
    });
    let began: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => {
      began = resolve;
    });
    answer = () => {
      began();
      return new Promise(() => undefined);
    };
    const reply = stopping.server.inject({
      url: '/orders',
      headers: { 'tidemark-consistency': '1', prefer: 'wait=60' },
    });
    reply.catch(() => undefined); // light-my-request sends on first use only
    await waiting;
    const stopped = stopping.stop();
    expect((await reply).json()).toMatchObject({ status: 503, code: 'SHUTTING_DOWN' });
    await stopped;
  });
});
