import type { StoredEvent } from '#libs/platform/event-store';
import type { Aggregate } from '#libs/platform/kernel';

/** An aggregate with all that replay has to deal with: a keyed list, a personal field, a lifted shape. For specs. */
type BasketEvent =
  | { readonly type: 'ItemAdded'; readonly data: { readonly sku: string; readonly thousandths: number } }
  | { readonly type: 'ItemRemoved'; readonly data: { readonly sku: string } }
  | { readonly type: 'OwnerNamed'; readonly data: { readonly name: string } };

interface BasketState {
  readonly items: readonly { readonly sku: string; readonly thousandths: number }[];
  readonly total: number;
  readonly owner?: { readonly name: string };
}

export const basket: Aggregate<BasketState, { readonly type: 'Nothing' }, BasketEvent> = {
  category: 'basket',
  conflicts: { Nothing: 'reject' },
  keyedLists: { '/items': 'sku' },
  eventTypes: {
    // Version 1 had whole units instead of thousandths.
    ItemAdded: {
      version: 2,
      upcasters: [
        (data) => {
          const { sku, units } = data as { sku: string; units: number };
          return { sku, thousandths: units * 1_000 };
        },
      ],
    },
    ItemRemoved: { version: 1 },
    OwnerNamed: { version: 1, personal: ['name'] },
  },
  decider: {
    initialState: { items: [], total: 0 },
    decide: () => [],
    evolve(state, { type, data }) {
      switch (type) {
        case 'ItemAdded':
          return { ...state, items: [...state.items, data], total: state.total + data.thousandths };
        case 'ItemRemoved': {
          const items = state.items.filter(({ sku }) => sku !== data.sku);
          return { ...state, items, total: items.reduce((sum, item) => sum + item.thousandths, 0) };
        }
        case 'OwnerNamed':
          return { ...state, owner: { name: data.name } };
      }
    },
  },
};

/** A stored event; its time is the minute given. */
export function happened(
  type: BasketEvent['type'],
  data: object,
  { minute = 0, schemaVersion = type === 'ItemAdded' ? 2 : 1, stream = 'basket-1' } = {},
): Omit<StoredEvent, 'revision' | 'position'> {
  const at = new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
  const metadata = {
    schemaVersion,
    at,
    actor: 'ada',
    $correlationId: 'c',
    $causationId: 'c',
    commandId: 'c',
  };
  return { stream, id: `${type}-${minute}`, type, data, metadata, recordedAt: at };
}

export const added = (sku: string, thousandths: number, options = {}) =>
  happened('ItemAdded', { sku, thousandths }, options);
export const removed = (sku: string, options = {}) => happened('ItemRemoved', { sku }, options);
export const named = (name: string, options = {}) => happened('OwnerNamed', { name }, options);

/** A log of these events: revisions by stream from 0, positions 0, 10, 20, …. */
export async function* log(
  ...events: Omit<StoredEvent, 'revision' | 'position'>[]
): AsyncGenerator<StoredEvent> {
  const revisions = new Map<string, bigint>();
  for (const [index, event] of events.entries()) {
    const revision = revisions.get(event.stream) ?? 0n;
    revisions.set(event.stream, revision + 1n);
    yield { ...event, revision, position: BigInt(index * 10) };
  }
}
