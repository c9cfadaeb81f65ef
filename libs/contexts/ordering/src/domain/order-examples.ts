import type { Address, Charge, OrderContent, ProductLine } from './order-content.js';
import type { OrderEvent } from './order-events.js';

/** One order as specs tell it; ids and times are fixed. */
export const day1 = '2026-03-01T10:00:00.000Z';
export const day2 = '2026-03-02T11:30:00.000Z';

export const lantern: ProductLine = {
  lineId: '1',
  productCode: '85123A',
  description: 'WHITE HANGING HEART T-LIGHT HOLDER',
  quantity: 6,
  unitPriceThousandths: 2_550,
};
/** The same product once more, at another price. */
export const lanternAgain: ProductLine = {
  lineId: '2',
  productCode: '85123A',
  quantity: 2,
  unitPriceThousandths: 2_100,
};
export const pads: ProductLine = {
  lineId: '3',
  productCode: 'PADS',
  quantity: 1,
  unitPriceThousandths: 1,
};
export const freight: Charge = { lineId: '4', kind: 'freight', amountThousandths: 5_000 };
export const discount: Charge = {
  lineId: '5',
  kind: 'discount',
  description: 'spring',
  amountThousandths: -1_500,
};

export const address: Address = {
  name: 'A. Customer',
  street: '1 High Street',
  city: 'Ely',
  postalCode: 'CB7 4DN',
  country: 'United Kingdom',
};

export const content: OrderContent = {
  customerId: '17850',
  country: 'United Kingdom',
  currency: 'GBP',
  lines: [lantern, lanternAgain, pads],
  charges: [freight, discount],
  address,
};

/** 6 x 2.55 + 2 x 2.10 + 0.001, and 5.00 - 1.50 on top. */
export const totals = {
  lines: 3,
  units: 9,
  goodsThousandths: 19_501,
  chargesThousandths: 3_500,
  totalThousandths: 23_001,
};

type Of<Type extends OrderEvent['type']> = Extract<OrderEvent, { type: Type }>;

export const placed: Of<'OrderPlaced'> = {
  type: 'OrderPlaced',
  data: { orderId: 'o-1', ...content, totals, placedAt: day1, origin: 'live' },
};

export const drafted: Of<'OrderDrafted'> = {
  type: 'OrderDrafted',
  data: { orderId: 'o-1', ...content, totals, draftedAt: day1, origin: 'live' },
};

export const confirmed: OrderEvent = {
  type: 'OrderConfirmed',
  data: { orderId: 'o-1', confirmedAt: day2 },
};

export const shippedInPart: Of<'OrderShipped'> = {
  type: 'OrderShipped',
  data: {
    orderId: 'o-1',
    shipmentId: 's-1',
    lines: [
      { lineId: '1', quantity: 4 },
      { lineId: '2', quantity: 2 },
    ],
    complete: false,
    shippedAt: day2,
  },
};

export const shippedRest: Of<'OrderShipped'> = {
  type: 'OrderShipped',
  data: {
    orderId: 'o-1',
    shipmentId: 's-2',
    lines: [
      { lineId: '1', quantity: 2 },
      { lineId: '3', quantity: 1 },
    ],
    complete: true,
    shippedAt: day2,
  },
};

export const delivered: OrderEvent = {
  type: 'OrderDelivered',
  data: { orderId: 'o-1', deliveredAt: day2 },
};

export const cancelled: Of<'OrderCancelled'> = {
  type: 'OrderCancelled',
  data: {
    orderId: 'o-1',
    reason: 'changed my mind',
    cancelledAt: day2,
    placedAt: day1,
    customerId: '17850',
    country: 'United Kingdom',
    currency: 'GBP',
    totals,
    products: [
      { productCode: '85123A', lines: 2, units: 8, goodsThousandths: 19_500 },
      { productCode: 'PADS', lines: 1, units: 1, goodsThousandths: 1 },
    ],
    origin: 'live',
  },
};

export const draftCancelled: OrderEvent = {
  type: 'OrderDraftCancelled',
  data: { orderId: 'o-1', reason: 'changed my mind', cancelledAt: day2 },
};
