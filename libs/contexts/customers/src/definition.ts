import { type ContextDefinition, eventTypesOf } from '#libs/platform/kernel';
import { customerAggregate } from './domain/customer.js';
import { customers } from './read-models/customers.js';

/** What the context brings to those who replay, project and read the log: no Nest, no driver. */
export const customersContext: ContextDefinition = {
  name: 'customers',
  database: 'tidemark_customers',
  aggregates: [customerAggregate],
  categories: eventTypesOf([customerAggregate]),
  projections: [customers],
};
