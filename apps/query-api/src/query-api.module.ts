import { type DynamicModule, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CatalogQueryModule, catalogContext } from '#libs/contexts/catalog';
import { CustomersQueryModule, customersContext } from '#libs/contexts/customers';
import { OrderingQueryModule, orderingContext } from '#libs/contexts/ordering';
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
      contexts: [orderingContext, catalogContext, customersContext],
    }),
    OrderingQueryModule,
    CatalogQueryModule,
    CustomersQueryModule,
  ],
});
