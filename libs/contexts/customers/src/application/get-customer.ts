import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels, type Stored } from '#libs/platform/projections';
import { refuse } from '../domain/customer-errors.js';
import { type CustomerDocument, customers } from '../read-models/customers.js';

/** @throws DomainError CUSTOMER_NOT_FOUND */
export class GetCustomer extends Query<Stored<CustomerDocument>> {
  constructor(readonly customerId: string) {
    super();
  }
}

@QueryHandler(GetCustomer)
export class GetCustomerHandler implements IQueryHandler<GetCustomer> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ customerId }: GetCustomer): Promise<Stored<CustomerDocument>> {
    const found = await this.readModels.collection(customers).findOne({ _id: customerId });
    if (!found) throw refuse('CUSTOMER_NOT_FOUND');
    return found as Stored<CustomerDocument>;
  }
}
