import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { orderAggregate } from '../domain/order-aggregate.js';
import type { Charge, ProductLine } from '../domain/order-content.js';

/** Replaces the line of that id as a whole. */
export class ChangeOrderLine extends Command<CommandAnswer> {
  constructor(
    readonly orderId: string,
    readonly line: ProductLine | Charge,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ChangeOrderLine)
export class ChangeOrderLineHandler implements ICommandHandler<ChangeOrderLine> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ orderId, line, context }: ChangeOrderLine): Promise<CommandAnswer> {
    const command = { type: 'ChangeOrderLine', orderId, line, at: context.at } as const;
    return this.aggregates.execute(orderAggregate, orderId, command, context);
  }
}
