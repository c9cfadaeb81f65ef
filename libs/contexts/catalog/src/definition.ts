import { type ContextDefinition, eventTypesOf } from '#libs/platform/kernel';
import { productAggregate } from './domain/product.js';
import { products } from './read-models/products.js';

/** What the context brings to those who replay, project and read the log: no Nest, no driver. */
export const catalogContext: ContextDefinition = {
  name: 'catalog',
  database: 'tidemark_catalog',
  aggregates: [productAggregate],
  categories: eventTypesOf([productAggregate]),
  projections: [products],
};
