import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { orderAggregate } from '../domain/order-aggregate.js';
import type { OrderContent, Origin } from '../domain/order-content.js';

/** Places a whole order at once, without a draft before it. */
export class PlaceOrder extends Command<CommandAnswer> {
  constructor(
    readonly orderId: string,
    readonly order: OrderContent,
    readonly context: CommandContext,
    readonly origin: Origin = 'live',
  ) {
    super();
  }
}

@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ orderId, order, context, origin }: PlaceOrder): Promise<CommandAnswer> {
    const command = { type: 'PlaceOrder', orderId, ...order, origin, at: context.at } as const;
    return this.aggregates.execute(orderAggregate, orderId, command, context);
  }
}
