import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CONTEXTS } from '#libs/contexts';
import { CatalogCommandModule } from '#libs/contexts/catalog';
import { CustomersCommandModule } from '#libs/contexts/customers';
import { OrderingCommandModule } from '#libs/contexts/ordering';
import { EventStoreModule } from '#libs/platform/event-store';
import type { Logger } from '#libs/platform/observability';
import { ProjectorModule, ReadModelsModule } from '#libs/platform/projections';
import type { ChosenStores } from './choose-stores.js';

@Module({})
class OpsModule {}

/** The contexts' commands and read models on the chosen stores; with the projector where nobody else follows the log. */
export function opsModule(stores: ChosenStores, cacheSizeBytes: number, logger: Logger): DynamicModule {
  const { eventStoreUrl, mongoUrl, source } = stores;
  return {
    module: OpsModule,
    imports: [
      CqrsModule.forRoot(),
      EventStoreModule.forRoot({ url: eventStoreUrl, cacheSizeBytes }),
      OrderingCommandModule,
      CatalogCommandModule,
      CustomersCommandModule,
      ReadModelsModule.forRoot({ url: mongoUrl, contexts: CONTEXTS }),
      ...(source === 'own'
        ? [ProjectorModule.forRoot({ eventStoreUrl, mongoUrl, logger, contexts: CONTEXTS })]
        : []),
    ],
  };
}
