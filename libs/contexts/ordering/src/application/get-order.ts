import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels, type Stored } from '#libs/platform/projections';
import { refuseOrder } from '../domain/order-errors.js';
import { type OrderDetails, orderDetails } from '../read-models/order-details.js';

/** @throws DomainError ORDER_NOT_FOUND */
export class GetOrder extends Query<Stored<OrderDetails>> {
  constructor(readonly orderId: string) {
    super();
  }
}

@QueryHandler(GetOrder)
export class GetOrderHandler implements IQueryHandler<GetOrder> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ orderId }: GetOrder): Promise<Stored<OrderDetails>> {
    const found = await this.readModels.collection(orderDetails).findOne({ _id: orderId });
    if (!found) throw refuseOrder('ORDER_NOT_FOUND');
    return found as Stored<OrderDetails>;
  }
}
