import 'reflect-metadata';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { createLogger } from '#libs/platform/observability';
import { createHttpApp } from '../index.js';
import { type ReadinessAnswer, type ReadinessCheck, readinessOf } from './readiness.js';

const check = (name: string, required: boolean, answer: ReadinessAnswer | Error): ReadinessCheck => ({
  name,
  required,
  check: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
});
const up = check('eventstoredb', true, { status: 'up' });
const down = { status: 'down', reason: 'No connection.' } as const;

afterEach(() => {
  jest.useRealTimers();
});

describe('readiness', () => {
  it.each<[string, ReadinessCheck[], string]>([
    ['nothing to check', [], 'ready'],
    ['all up', [up], 'ready'],
    ['a required one down', [up, check('mongodb', true, down)], 'not_ready'],
    ['a required one that throws', [up, check('mongodb', true, new Error('refused'))], 'not_ready'],
    ['another one down', [up, check('mongodb', false, down)], 'degraded'],
    [
      'a required one degraded',
      [check('projections', true, { status: 'degraded', reason: 'x' })],
      'degraded',
    ],
  ])('with %s is %s', async (_what, checks, status) =>
    expect((await readinessOf(checks)).status).toBe(status),
  );

  it('lists every check with its reason', async () =>
    expect(await readinessOf([up, check('mongodb', true, new Error('refused'))])).toEqual({
      status: 'not_ready',
      checks: {
        eventstoredb: { status: 'up', required: true },
        mongodb: { status: 'down', required: true, reason: 'refused' },
      },
    }));

  it('does not wait for a check that hangs', async () => {
    jest.useFakeTimers();
    const report = readinessOf([{ name: 'slow', required: true, check: () => new Promise(() => undefined) }]);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await report).toMatchObject({
      status: 'not_ready',
      checks: { slow: { status: 'down', reason: 'No answer within 2 seconds.' } },
    });
  });
});

@Module({})
class EmptyModule {}

describe('the routes', () => {
  it('answer 503 while a required check is down, and 200 when it is back', async () => {
    let answer: ReadinessAnswer = down;
    const app = await createHttpApp(EmptyModule, {
      logger: createLogger({ level: 'silent', format: 'json' }),
      readiness: () => [{ name: 'mongodb', required: true, check: async () => answer }],
    });
    const away = await app.server.inject('/health/ready');
    expect(away.statusCode).toBe(503);
    expect(away.headers['retry-after']).toBe('1');
    expect(away.json()).toMatchObject({ status: 'not_ready', checks: { mongodb: down } });
    expect((await app.server.inject('/health/live')).json()).toEqual({ status: 'live' });
    answer = { status: 'degraded', reason: 'slow' };
    const back = await app.server.inject('/health/ready');
    expect([back.statusCode, back.json().status]).toEqual([200, 'degraded']);
    const figures = await app.server.inject('/metrics');
    expect(figures.headers['content-type']).toContain('text/plain');
    expect(figures.body).toContain('tidemark_store_up');
    await app.stop();
  });
});
