import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CatalogCommandModule } from '#libs/contexts/catalog';
import { CustomersCommandModule } from '#libs/contexts/customers';
import { OrderingCommandModule } from '#libs/contexts/ordering';
import { EventStoreModule } from '#libs/platform/event-store';
import { commandFigures } from '#libs/platform/observability';
import type { SettingsOf } from '#libs/platform/settings';

@Module({})
class CommandApiModule {}

/** Commands of every context, on EventStoreDB. */
export const commandApiModule = (settings: SettingsOf<'command-api'>): DynamicModule => ({
  module: CommandApiModule,
  imports: [
    CqrsModule.forRoot(),
    EventStoreModule.forRoot({
      url: settings.eventStoreUrl,
      cacheSizeBytes: settings.aggregateCacheBytes,
      observer: commandFigures(),
    }),
    OrderingCommandModule,
    CatalogCommandModule,
    CustomersCommandModule,
  ],
});
