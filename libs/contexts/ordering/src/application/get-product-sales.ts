import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels } from '#libs/platform/projections';
import { type ProductSales, productSales } from '../read-models/product-sales.js';
import { keysOf } from './sales-keys.js';

/** A product's figures by currency; none where it was never ordered. */
export class GetProductSales extends Query<ProductSales[]> {
  constructor(readonly productCode: string) {
    super();
  }
}

@QueryHandler(GetProductSales)
export class GetProductSalesHandler implements IQueryHandler<GetProductSales> {
  constructor(private readonly readModels: ReadModels) {}

  execute({ productCode }: GetProductSales): Promise<ProductSales[]> {
    return this.cursor(productCode).toArray();
  }

  cursor(productCode: string) {
    return this.readModels
      .collection(productSales)
      .find({ _id: keysOf(productCode), productCode })
      .sort({ _id: 1 });
  }
}
