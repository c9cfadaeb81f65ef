import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { orderAggregate } from '../domain/order-aggregate.js';

export class DeliverOrder extends Command<CommandAnswer> {
  constructor(
    readonly orderId: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(DeliverOrder)
export class DeliverOrderHandler implements ICommandHandler<DeliverOrder> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ orderId, context }: DeliverOrder): Promise<CommandAnswer> {
    const command = { type: 'DeliverOrder', orderId, at: context.at } as const;
    return this.aggregates.execute(orderAggregate, orderId, command, context);
  }
}
