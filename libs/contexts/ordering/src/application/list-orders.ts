import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels, type Stored } from '#libs/platform/projections';
import type { OrderStatus } from '../domain/order-state.js';
import {
  LIST_SORT_KEYS,
  type ListedOrder,
  type ListFilter,
  listIndex,
  orderList,
} from '../read-models/order-list.js';
import { following, followingWithin, type Keyset, type TimeRange, within } from './keyset.js';

interface OrderFilterFields extends TimeRange {
  readonly status?: OrderStatus | undefined;
  readonly customerId?: string | undefined;
  readonly country?: string | undefined;
  readonly limit: number;
}

/** `placedAt`: the newest first; `total`: the largest first. */
export type OrderFilter = OrderFilterFields &
  (
    | { readonly sort: 'placedAt'; readonly after?: Keyset<string> | undefined }
    | { readonly sort: 'total'; readonly after?: Keyset<number> | undefined }
  );

/** Up to `limit` orders, and whether there are more; read in index order. */
export class ListOrders extends Query<{ orders: Stored<ListedOrder>[]; more: boolean }> {
  constructor(readonly filter: OrderFilter) {
    super();
  }
}

@QueryHandler(ListOrders)
export class ListOrdersHandler implements IQueryHandler<ListOrders> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ filter }: ListOrders) {
    const found = (await this.cursor(filter).toArray()) as Stored<ListedOrder>[];
    return { orders: found.slice(0, filter.limit), more: found.length > filter.limit };
  }

  /**
   * One more than the page holds tells whether there is another page. The index is named: a planner that prefers
   * another one with more filters in it would have to sort.
   */
  cursor(filter: OrderFilter) {
    const { status, customerId, country, limit } = filter;
    const equal = {
      ...(status !== undefined && { status }),
      ...(customerId !== undefined && { customerId }),
      ...(country !== undefined && { country }),
    };
    const sortKey = LIST_SORT_KEYS[filter.sort];
    return this.readModels
      .collection(orderList)
      .find({ ...equal, ...inOrder(filter) })
      .sort({ [sortKey]: -1, _id: -1 })
      .hint(listIndex(Object.keys(equal) as ListFilter[], sortKey))
      .limit(limit + 1);
  }
}

const inOrder = (filter: OrderFilter) =>
  filter.sort === 'placedAt'
    ? followingWithin('listedAt', filter.after, filter)
    : { ...following('totalThousandths', filter.after), ...within('listedAt', filter) };
