import { describe, expect, it } from '@jest/globals';
import { firstInEach, firstWhere } from './bisect.js';
import { Condition } from './condition.js';
import { diffStates } from './diff-states.js';
import { explain } from './explain.js';
import type { Moment } from './moment.js';
import { stateAt } from './state-at.js';
import { added, basket, log, named, removed } from './testing/basket.js';

const minute = (minutes: number) => new Date(Date.UTC(2026, 2, 1, 10, minutes));
const story = () =>
  log(
    added('a', 100, { minute: 0 }),
    added('b', 200, { minute: 1 }),
    removed('a', { minute: 2 }),
    added('a', 300, { minute: 3 }),
  );

describe('the state at a moment', () => {
  it.each<[Moment, number, number]>([
    [{}, 4, 500],
    [{ atRevision: 1n }, 2, 300],
    [{ atRevision: 99n }, 4, 500],
    [{ atTime: minute(2) }, 3, 200],
    [{ recordedAt: minute(1) }, 2, 300],
    [{ atPosition: 15n }, 2, 300],
    [{ atTime: minute(-1) }, 0, 0],
  ])('%j is that after %i events', async (moment, events, total) =>
    expect(await stateAt(basket, story(), moment)).toMatchObject({ events, state: { total } }),
  );

  it('says when times run backwards, only where a time was asked for', async () => {
    const late = () => log(added('a', 1, { minute: 5 }), added('b', 1, { minute: 3 }));
    expect(await stateAt(basket, late(), { atTime: minute(4) })).toMatchObject({
      events: 0,
      timesRunBackwards: true,
    });
    expect(await stateAt(basket, late())).toMatchObject({ events: 2, timesRunBackwards: false });
  });
});

describe('the difference of two states', () => {
  it('names the event that set each field', async () => {
    const changes = await diffStates(basket, story(), [0n, 3n]);
    expect(
      changes.map(({ path, before, after, recorded }) => [path, before, after, recorded.revision]),
    ).toEqual([
      ['/items/a/thousandths', 100, 300, 3n],
      ['/items/b', undefined, { sku: 'b', thousandths: 200 }, 1n],
      ['/total', 100, 500, 3n],
    ]);
  });

  it('starts before the first event, and refuses what is not there', async () => {
    expect(await diffStates(basket, story(), [-1n, 0n])).toHaveLength(2);
    await expect(diffStates(basket, story(), [0n, 9n])).rejects.toThrow(
      'The stream ends at revision 3: there is no 9.',
    );
  });
});

describe('an explanation', () => {
  const touches = async (field: string) => {
    const found = [];
    for await (const { recorded, before, after } of explain(basket, story(), field))
      found.push([recorded.revision, before, after]);
    return found;
  };

  it('is every event that touched the field, and no other', async () => {
    expect(await touches('items.b')).toEqual([[1n, undefined, { sku: 'b', thousandths: 200 }]]);
    expect(await touches('/items/a/thousandths')).toEqual([
      [0n, undefined, 100],
      [2n, 100, undefined],
      [3n, undefined, 300],
    ]);
  });

  it('refuses a field that never was, and says which ones are', async () => {
    await expect(touches('totall')).rejects.toThrow(
      'No state of this stream has /totall. The state has: items, total.',
    );
    await expect(touches('items.z')).rejects.toThrow('/items has: b, a.');
  });
});

describe('a bisection', () => {
  const since = async (text: string) =>
    (await firstWhere(basket, story(), new Condition(text)))?.recorded.revision;

  it.each([
    ['state.total > 250', 1n],
    ['state.total == previous.total - 100', 2n],
    ['event.type == "ItemRemoved"', 2n],
    ['event.type == "ItemAdded" && event.data.sku == "b"', 1n],
    ['metadata.actor == "ada" && revision == 3', 3n],
    ['state.items.exists(item, item.thousandths >= thousandths("0.3"))', 3n],
    ['size(state.items) == 1 && size(previous.items) == 2', 2n],
    ['state.total < 0', undefined],
  ])('finds the first event after which %s', async (text, revision) =>
    expect(await since(text)).toBe(revision),
  );

  it('waits for a field that comes later', async () => {
    const events = log(added('a', 1), named('Ada'));
    const onset = await firstWhere(basket, events, new Condition('state.owner.name != ""'));
    expect(onset?.recorded.revision).toBe(1n);
  });

  it.each([
    ['state.total <', /^Unexpected token: EOF \(column 14\)/],
    ['total > 1', /^Unknown variable: total \(column 1\)/],
    ['state.totl > 1', /^No such key: totl \(column 7\)/],
    ['state.total', /^A condition is true or false; "state\.total" gives bigint\./],
    ['state.total > thousandths("1.2345")', /up to three decimals/],
    ['process.exit() == 1', /Unknown variable: process/],
  ])('refuses %s', async (text, message) => {
    await expect((async () => since(text))()).rejects.toThrow(message);
  });

  it('goes over all streams at once, each told when it begins', async () => {
    const of = (stream: string) => ({ stream });
    const events = log(
      added('a', 100, of('basket-1')),
      added('a', 300, of('basket-2')),
      added('b', 300, of('basket-1')),
      added('c', 300, of('basket-2')),
      added('a', 1, of('basket-3')),
    );
    const found = [];
    for await (const { recorded } of firstInEach(basket, events, new Condition('state.total >= 300')))
      found.push(`${recorded.stream}@${recorded.revision}`);
    expect(found).toEqual(['basket-2@0', 'basket-1@1']);
  });
});
