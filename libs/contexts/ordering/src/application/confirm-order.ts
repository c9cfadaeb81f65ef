import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { orderAggregate } from '../domain/order-aggregate.js';

export class ConfirmOrder extends Command<CommandAnswer> {
  constructor(
    readonly orderId: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ConfirmOrder)
export class ConfirmOrderHandler implements ICommandHandler<ConfirmOrder> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ orderId, context }: ConfirmOrder): Promise<CommandAnswer> {
    const command = { type: 'ConfirmOrder', orderId, at: context.at } as const;
    return this.aggregates.execute(orderAggregate, orderId, command, context);
  }
}
