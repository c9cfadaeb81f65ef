import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CONTEXTS } from '#libs/contexts';
import { CatalogQueryModule } from '#libs/contexts/catalog';
import { CustomersQueryModule } from '#libs/contexts/customers';
import { OrderingQueryModule } from '#libs/contexts/ordering';
import { ReadModelsModule } from '#libs/platform/projections';
import type { SettingsOf } from '#libs/platform/settings';

@Module({})
class QueryApiModule {}

/** Queries of every context, on the read models in MongoDB. */
export const queryApiModule = ({ mongoUrl }: SettingsOf<'query-api'>): DynamicModule => ({
  module: QueryApiModule,
  imports: [
    CqrsModule.forRoot(),
    ReadModelsModule.forRoot({
      url: mongoUrl,
      contexts: CONTEXTS,
    }),
    OrderingQueryModule,
    CatalogQueryModule,
    CustomersQueryModule,
  ],
});
