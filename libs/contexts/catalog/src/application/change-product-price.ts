import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { productAggregate } from '../domain/product.js';
import type { Price } from '../domain/product-events.js';

export class ChangeProductPrice extends Command<CommandAnswer> {
  constructor(
    readonly code: string,
    readonly price: Price,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ChangeProductPrice)
export class ChangeProductPriceHandler implements ICommandHandler<ChangeProductPrice> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ code, price, context }: ChangeProductPrice): Promise<CommandAnswer> {
    const command = { type: 'ChangeProductPrice', code, ...price, at: context.at } as const;
    return this.aggregates.execute(productAggregate, code, command, context);
  }
}
