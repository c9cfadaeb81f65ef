import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { productAggregate } from '../domain/product.js';

export interface NewProduct {
  /** Compared letter by letter. */
  readonly code: string;
  readonly name: string;
  readonly priceThousandths: number;
  readonly currency: string;
}

export class RegisterProduct extends Command<CommandAnswer> {
  constructor(
    readonly product: NewProduct,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(RegisterProduct)
export class RegisterProductHandler implements ICommandHandler<RegisterProduct> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ product, context }: RegisterProduct): Promise<CommandAnswer> {
    const command = { type: 'RegisterProduct', ...product, at: context.at } as const;
    return this.aggregates.execute(productAggregate, product.code, command, context);
  }
}
