import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { decodeCursor, encodeCursor, errorsOf, page, ReadsFrom, revisionTag } from '#libs/platform/http';
import { GetOrder } from '../../application/get-order.js';
import { ListOrders, type OrderFilter } from '../../application/list-orders.js';
import { ORDER_ERRORS } from '../../domain/order-errors.js';
import { orderDetails } from '../../read-models/order-details.js';
import { LIST_SORT_KEYS, orderList } from '../../read-models/order-list.js';
import { orderExample, orderListExample } from './examples.js';
import { ORDER_PARAMS, QueryOperation } from './operations.js';
import { OrderParams } from './order-dto.js';
import { ListOrdersQuery } from './order-query-dto.js';
import { listedOrderView, orderView } from './order-view.js';

@ApiTags('orders')
@Controller('orders')
export class OrderQueriesController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':orderId')
  @QueryOperation({
    summary: 'One order with all that is known of it',
    params: ORDER_PARAMS,
    example: orderExample,
    refusals: errorsOf(ORDER_ERRORS, 'ORDER_NOT_FOUND'),
  })
  @ReadsFrom(orderDetails)
  async get(@Param() { orderId }: OrderParams, @Res({ passthrough: true }) reply: FastifyReply) {
    const order = await this.queries.execute(new GetOrder(orderId));
    reply.header('etag', revisionTag(order.revision));
    return orderView(order);
  }

  @Get()
  @QueryOperation({
    summary: 'Orders by filter, the newest or the largest first',
    description: 'Pages follow `links.next`. A draft stands at the time it was drafted.',
    example: orderListExample,
  })
  @ReadsFrom(orderList)
  async list(@Query() query: ListOrdersQuery, @Res({ passthrough: true }) reply: FastifyReply) {
    const { sort = 'placedAt' } = query;
    const { orders, more } = await this.queries.execute(new ListOrders(filterOf(query)));
    const last = orders.at(-1);
    return page(reply, {
      items: orders.map(listedOrderView),
      next:
        more && last ? encodeCursor(cursorOrder(sort), [last[LIST_SORT_KEYS[sort]], last._id]) : undefined,
    });
  }
}

const cursorOrder = (sort: OrderFilter['sort']): string => `orders by ${sort}`;

function filterOf({ sort = 'placedAt', limit = 50, after, ...filter }: ListOrdersQuery): OrderFilter {
  if (sort === 'total') {
    const [key, id] = decodeCursor(after, cursorOrder(sort), ['number', 'string']) ?? [];
    return { ...filter, sort, limit, after: key === undefined || id === undefined ? undefined : { key, id } };
  }
  const [key, id] = decodeCursor(after, cursorOrder(sort), ['string', 'string']) ?? [];
  return { ...filter, sort, limit, after: key === undefined || id === undefined ? undefined : { key, id } };
}
