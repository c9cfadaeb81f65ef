import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { customerAggregate } from '../domain/customer.js';
import type { AddressField, Changes } from '../domain/customer-events.js';

/** Sets the fields given; null takes one away. Each field keeps the value of the latest command by its time. */
export class ChangeCustomerAddress extends Command<CommandAnswer> {
  constructor(
    readonly customerId: string,
    readonly changes: Changes<AddressField>,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ChangeCustomerAddress)
export class ChangeCustomerAddressHandler implements ICommandHandler<ChangeCustomerAddress> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ customerId, changes, context }: ChangeCustomerAddress): Promise<CommandAnswer> {
    const command = { type: 'ChangeCustomerAddress', customerId, changes, at: context.at } as const;
    return this.aggregates.execute(customerAggregate, customerId, command, context);
  }
}
