/** A well-formed command that the rules refuse. */
export interface Refusal {
  readonly what: string;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: string;
  readonly field?: string;
}

const LINE = { productCode: '85123A', quantity: 6, unitPrice: '2.55' };
const ADDRESS = { name: 'Ada Example', street: '1 High Street', city: 'Ely', country: 'United Kingdom' };
const ORDER = { customerId: 'c-1', country: 'GB', currency: 'GBP', lines: [LINE] };
const SHIPMENT = { lines: [{ lineId: '1', quantity: 1 }] };
const REASON = { reason: 'Ordered twice.' };

const unknown = (method: Refusal['method'], path: string, code: string, body?: object): Refusal => ({
  what: `${method} ${path} of an unknown id`,
  method,
  path,
  ...(body && { body }),
  status: 404,
  code,
});
const illegal = (
  what: string,
  method: Refusal['method'],
  path: string,
  code: string,
  body?: object,
): Refusal => ({
  what,
  method,
  path,
  ...(body && { body }),
  status: 409,
  code,
});

/** What `given` in the spec has prepared: orders in each status, a product on sale and one that is not, … */
export const REFUSALS: readonly Refusal[] = [
  unknown('PUT', '/orders/nowhere/address', 'ORDER_NOT_FOUND', ADDRESS),
  unknown('POST', '/orders/nowhere/lines', 'ORDER_NOT_FOUND', LINE),
  unknown('PUT', '/orders/nowhere/lines/1', 'ORDER_NOT_FOUND', LINE),
  unknown('DELETE', '/orders/nowhere/lines/1', 'ORDER_NOT_FOUND'),
  unknown('POST', '/orders/nowhere/place', 'ORDER_NOT_FOUND'),
  unknown('POST', '/orders/nowhere/confirm', 'ORDER_NOT_FOUND'),
  unknown('POST', '/orders/nowhere/shipments', 'ORDER_NOT_FOUND', SHIPMENT),
  unknown('POST', '/orders/nowhere/deliver', 'ORDER_NOT_FOUND'),
  unknown('POST', '/orders/nowhere/cancel', 'ORDER_NOT_FOUND', REASON),
  unknown('PUT', '/orders/draft/lines/77', 'ORDER_LINE_NOT_FOUND', LINE),
  unknown('DELETE', '/orders/draft/lines/77', 'ORDER_LINE_NOT_FOUND'),
  unknown('PUT', '/products/nowhere/name', 'PRODUCT_NOT_FOUND', { name: 'Lost' }),
  unknown('PUT', '/products/nowhere/price', 'PRODUCT_NOT_FOUND', { price: '1', currency: 'GBP' }),
  unknown('POST', '/products/nowhere/discontinue', 'PRODUCT_NOT_FOUND', REASON),
  unknown('PUT', '/customers/nowhere/contact', 'CUSTOMER_NOT_FOUND', { name: 'Lost' }),
  unknown('PUT', '/customers/nowhere/address', 'CUSTOMER_NOT_FOUND', { city: 'Lost' }),

  illegal('another order under a known id', 'POST', '/orders', 'ORDER_ALREADY_EXISTS', {
    ...ORDER,
    orderId: 'placed',
  }),
  illegal('a line added to a placed order', 'POST', '/orders/placed/lines', 'ORDER_NOT_DRAFT', LINE),
  illegal('a line of a placed order changed', 'PUT', '/orders/placed/lines/1', 'ORDER_NOT_DRAFT', {
    ...LINE,
    quantity: 7,
  }),
  illegal('a line of a placed order removed', 'DELETE', '/orders/placed/lines/1', 'ORDER_NOT_DRAFT'),
  illegal(
    'a shipped order sent elsewhere',
    'PUT',
    '/orders/shipped/address',
    'ORDER_ALREADY_SHIPPED',
    ADDRESS,
  ),
  illegal('a cancelled order placed', 'POST', '/orders/cancelled/place', 'ORDER_CANCELLED'),
  illegal('a draft confirmed', 'POST', '/orders/draft/confirm', 'ORDER_NOT_PLACED'),
  illegal(
    'an order shipped before it is confirmed',
    'POST',
    '/orders/placed/shipments',
    'ORDER_NOT_CONFIRMED',
    SHIPMENT,
  ),
  illegal('more shipped than ordered', 'POST', '/orders/confirmed/shipments', 'SHIPMENT_EXCEEDS_ORDER', {
    lines: [{ lineId: '1', quantity: 7 }],
  }),
  illegal(
    'an order delivered before it is shipped',
    'POST',
    '/orders/confirmed/deliver',
    'ORDER_NOT_FULLY_SHIPPED',
  ),
  illegal('a shipped order cancelled', 'POST', '/orders/shipped/cancel', 'ORDER_ALREADY_SHIPPED', REASON),
  illegal('another credit note under a known id', 'POST', '/credit-notes', 'CREDIT_NOTE_ALREADY_EXISTS', {
    ...ORDER,
    creditNoteId: 'note',
    country: 'EIRE',
  }),
  illegal('another product under a known code', 'POST', '/products', 'PRODUCT_ALREADY_EXISTS', {
    code: 'P1',
    name: 'Another',
    price: '1',
    currency: 'GBP',
  }),
  illegal('a discontinued product renamed', 'PUT', '/products/GONE/name', 'PRODUCT_DISCONTINUED', {
    name: 'Back',
  }),
  illegal('another customer under a known id', 'POST', '/customers', 'CUSTOMER_ALREADY_EXISTS', {
    customerId: 'c-1',
    address: { country: 'EIRE' },
  }),

  {
    what: 'an order without lines placed',
    method: 'POST',
    path: '/orders',
    body: { ...ORDER, lines: [], place: true },
    status: 422,
    code: 'ORDER_HAS_NO_LINES',
  },
  {
    what: 'a line id used twice',
    method: 'POST',
    path: '/orders',
    body: {
      ...ORDER,
      lines: [
        { ...LINE, lineId: '1' },
        { ...LINE, lineId: '1' },
      ],
    },
    status: 422,
    code: 'ORDER_LINE_ID_REPEATED',
    field: 'lines[1].lineId',
  },
  {
    what: 'a command for a revision that has passed',
    method: 'POST',
    path: '/orders/confirmed/cancel',
    body: REASON,
    headers: { 'if-match': '"0"' },
    status: 412,
    code: 'STREAM_REVISION_MISMATCH',
  },
];
