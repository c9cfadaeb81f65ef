import { type ContextDefinition, eventTypesOf } from '#libs/platform/kernel';
import { creditNoteAggregate } from './domain/credit-note.js';
import { orderAggregate } from './domain/order-aggregate.js';
import { creditNotes } from './read-models/credit-notes.js';
import { orderDetails } from './read-models/order-details.js';
import { orderList } from './read-models/order-list.js';
import { productSales } from './read-models/product-sales.js';
import { customerTotals, salesByCountry, salesByDay, salesByMonth } from './read-models/sales-reports.js';

/** What the context brings to those who replay, project and read the log: no Nest, no driver. */
export const orderingContext: ContextDefinition = {
  name: 'ordering',
  database: 'tidemark_ordering',
  aggregates: [orderAggregate, creditNoteAggregate],
  categories: eventTypesOf([orderAggregate, creditNoteAggregate]),
  projections: [
    orderDetails,
    orderList,
    customerTotals,
    productSales,
    salesByDay,
    salesByMonth,
    salesByCountry,
    creditNotes,
  ],
};
