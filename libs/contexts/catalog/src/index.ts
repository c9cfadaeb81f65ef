export { ChangeProductPrice } from './application/change-product-price.js';
export { DiscontinueProduct } from './application/discontinue-product.js';
export { type NewProduct, RegisterProduct } from './application/register-product.js';
export { RenameProduct } from './application/rename-product.js';
export { CatalogCommandModule, CatalogQueryModule } from './catalog.module.js';
export { catalogContext } from './definition.js';
export { PRODUCT_ERRORS } from './domain/product-errors.js';
export { type ProductDocument, products } from './read-models/products.js';
