import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels, type Stored } from '#libs/platform/projections';
import { type ProductDocument, products } from '../read-models/products.js';

export interface ProductFilter {
  readonly status?: ProductDocument['status'] | undefined;
  readonly sort: 'code' | 'name';
  readonly limit: number;
  /** The sort key of the last product of the page before. */
  readonly after?: string | undefined;
}

/** The field each order follows; unique, so that a page begins right after one key. */
export const SORT_KEYS = { code: '_id', name: 'byName' } as const satisfies Record<
  ProductFilter['sort'],
  keyof Stored<ProductDocument>
>;

/** Up to `limit` products, and whether there are more; read in index order. */
export class ListProducts extends Query<{ products: Stored<ProductDocument>[]; more: boolean }> {
  constructor(readonly filter: ProductFilter) {
    super();
  }
}

@QueryHandler(ListProducts)
export class ListProductsHandler implements IQueryHandler<ListProducts> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ filter }: ListProducts) {
    const found = (await this.cursor(filter).toArray()) as Stored<ProductDocument>[];
    return { products: found.slice(0, filter.limit), more: found.length > filter.limit };
  }

  /** One more than the page holds tells whether there is another page. */
  cursor({ status, sort, limit, after }: ProductFilter) {
    const key = SORT_KEYS[sort];
    const selection = {
      ...(status === undefined ? {} : { status }),
      ...(after === undefined ? {} : { [key]: { $gt: after } }),
    };
    return this.readModels
      .collection(products)
      .find(selection)
      .sort({ [key]: 1 })
      .limit(limit + 1);
  }
}
