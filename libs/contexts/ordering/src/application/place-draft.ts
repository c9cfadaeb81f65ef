import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { orderAggregate } from '../domain/order-aggregate.js';

export class PlaceDraft extends Command<CommandAnswer> {
  constructor(
    readonly orderId: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(PlaceDraft)
export class PlaceDraftHandler implements ICommandHandler<PlaceDraft> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ orderId, context }: PlaceDraft): Promise<CommandAnswer> {
    const command = { type: 'PlaceDraft', orderId, at: context.at } as const;
    return this.aggregates.execute(orderAggregate, orderId, command, context);
  }
}
