import { describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { metrics } from '#libs/platform/observability';
import {
  MongoReadModels,
  type ProjectionStatus,
  type ProjectorReport,
  ProjectorStatus,
} from '#libs/platform/projections';
import { projectionsCheck, readModelsCheck } from './projections-check.js';
import { storeCheck } from './store-checks.js';

/** An app of which only one provider is asked for. */
function appWith(token: unknown, provider: unknown): INestApplicationContext {
  const get = (asked: unknown) => {
    if (asked !== token) throw new Error('Something else was asked for.');
    return provider;
  };
  return { get } as unknown as INestApplicationContext;
}

const live: ProjectionStatus = {
  name: 'order-list',
  version: 1,
  state: 'live',
  position: 41n,
  lagEvents: 0,
  lagIsExact: true,
  lagSeconds: 0,
};

describe('the projections, where the projector runs', () => {
  const check = (...projections: ProjectionStatus[]) =>
    projectionsCheck(appWith(ProjectorStatus, { list: () => projections }), 30).check();

  it('are up while they follow closely enough', async () =>
    expect(await check(live, { ...live, lagSeconds: 30 })).toEqual({ status: 'up' }));

  it.each([
    [
      { state: 'stopped', reason: 'no fold for OrderPlaced' },
      'order-list is stopped: no fold for OrderPlaced',
    ],
    [{ state: 'catching_up', lagSeconds: 30.6 }, 'order-list is 31 s behind (catching_up).'],
    [{ state: 'reconnecting', lagSeconds: 99, reason: 'no log' }, 'order-list is 99 s behind (no log).'],
  ] as const)('degrade the app: %j', async (trouble, reason) =>
    expect(await check({ ...live, name: 'sales-by-day' }, { ...live, ...trouble })).toEqual({
      status: 'degraded',
      reason,
    }),
  );
});

describe('the read models, where they are only read', () => {
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  const check = (lastReport: ProjectorReport | undefined, standings: object = {}) =>
    readModelsCheck(
      appWith(MongoReadModels, {
        standings: async () => new Map(Object.entries(standings)),
        lastReport: async () => lastReport,
      }),
      30,
    ).check();
  const following = { name: 'order-list', state: 'live', lagSeconds: 0 } as const;

  it('are up while the projector reports that all follow', async () =>
    expect(await check({ at: ago(5), projections: [following] })).toEqual({ status: 'up' }));

  it('degrade the app while one is stopped, with the reason that the projector left', async () =>
    expect(
      await check(
        { at: ago(5), projections: [{ ...following, state: 'stopped', lagSeconds: 900 }] },
        {
          'order-list@1': {
            position: 41n,
            stopped: { message: 'no fold for OrderPlaced', at: '2026-03-01' },
          },
          'sales-by-day@1': { position: 41n },
        },
      ),
    ).toEqual({ status: 'degraded', reason: 'order-list@1 is stopped: no fold for OrderPlaced' }));

  it('degrade the app while one is too far behind', async () =>
    expect(
      await check({ at: ago(0), projections: [{ ...following, state: 'catching_up', lagSeconds: 31 }] }),
    ).toEqual({ status: 'degraded', reason: 'order-list is 31 s behind (catching_up).' }));

  it('degrade the app while the projector is silent', async () => {
    expect(await check({ at: ago(40), projections: [following] })).toEqual({
      status: 'degraded',
      reason: 'The projector has not reported for 40 s.',
    });
    expect(await check(undefined)).toEqual({ status: 'degraded', reason: 'No projector has run yet.' });
  });
});

describe('a store', () => {
  const figure = async () => {
    const { values } = await metrics.storeUp.get();
    return values.find(({ labels }) => labels.store === 'mongodb')?.value;
  };

  it('is up when it answers', async () => {
    const check = storeCheck('mongodb', async () => {});
    expect(check.required).toBe(true);
    expect(await check.check()).toEqual({ status: 'up' });
    expect(await figure()).toBe(1);
  });

  it('is down, with the reason, when it does not', async () => {
    const check = storeCheck('mongodb', () => Promise.reject(new Error('connect ECONNREFUSED')));
    expect(await check.check()).toEqual({ status: 'down', reason: 'connect ECONNREFUSED' });
    expect(await figure()).toBe(0);
  });
});
