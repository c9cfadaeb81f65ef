import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { productAggregate } from '../domain/product.js';

export class RenameProduct extends Command<CommandAnswer> {
  constructor(
    readonly code: string,
    readonly newName: string,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(RenameProduct)
export class RenameProductHandler implements ICommandHandler<RenameProduct> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ code, newName, context }: RenameProduct): Promise<CommandAnswer> {
    const command = { type: 'RenameProduct', code, name: newName, at: context.at } as const;
    return this.aggregates.execute(productAggregate, code, command, context);
  }
}
