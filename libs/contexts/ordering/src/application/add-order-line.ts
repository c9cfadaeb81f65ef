import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { orderAggregate } from '../domain/order-aggregate.js';
import type { Charge, ProductLine } from '../domain/order-content.js';

export class AddOrderLine extends Command<CommandAnswer> {
  constructor(
    readonly orderId: string,
    readonly line: ProductLine | Charge,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(AddOrderLine)
export class AddOrderLineHandler implements ICommandHandler<AddOrderLine> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ orderId, line, context }: AddOrderLine): Promise<CommandAnswer> {
    const command = { type: 'AddOrderLine', orderId, line, at: context.at } as const;
    return this.aggregates.execute(orderAggregate, orderId, command, context);
  }
}
