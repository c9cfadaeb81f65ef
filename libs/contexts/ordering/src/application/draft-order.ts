import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { orderAggregate } from '../domain/order-aggregate.js';
import type { OrderContent, Origin } from '../domain/order-content.js';

/** Begins an order whose lines still change. */
export class DraftOrder extends Command<CommandAnswer> {
  constructor(
    readonly orderId: string,
    readonly order: OrderContent,
    readonly context: CommandContext,
    readonly origin: Origin = 'live',
  ) {
    super();
  }
}

@CommandHandler(DraftOrder)
export class DraftOrderHandler implements ICommandHandler<DraftOrder> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ orderId, order, context, origin }: DraftOrder): Promise<CommandAnswer> {
    const command = { type: 'DraftOrder', orderId, ...order, origin, at: context.at } as const;
    return this.aggregates.execute(orderAggregate, orderId, command, context);
  }
}
