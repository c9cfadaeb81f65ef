import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { orderAggregate } from '../domain/order-aggregate.js';

export class RemoveOrderLine extends Command<CommandAnswer> {
  constructor(
    readonly orderId: string,
    readonly lineId: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(RemoveOrderLine)
export class RemoveOrderLineHandler implements ICommandHandler<RemoveOrderLine> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ orderId, lineId, context }: RemoveOrderLine): Promise<CommandAnswer> {
    const command = { type: 'RemoveOrderLine', orderId, lineId, at: context.at } as const;
    return this.aggregates.execute(orderAggregate, orderId, command, context);
  }
}
