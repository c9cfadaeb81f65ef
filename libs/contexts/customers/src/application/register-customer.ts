import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { customerAggregate } from '../domain/customer.js';
import type { Address, Contact } from '../domain/customer-events.js';

export interface NewCustomer {
  readonly customerId: string;
  readonly contact: Contact;
  readonly address: Address;
}

export class RegisterCustomer extends Command<CommandAnswer> {
  constructor(
    readonly customer: NewCustomer,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(RegisterCustomer)
export class RegisterCustomerHandler implements ICommandHandler<RegisterCustomer> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ customer, context }: RegisterCustomer): Promise<CommandAnswer> {
    const command = { type: 'RegisterCustomer', ...customer, at: context.at } as const;
    return this.aggregates.execute(customerAggregate, customer.customerId, command, context);
  }
}
