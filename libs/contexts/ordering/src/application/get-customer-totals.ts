import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels } from '#libs/platform/projections';
import type { SalesDocument } from '../read-models/sales-by.js';
import { customerTotals } from '../read-models/sales-reports.js';
import { keysOf } from './sales-keys.js';

/** A customer's figures by currency; none where the customer never ordered. */
export class GetCustomerTotals extends Query<SalesDocument[]> {
  constructor(readonly customerId: string) {
    super();
  }
}

@QueryHandler(GetCustomerTotals)
export class GetCustomerTotalsHandler implements IQueryHandler<GetCustomerTotals> {
  constructor(private readonly readModels: ReadModels) {}

  execute({ customerId }: GetCustomerTotals): Promise<SalesDocument[]> {
    return this.cursor(customerId).toArray();
  }

  cursor(customerId: string) {
    return this.readModels
      .collection(customerTotals)
      .find({ _id: keysOf(customerId), of: customerId })
      .sort({ _id: 1 });
  }
}
