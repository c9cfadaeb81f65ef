import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ProductCommandsController } from './adapters/http/product-commands.controller.js';
import { ProductQueriesController } from './adapters/http/product-queries.controller.js';
import { ChangeProductPriceHandler } from './application/change-product-price.js';
import { DiscontinueProductHandler } from './application/discontinue-product.js';
import { GetProductHandler } from './application/get-product.js';
import { ListProductsHandler } from './application/list-products.js';
import { RegisterProductHandler } from './application/register-product.js';
import { RenameProductHandler } from './application/rename-product.js';

@Module({
  imports: [CqrsModule],
  controllers: [ProductCommandsController],
  providers: [
    RegisterProductHandler,
    RenameProductHandler,
    ChangeProductPriceHandler,
    DiscontinueProductHandler,
  ],
})
export class CatalogCommandModule {}

@Module({
  imports: [CqrsModule],
  controllers: [ProductQueriesController],
  providers: [GetProductHandler, ListProductsHandler],
})
export class CatalogQueryModule {}
