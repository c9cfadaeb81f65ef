import { describe, expect, it } from '@jest/globals';
import type { Projection } from '#libs/platform/kernel';
import type { CounterEvent } from './counter.js';
import { givenProjection } from './given-projection.js';
import { recorded } from './recorded.js';

interface Total {
  readonly total: number;
  readonly seen: string;
}

const totals: Projection<Total, CounterEvent> = {
  name: 'totals',
  version: 1,
  key: ({ stream }) => stream,
  on: {
    CounterOpened: (_none, { event, recordedAt }) => ({ total: event.data.start, seen: recordedAt }),
    CounterRaised: (total, { event }) => total && { ...total, total: event.data.to },
    CounterClosed: () => undefined,
  },
};
const opened: CounterEvent = { type: 'CounterOpened', data: { start: 1 } };
const raised: CounterEvent = { type: 'CounterRaised', data: { by: 2, to: 3 } };
const seen = '2026-03-01T10:00:00.000Z';

describe('givenProjection', () => {
  it('folds bare events', () =>
    givenProjection(totals, opened, raised).then({ 'test-1': { total: 3, seen } }));

  it('folds envelopes', () =>
    givenProjection(
      totals,
      recorded(opened, { stream: 'counter-a', recordedAt: '2026-01-01T00:00:00.000Z' }),
      recorded(opened, { stream: 'counter-b' }),
    ).then({
      'counter-a': { total: 1, seen: '2026-01-01T00:00:00.000Z' },
      'counter-b': { total: 1, seen },
    }));

  it('removes a document when the fold returns none', () =>
    givenProjection(totals, opened, { type: 'CounterClosed', data: {} }).then({}));

  it('fails on other documents', () =>
    expect(() => givenProjection(totals, opened).then({ 'test-1': { total: 2, seen } })).toThrow('total'));

  it('catches a fold that mutates its document', () => {
    const careless: typeof totals = {
      ...totals,
      on: {
        ...totals.on,
        CounterRaised: (total, { event }) => total && Object.assign(total, { total: event.data.to }),
      },
    };
    expect(() => givenProjection(careless, opened, raised).then({})).toThrow('read only');
  });

  it('catches a fold that keeps state of its own', () => {
    let calls = 0;
    const impure: typeof totals = {
      ...totals,
      on: { CounterOpened: () => ({ total: ++calls, seen }) },
    };
    expect(() => givenProjection(impure, opened).then({ 'test-1': { total: 1, seen } })).toThrow(
      'Folding stored',
    );
  });

  it('catches a key named twice', () => {
    const doubled: typeof totals = { ...totals, key: () => ['a', 'a'] };
    expect(() => givenProjection(doubled, opened).then({})).toThrow('names a document twice');
  });
});
