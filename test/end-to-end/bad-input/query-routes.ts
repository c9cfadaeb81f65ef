export interface QueryRoute {
  /** As the OpenAPI document writes it. */
  readonly route: string;
  /** The same with ids of things that exist. */
  readonly path: string;
  /** A thing that does not exist, and what is said of it. */
  readonly unknown?: { readonly path: string; readonly code: string };
  /** Query parameters that are not valid, by name. */
  readonly bad: Readonly<Record<string, string>>;
}

const PAGE = { limit: '0', after: 'bm90IGEgY3Vyc29y' };
const RANGE = { from: '2026-02-30', to: 'tomorrow' };

/** Every route that answers from a read model. */
export const QUERY_ROUTES: readonly QueryRoute[] = [
  {
    route: '/orders/{orderId}',
    path: '/orders/placed',
    unknown: { path: '/orders/nowhere', code: 'ORDER_NOT_FOUND' },
    bad: {},
  },
  {
    route: '/orders',
    path: '/orders',
    bad: {
      ...PAGE,
      ...RANGE,
      status: 'lost',
      sort: 'name',
      customerId: 'not%20an%20id',
      country: 'x'.repeat(61),
    },
  },
  {
    route: '/credit-notes/{creditNoteId}',
    path: '/credit-notes/note',
    unknown: { path: '/credit-notes/nowhere', code: 'CREDIT_NOTE_NOT_FOUND' },
    bad: {},
  },
  {
    route: '/credit-notes',
    path: '/credit-notes',
    bad: { ...PAGE, ...RANGE, customerId: 'not%20an%20id', orderId: 'not%20an%20id' },
  },
  {
    route: '/products/{code}',
    path: '/products/P1',
    unknown: { path: '/products/nowhere', code: 'PRODUCT_NOT_FOUND' },
    bad: {},
  },
  { route: '/products', path: '/products', bad: { ...PAGE, status: 'lost', sort: 'price' } },
  {
    route: '/customers/{id}',
    path: '/customers/c-1',
    unknown: { path: '/customers/nowhere', code: 'CUSTOMER_NOT_FOUND' },
    bad: {},
  },
  { route: '/customers', path: '/customers', bad: { ...PAGE, country: 'x'.repeat(201) } },
  { route: '/customers/{customerId}/totals', path: '/customers/c-1/totals', bad: {} },
  { route: '/products/{productCode}/sales', path: '/products/P1/sales', bad: {} },
  {
    route: '/reports/sales-by-day',
    path: '/reports/sales-by-day',
    bad: { ...PAGE, ...RANGE, currency: 'POUNDS' },
  },
  {
    route: '/reports/sales-by-month',
    path: '/reports/sales-by-month',
    bad: { ...PAGE, from: '2026-13', to: 'tomorrow', currency: 'POUNDS' },
  },
  {
    route: '/reports/sales-by-country',
    path: '/reports/sales-by-country',
    bad: { ...PAGE, currency: 'POUNDS' },
  },
];
