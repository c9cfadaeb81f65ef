import type { Fold, IndexDefinition, Projection } from '#libs/platform/kernel';
import type { OrderDraftedData, OrderEvent, OrderPlacedData } from '../domain/order-events.js';
import type { OrderStatus } from '../domain/order-state.js';
import type { Totals } from '../domain/totals.js';

/** One line of the list of orders. */
export interface ListedOrder {
  readonly status: OrderStatus;
  readonly customerId: string;
  readonly country: string;
  readonly currency: string;
  readonly lines: number;
  readonly units: number;
  readonly totalThousandths: number;
  /** Where it stands in the order of time: when it was placed; a draft, when it was drafted. */
  readonly listedAt: string;
  readonly placedAt?: string;
}

export const LIST_SORT_KEYS = { placedAt: 'listedAt', total: 'totalThousandths' } as const;
type SortKey = (typeof LIST_SORT_KEYS)[keyof typeof LIST_SORT_KEYS];

/** The filters that compare one value. A range of time follows the sort key, or is the one thing left to check. */
export type ListFilter = 'customerId' | 'country' | 'status';

/**
 * The filters that each index begins with, the best choice first. By time, one filter may be left to check: few
 * orders of a customer or country are dropped by it. By total, the range of time is what is left to check, so every
 * combination of filters has its index.
 */
const PREFIXES: Readonly<Record<SortKey, readonly (readonly ListFilter[])[]>> = {
  listedAt: [['customerId', 'status'], ['customerId'], ['country'], ['status'], []],
  totalThousandths: [
    ['customerId', 'country', 'status'],
    ['customerId', 'country'],
    ['customerId', 'status'],
    ['country', 'status'],
    ['customerId'],
    ['country'],
    ['status'],
    [],
  ],
};

const indexName = (prefix: readonly ListFilter[], sortKey: SortKey): string => [...prefix, sortKey].join('_');

const indexesBy = (sortKey: SortKey): IndexDefinition[] =>
  PREFIXES[sortKey].map((prefix) => ({
    name: indexName(prefix, sortKey),
    key: { ...Object.fromEntries(prefix.map((filter) => [filter, 1 as const])), [sortKey]: -1, _id: -1 },
  }));

/** The index that serves these filters in the order of `sortKey`. */
export function listIndex(filters: readonly ListFilter[], sortKey: SortKey): string {
  const served = PREFIXES[sortKey].find((prefix) => prefix.every((filter) => filters.includes(filter)));
  return indexName(served ?? [], sortKey);
}

type Of<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>;

const listed = (
  status: OrderStatus,
  listedAt: string,
  data: OrderDraftedData | OrderPlacedData,
): ListedOrder => ({
  status,
  customerId: data.customerId,
  country: data.country,
  currency: data.currency,
  ...sums(data.totals),
  listedAt,
});

const sums = ({ lines, units, totalThousandths }: Totals) => ({ lines, units, totalThousandths });

const withTotals: Fold<ListedOrder, Of<'OrderLineAdded' | 'OrderLineChanged' | 'OrderLineRemoved'>> = (
  order,
  { event },
) => order && { ...order, ...sums(event.data.totals) };

const nowIn =
  (status: OrderStatus): Fold<ListedOrder, OrderEvent> =>
  (order) =>
    order && { ...order, status };

/** Every order, for lists that are read in index order. */
export const orderList: Projection<ListedOrder, OrderEvent> = {
  name: 'order-list',
  version: 1,
  indexes: [...indexesBy('listedAt'), ...indexesBy('totalThousandths')],
  key: ({ event }) => event.data.orderId,
  on: {
    OrderDrafted: (_none, { event: { data } }) => listed('draft', data.draftedAt, data),
    OrderPlaced: (_draft, { event: { data } }) => ({
      ...listed('placed', data.placedAt, data),
      placedAt: data.placedAt,
    }),
    OrderLineAdded: withTotals,
    OrderLineChanged: withTotals,
    OrderLineRemoved: withTotals,
    OrderConfirmed: nowIn('confirmed'),
    OrderShipped: (order, { event: { data } }) =>
      order && { ...order, status: data.complete ? 'shipped' : 'partly_shipped' },
    OrderDelivered: nowIn('delivered'),
    OrderCancelled: nowIn('cancelled'),
    OrderDraftCancelled: nowIn('cancelled'),
  },
};
