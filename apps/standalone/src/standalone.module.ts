import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CONTEXTS } from '#libs/contexts';
import { CatalogCommandModule, CatalogQueryModule } from '#libs/contexts/catalog';
import { CustomersCommandModule, CustomersQueryModule } from '#libs/contexts/customers';
import { OrderingCommandModule, OrderingQueryModule } from '#libs/contexts/ordering';
import { EventStoreModule } from '#libs/platform/event-store';
import { commandFigures, type Logger } from '#libs/platform/observability';
import { ProjectorModule, ReadModelsModule } from '#libs/platform/projections';

export interface StandaloneOptions {
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
  readonly aggregateCacheBytes: number;
}

@Module({})
class StandaloneModule {}

/** Commands, projector and queries of every context in one process. */
export function standaloneModule(options: StandaloneOptions, logger: Logger): DynamicModule {
  const { eventStoreUrl, mongoUrl, aggregateCacheBytes: cacheSizeBytes } = options;
  return {
    module: StandaloneModule,
    imports: [
      CqrsModule.forRoot(),
      EventStoreModule.forRoot({ url: eventStoreUrl, cacheSizeBytes, observer: commandFigures() }),
      ReadModelsModule.forRoot({ url: mongoUrl, contexts: CONTEXTS }),
      ProjectorModule.forRoot({ eventStoreUrl, mongoUrl, logger, contexts: CONTEXTS }),
      OrderingCommandModule,
      OrderingQueryModule,
      CatalogCommandModule,
      CatalogQueryModule,
      CustomersCommandModule,
      CustomersQueryModule,
    ],
  };
}
