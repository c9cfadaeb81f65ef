import { describe, expect, it } from '@jest/globals';
import { type AnyAggregate, DomainError } from '#libs/platform/kernel';
import { DocumentChanges } from './document-changes.js';
import { added, basket, log, named, removed } from './testing/basket.js';
import { type Alteration, whatIf } from './what-if.js';

/** Rules that refuse what is not there and record nothing for what is. */
const ruled: AnyAggregate = {
  ...basket,
  decider: {
    ...basket.decider,
    decide(state, { type, ...data }) {
      const has = state.items.some(({ sku }: { sku: string }) => sku === data.sku);
      if (type === 'Remove' && !has)
        throw new DomainError('NOT_THERE', { kind: 'not_found', message: 'It is not there.' });
      if (type === 'Add' && has) return [];
      if (type === 'Remove') return [{ type: 'ItemRemoved', data: { sku: data.sku } }];
      if (type === 'Fail') throw new TypeError('out of order');
      return [{ type: 'ItemAdded', data: { sku: data.sku, thousandths: data.thousandths } }];
    },
  },
};

type Stored = ReturnType<typeof added>;
let count = 0;
/** As if a command had recorded it, and was kept with it. */
function by(event: Stored, input?: object): Stored {
  const metadata = {
    ...(event.metadata as object),
    commandId: `k${++count}`,
    commandType: 'C',
    ...(input && { input }),
  };
  return { ...event, metadata };
}
const story = () =>
  log(
    by(added('a', 100), { type: 'Add', sku: 'a', thousandths: 100 }),
    by(added('b', 200), { type: 'Add', sku: 'b', thousandths: 200 }),
    by(removed('a'), { type: 'Remove', sku: 'a' }),
    by(named('Ada')),
  );
const ask = (alteration: Alteration, ...rest: [object?, DocumentChanges?]) =>
  whatIf(ruled, story(), alteration, ...rest);

describe('what if', () => {
  it('an event had not been: later commands are decided again, and may be refused', async () => {
    const { changes, decisions, notDecided } = await ask({ kind: 'drop', revision: 0n });
    expect(decisions).toMatchObject([
      { recorded: { revision: 2n }, events: [{ type: 'ItemRemoved' }], now: { refused: 'NOT_THERE' } },
    ]);
    expect(changes).toEqual([]);
    expect(notDecided).toBe(1);
  });

  it('an event had been another one', async () => {
    const event = { type: 'ItemAdded', data: { sku: 'a', thousandths: 5 } };
    const { state, alteredState } = await ask({ kind: 'replace', revision: 1n, event });
    expect(state).toMatchObject({ total: 200 });
    expect(alteredState).toMatchObject({ items: [], total: 0 });
  });

  it('there had been more events: what is a repeat then records nothing', async () => {
    const events = [{ type: 'ItemAdded', data: { sku: 'b', thousandths: 7 } }];
    const { changes, decisions } = await ask({ kind: 'insert', after: -1n, events });
    expect(decisions).toMatchObject([{ recorded: { revision: 1n }, now: { events: [] } }]);
    expect(changes).toEqual([
      { path: '/items/b/thousandths', before: 200, after: 7 },
      { path: '/total', before: 200, after: 7 },
    ]);
  });

  it('a command had been sent', async () => {
    const command = { type: 'Remove', sku: 'b' };
    expect(await ask({ kind: 'command', after: 3n, command })).toMatchObject({
      command: { events: [{ type: 'ItemRemoved', data: { sku: 'b' } }] },
      alteredState: { items: [], total: 0 },
    });
    expect(await ask({ kind: 'command', after: 0n, command })).toMatchObject({
      command: { refused: 'NOT_THERE', message: 'It is not there.' },
      changes: [],
    });
    expect(await ask({ kind: 'command', after: 0n, command: { type: 'Fail' } })).toMatchObject({
      command: { failed: 'out of order' },
    });
  });

  it('compares the documents that both histories make', async () => {
    const baskets = {
      name: 'baskets',
      version: 1,
      key: ({ stream }: { stream: string }) => stream,
      on: {
        ItemAdded: (document: { adds: number } | undefined) => ({ adds: (document?.adds ?? 0) + 1 }),
      },
    };
    const documents = new DocumentChanges([baskets as never]);
    await ask({ kind: 'drop', revision: 1n }, {}, documents);
    expect(documents.found()).toEqual([
      { projection: 'baskets@1', key: 'basket-1', changes: [{ path: '/adds', before: 2, after: 1 }] },
    ]);
  });

  it('shows personal data only where it is told to, and decides on whole events all the same', async () => {
    const alteration = {
      kind: 'insert',
      after: 3n,
      events: [{ type: 'OwnerNamed', data: { name: 'Bea' } }],
    } as const;
    expect((await ask(alteration)).changes).toEqual([]);
    expect((await ask(alteration, { personal: true })).changes).toEqual([
      { path: '/owner/name', before: 'Ada', after: 'Bea' },
    ]);
  });

  it.each<Alteration>([
    { kind: 'drop', revision: 4n },
    { kind: 'command', after: 9n, command: { type: 'Add' } },
  ])(
    'refuses a place that the stream does not have: %j',
    async (alteration) =>
      await expect(ask(alteration)).rejects.toThrow(/^The stream ends at revision 3: there is no [49]\.$/),
  );

  it('refuses a history that no fold takes', async () => {
    const event = { type: 'ItemAdded', data: null as never };
    await expect(ask({ kind: 'replace', revision: 0n, event })).rejects.toThrow(
      /^The altered history cannot be folded: ItemAdded \(revision 0\)/,
    );
  });
});
