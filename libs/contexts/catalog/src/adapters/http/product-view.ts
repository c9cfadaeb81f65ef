import { formatAmount } from '#libs/platform/kernel';
import type { Stored } from '#libs/platform/projections';
import type { ProductDocument } from '../../read-models/products.js';

/** A product as the API shows it; the price as exact decimal text. */
export function productView(product: Stored<ProductDocument>) {
  const { _id, name, priceThousandths, currency, status, discontinuedReason, registeredAt, changedAt } =
    product;
  return {
    code: _id,
    name,
    price: formatAmount(priceThousandths, 3),
    currency,
    status,
    ...(discontinuedReason === undefined ? {} : { discontinuedReason }),
    registeredAt,
    changedAt,
    revision: product.revision,
  };
}
