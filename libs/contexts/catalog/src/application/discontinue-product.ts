import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { productAggregate } from '../domain/product.js';

export class DiscontinueProduct extends Command<CommandAnswer> {
  constructor(
    readonly code: string,
    readonly reason: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(DiscontinueProduct)
export class DiscontinueProductHandler implements ICommandHandler<DiscontinueProduct> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ code, reason, context }: DiscontinueProduct): Promise<CommandAnswer> {
    const command = { type: 'DiscontinueProduct', code, reason, at: context.at } as const;
    return this.aggregates.execute(productAggregate, code, command, context);
  }
}
