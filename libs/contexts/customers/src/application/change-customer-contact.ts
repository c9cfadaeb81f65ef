import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { customerAggregate } from '../domain/customer.js';
import type { Changes, ContactField } from '../domain/customer-events.js';

/** Sets the fields given; null takes one away. Each field keeps the value of the latest command by its time. */
export class ChangeCustomerContact extends Command<CommandAnswer> {
  constructor(
    readonly customerId: string,
    readonly changes: Changes<ContactField>,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(ChangeCustomerContact)
export class ChangeCustomerContactHandler implements ICommandHandler<ChangeCustomerContact> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ customerId, changes, context }: ChangeCustomerContact): Promise<CommandAnswer> {
    const command = { type: 'ChangeCustomerContact', customerId, changes, at: context.at } as const;
    return this.aggregates.execute(customerAggregate, customerId, command, context);
  }
}
