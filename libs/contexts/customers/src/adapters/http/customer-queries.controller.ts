import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { decodeCursor, encodeCursor, page, ReadsFrom, revisionTag } from '#libs/platform/http';
import { GetCustomer } from '../../application/get-customer.js';
import { ListCustomers } from '../../application/list-customers.js';
import { customers } from '../../read-models/customers.js';
import { CustomerParams, ListCustomersQuery } from './customer-dto.js';
import { CustomerOperation } from './customer-operations.js';
import { customerView } from './customer-view.js';

const ORDER = 'customers by id';

@Controller('customers')
export class CustomerQueriesController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':id')
  @ReadsFrom(customers)
  @CustomerOperation.get
  async get(@Param() { id }: CustomerParams, @Res({ passthrough: true }) reply: FastifyReply) {
    const customer = await this.queries.execute(new GetCustomer(id));
    reply.header('etag', revisionTag(customer.revision));
    return customerView(customer);
  }

  @Get()
  @ReadsFrom(customers)
  @CustomerOperation.list
  async list(
    @Query() { country, limit = 50, after }: ListCustomersQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const [start] = decodeCursor(after, ORDER, ['string']) ?? [];
    const found = await this.queries.execute(new ListCustomers({ country, limit, after: start }));
    const last = found.customers.at(-1);
    return page(reply, {
      items: found.customers.map(customerView),
      next: found.more && last ? encodeCursor(ORDER, [last._id]) : undefined,
    });
  }
}
