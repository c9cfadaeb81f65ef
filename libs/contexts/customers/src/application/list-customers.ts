import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels, type Stored } from '#libs/platform/projections';
import { type CustomerDocument, customers } from '../read-models/customers.js';

export interface CustomerFilter {
  readonly country?: string | undefined;
  readonly limit: number;
  /** The id of the last customer of the page before. */
  readonly after?: string | undefined;
}

/** Up to `limit` customers by id, and whether there are more; read in index order. */
export class ListCustomers extends Query<{ customers: Stored<CustomerDocument>[]; more: boolean }> {
  constructor(readonly filter: CustomerFilter) {
    super();
  }
}

@QueryHandler(ListCustomers)
export class ListCustomersHandler implements IQueryHandler<ListCustomers> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ filter }: ListCustomers) {
    const found = (await this.cursor(filter).toArray()) as Stored<CustomerDocument>[];
    return { customers: found.slice(0, filter.limit), more: found.length > filter.limit };
  }

  /** One more than the page holds tells whether there is another page. */
  cursor({ country, limit, after }: CustomerFilter) {
    const selection = {
      ...(country === undefined ? {} : { 'address.country': country }),
      ...(after === undefined ? {} : { _id: { $gt: after } }),
    };
    return this.readModels
      .collection(customers)
      .find(selection)
      .sort({ _id: 1 })
      .limit(limit + 1);
  }
}
