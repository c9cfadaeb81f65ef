import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { orderAggregate } from '../domain/order-aggregate.js';

export class CancelOrder extends Command<CommandAnswer> {
  constructor(
    readonly orderId: string,
    readonly reason: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(CancelOrder)
export class CancelOrderHandler implements ICommandHandler<CancelOrder> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ orderId, reason, context }: CancelOrder): Promise<CommandAnswer> {
    const command = { type: 'CancelOrder', orderId, reason, at: context.at } as const;
    return this.aggregates.execute(orderAggregate, orderId, command, context);
  }
}
