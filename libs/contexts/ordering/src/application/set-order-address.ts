import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { orderAggregate } from '../domain/order-aggregate.js';
import type { Address } from '../domain/order-content.js';

export class SetOrderAddress extends Command<CommandAnswer> {
  constructor(
    readonly orderId: string,
    readonly address: Address,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(SetOrderAddress)
export class SetOrderAddressHandler implements ICommandHandler<SetOrderAddress> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ orderId, address, context }: SetOrderAddress): Promise<CommandAnswer> {
    const command = { type: 'SetOrderAddress', orderId, address, at: context.at } as const;
    return this.aggregates.execute(orderAggregate, orderId, command, context);
  }
}
