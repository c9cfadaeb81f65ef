/** One order's story, as the OpenAPI document tells it; a spec holds that requests lead to these answers. */
const address = {
  name: 'Ada Example',
  street: '1 High Street',
  city: 'Ely',
  postalCode: 'CB7 4DN',
  country: 'United Kingdom',
};
const hearts = {
  productCode: '85123A',
  description: 'White hanging heart T-light holder',
  quantity: 6,
  unitPrice: '2.55',
};
const lanterns = { productCode: '71053', quantity: 2, unitPrice: '3.39' };
const parcel = { kind: 'freight', description: 'Parcel', amount: '4.95' };
const customer = { customerId: '17850', country: 'United Kingdom', currency: 'GBP' };

export const requests = {
  order: {
    orderId: '536365',
    ...customer,
    lines: [hearts, lanterns],
    charges: [parcel],
    address,
    place: true,
  },
  line: { lineId: '4', productCode: '22423', quantity: 1, unitPrice: '12.75' },
  changedLine: { productCode: '22423', quantity: 3, unitPrice: '10.95' },
  address,
  shipment: { shipmentId: 's-1', lines: [{ lineId: '1', quantity: 6 }] },
  cancellation: { reason: 'Ordered twice.' },
  creditNote: {
    creditNoteId: 'C536379',
    ...customer,
    lines: [{ ...hearts, quantity: 2 }],
    orderId: '536365',
    reason: 'Broken on arrival.',
  },
};

export const orderAnswer = { orderId: '536365', revision: 0, position: '8210' };
export const creditNoteAnswer = { creditNoteId: 'C536379', revision: 0, position: '9377' };

const placedAt = '2026-03-01T10:00:00.000Z';

/** Placed, confirmed, and shipped in part. */
export const orderExample = {
  orderId: '536365',
  ...customer,
  lines: [
    { lineId: '1', ...hearts, amount: '15.30', shipped: 6 },
    { lineId: '2', ...lanterns, amount: '6.78', shipped: 0 },
  ],
  charges: [{ lineId: '3', ...parcel }],
  address,
  totals: { lines: 2, units: 8, goods: '22.08', charges: '4.95', total: '27.03' },
  origin: 'live',
  status: 'partly_shipped',
  placedAt,
  confirmedAt: placedAt,
  shipments: [{ shipmentId: 's-1', lines: [{ lineId: '1', quantity: 6 }], shippedAt: placedAt }],
  revision: 2,
};

const cursor = '/orders?limit=1&after=WyJvcmRlcnMgYnkgcGxhY2VkQXQiLCIyMDI2Il0';

export const orderListExample = {
  items: [
    {
      orderId: '536365',
      ...customer,
      status: 'partly_shipped',
      lines: 2,
      units: 8,
      placedAt,
      total: '27.03',
    },
  ],
  links: { self: '/orders?limit=1', next: cursor },
};

export const creditNoteExample = {
  creditNoteId: 'C536379',
  ...customer,
  lines: [{ lineId: '1', ...hearts, quantity: 2, amount: '5.10' }],
  orderId: '536365',
  reason: 'Broken on arrival.',
  totals: { lines: 1, units: 2, total: '5.10' },
  issuedAt: placedAt,
  origin: 'live',
  revision: 0,
};

export const creditNoteListExample = { items: [creditNoteExample], links: { self: '/credit-notes' } };

const none = { orders: 0, lines: 0, units: 0, goods: '0.00', charges: '0.00', total: '0.00' };

/** The order and the credit note above. */
const figures = {
  currency: 'GBP',
  sales: { orders: 1, ...orderExample.totals },
  cancelled: none,
  credits: { creditNotes: 1, lines: 1, units: 2, total: '5.10' },
};

export const customerTotalsExample = { customerId: '17850', currencies: [figures] };

export const productSalesExample = {
  productCode: '85123A',
  currencies: [
    {
      currency: 'GBP',
      sales: { orders: 1, lines: 1, units: 6, goods: '15.30' },
      cancelled: { orders: 0, lines: 0, units: 0, goods: '0.00' },
      credits: { creditNotes: 1, lines: 1, units: 2, goods: '5.10' },
    },
  ],
};

export const reportExample = (by: 'day' | 'month' | 'country', of: string) => ({
  items: [{ [by]: of, ...figures }],
  links: { self: `/reports/sales-by-${by}` },
});
