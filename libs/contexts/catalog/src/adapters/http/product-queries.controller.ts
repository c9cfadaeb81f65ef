import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { decodeCursor, encodeCursor, page, ReadsFrom, revisionTag } from '#libs/platform/http';
import { GetProduct } from '../../application/get-product.js';
import { ListProducts, SORT_KEYS } from '../../application/list-products.js';
import { products } from '../../read-models/products.js';
import { ListProductsQuery, ProductParams } from './product-dto.js';
import { ProductOperation } from './product-operations.js';
import { productView } from './product-view.js';

@Controller('products')
export class ProductQueriesController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':code')
  @ReadsFrom(products)
  @ProductOperation.get
  async get(@Param() { code }: ProductParams, @Res({ passthrough: true }) reply: FastifyReply) {
    const product = await this.queries.execute(new GetProduct(code));
    reply.header('etag', revisionTag(product.revision));
    return productView(product);
  }

  @Get()
  @ReadsFrom(products)
  @ProductOperation.list
  async list(
    @Query() { status, sort = 'code', limit = 50, after }: ListProductsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const order = `products by ${sort}`;
    const [start] = decodeCursor(after, order, ['string']) ?? [];
    const found = await this.queries.execute(new ListProducts({ status, sort, limit, after: start }));
    const last = found.products.at(-1);
    return page(reply, {
      items: found.products.map(productView),
      next: found.more && last ? encodeCursor(order, [last[SORT_KEYS[sort]]]) : undefined,
    });
  }
}
