import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels, type Stored } from '#libs/platform/projections';
import { refuse } from '../domain/product-errors.js';
import { type ProductDocument, products } from '../read-models/products.js';

/** @throws DomainError PRODUCT_NOT_FOUND */
export class GetProduct extends Query<Stored<ProductDocument>> {
  constructor(readonly code: string) {
    super();
  }
}

@QueryHandler(GetProduct)
export class GetProductHandler implements IQueryHandler<GetProduct> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ code }: GetProduct): Promise<Stored<ProductDocument>> {
    const found = await this.readModels.collection(products).findOne({ _id: code });
    if (!found) throw refuse('PRODUCT_NOT_FOUND');
    return found as Stored<ProductDocument>;
  }
}
