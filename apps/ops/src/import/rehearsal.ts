import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { CatalogCommandModule } from '#libs/contexts/catalog';
import { CustomersCommandModule } from '#libs/contexts/customers';
import { OrderingCommandModule } from '#libs/contexts/ordering';
import { AggregateStore, type CommandAnswer } from '#libs/platform/event-store';
import type { Aggregate, DomainEvent } from '#libs/platform/kernel';

/** Lets the rules decide as if nothing had happened yet, and records nothing: memory does not grow. */
class RehearsalStore extends AggregateStore {
  async execute<State, Command extends { readonly type: string }, Event extends DomainEvent>(
    { decider }: Aggregate<State, Command, Event>,
    _id: string,
    command: Command,
  ): Promise<CommandAnswer> {
    const { length } = decider.decide(decider.initialState, command);
    return { revision: BigInt(length - 1), position: 0n, recorded: length };
  }
}

@Module({})
class RehearsalStoreModule {
  static forRoot(): DynamicModule {
    return {
      module: RehearsalStoreModule,
      global: true,
      providers: [{ provide: AggregateStore, useClass: RehearsalStore }],
      exports: [AggregateStore],
    };
  }
}

@Module({
  imports: [
    CqrsModule,
    RehearsalStoreModule.forRoot(),
    CatalogCommandModule,
    CustomersCommandModule,
    OrderingCommandModule,
  ],
})
class RehearsalModule {}

/** The same handlers and rules as in earnest, without stores: what a dry run sends its commands to. */
export async function openRehearsal(): Promise<{ commandBus: CommandBus; close(): Promise<void> }> {
  const context = await NestFactory.createApplicationContext(RehearsalModule, {
    logger: false,
    abortOnError: false,
  });
  return { commandBus: context.get(CommandBus), close: () => context.close() };
}
