import { describe, it } from '@jest/globals';
import { given } from '#libs/platform/testing';
import { order } from './order.js';
import type { OrderCommand } from './order-commands.js';
import type { Charge, ProductLine } from './order-content.js';
import type { OrderEvent } from './order-events.js';
import { day1, day2, draftCancelled, drafted, freight, lantern, placed, totals } from './order-examples.js';

const mug: ProductLine = { lineId: '6', productCode: '22423', quantity: 10, unitPriceThousandths: 12_750 };
const withMug = { ...totals, lines: 4, units: 19, goodsThousandths: 147_001, totalThousandths: 150_501 };
const tax: Charge = { lineId: '7', kind: 'tax', amountThousandths: 199 };
const withTax = { ...totals, chargesThousandths: 3_699, totalThousandths: 23_200 };

const add = (line: ProductLine | Charge): OrderCommand => ({
  type: 'AddOrderLine',
  orderId: 'o-1',
  line,
  at: day2,
});
const change = (line: ProductLine | Charge): OrderCommand => ({
  type: 'ChangeOrderLine',
  orderId: 'o-1',
  line,
  at: day2,
});
const remove = (lineId: string): OrderCommand => ({
  type: 'RemoveOrderLine',
  orderId: 'o-1',
  lineId,
  at: day2,
});
const mugAdded: OrderEvent = {
  type: 'OrderLineAdded',
  data: { orderId: 'o-1', line: mug, totals: withMug, addedAt: day2 },
};
const mugRemoved: OrderEvent = {
  type: 'OrderLineRemoved',
  data: { orderId: 'o-1', lineId: '6', totals, removedAt: day2 },
};

describe('AddOrderLine', () => {
  it('adds a product line', () => given(order, drafted).when(add(mug)).then(mugAdded));
  it('adds a charge', () =>
    given(order, drafted)
      .when(add(tax))
      .then({ type: 'OrderLineAdded', data: { orderId: 'o-1', line: tax, totals: withTax, addedAt: day2 } }));
  it('does not merge equal lines', () => {
    const twin = { ...lantern, lineId: '8' };
    const both = { lines: 4, units: 15, goodsThousandths: 34_801, chargesThousandths: 3_500 };
    given(order, drafted)
      .when(add(twin))
      .then({
        type: 'OrderLineAdded',
        data: { orderId: 'o-1', line: twin, totals: { ...both, totalThousandths: 38_301 }, addedAt: day2 },
      });
  });
  it('records nothing when the line is there', () => {
    given(order, drafted, mugAdded).when(add(mug)).thenNothing();
    given(order, drafted).when(add(freight)).thenNothing();
  });
  it('refuses the id of another line, also of one that was removed', () => {
    given(order, drafted)
      .when(add({ ...mug, lineId: '1' }))
      .thenRefuses('ORDER_LINE_ALREADY_EXISTS', 'lineId');
    given(order, drafted, mugAdded, mugRemoved)
      .when(add(mug))
      .thenRefuses('ORDER_LINE_ALREADY_EXISTS', 'lineId');
  });
  it('refuses broken lines', () => {
    given(order, drafted)
      .when(add({ ...mug, quantity: 0 }))
      .thenRefuses('ORDER_QUANTITY_INVALID', 'quantity');
    given(order, drafted)
      .when(add({ ...tax, amountThousandths: -1 }))
      .thenRefuses('ORDER_CHARGE_INVALID', 'amount');
  });
  it('refuses the 2,001st', () => {
    const lines = Array.from({ length: 1_998 }, (_, index) => ({ ...lantern, lineId: `l${index}` }));
    const full: OrderEvent = { type: 'OrderDrafted', data: { ...drafted.data, lines } };
    given(order, full).when(add(mug)).thenRefuses('ORDER_TOO_MANY_LINES');
  });
  it('refuses an order that is no draft', () => {
    given(order).when(add(mug)).thenRefuses('ORDER_NOT_FOUND');
    given(order, placed).when(add(mug)).thenRefuses('ORDER_NOT_DRAFT');
    given(order, drafted, placed).when(add(mug)).thenRefuses('ORDER_NOT_DRAFT');
    given(order, drafted, draftCancelled).when(add(mug)).thenRefuses('ORDER_CANCELLED');
  });
});

describe('ChangeOrderLine', () => {
  const fewer = { ...lantern, quantity: 1 };
  it('replaces the line', () =>
    given(order, drafted)
      .when(change(fewer))
      .then({
        type: 'OrderLineChanged',
        data: {
          orderId: 'o-1',
          line: fewer,
          totals: { ...totals, units: 4, goodsThousandths: 6_751, totalThousandths: 10_251 },
          changedAt: day2,
        },
      }));
  it('replaces a charge', () =>
    given(order, drafted)
      .when(change({ ...freight, amountThousandths: 0 }))
      .then({
        type: 'OrderLineChanged',
        data: {
          orderId: 'o-1',
          line: { ...freight, amountThousandths: 0 },
          totals: { ...totals, chargesThousandths: -1_500, totalThousandths: 18_001 },
          changedAt: day2,
        },
      }));
  it('records nothing when the line is like that', () =>
    given(order, drafted).when(change(lantern)).thenNothing());
  it('refuses an unknown line, another kind, a broken one', () => {
    given(order, drafted).when(change(mug)).thenRefuses('ORDER_LINE_NOT_FOUND', 'lineId');
    given(order, drafted)
      .when(change({ ...tax, lineId: '1' }))
      .thenRefuses('ORDER_LINE_KIND_FIXED', 'kind');
    given(order, drafted)
      .when(change({ ...lantern, unitPriceThousandths: -1 }))
      .thenRefuses('ORDER_UNIT_PRICE_INVALID', 'unitPrice');
  });
  it('refuses an order that is no draft', () => {
    given(order).when(change(fewer)).thenRefuses('ORDER_NOT_FOUND');
    given(order, placed).when(change(fewer)).thenRefuses('ORDER_NOT_DRAFT');
    given(order, drafted, draftCancelled).when(change(fewer)).thenRefuses('ORDER_CANCELLED');
  });
});

describe('RemoveOrderLine', () => {
  it('removes the line', () => given(order, drafted, mugAdded).when(remove('6')).then(mugRemoved));
  it('removes a charge', () =>
    given(order, drafted)
      .when(remove('5'))
      .then({
        type: 'OrderLineRemoved',
        data: {
          orderId: 'o-1',
          lineId: '5',
          totals: { ...totals, chargesThousandths: 5_000, totalThousandths: 24_501 },
          removedAt: day2,
        },
      }));
  it('records nothing when it is removed', () =>
    given(order, drafted, mugAdded, mugRemoved).when(remove('6')).thenNothing());
  it('refuses an unknown line', () =>
    given(order, drafted).when(remove('6')).thenRefuses('ORDER_LINE_NOT_FOUND', 'lineId'));
  it('refuses an order that is no draft', () => {
    given(order).when(remove('1')).thenRefuses('ORDER_NOT_FOUND');
    given(order, placed).when(remove('1')).thenRefuses('ORDER_NOT_DRAFT');
    given(order, drafted, draftCancelled).when(remove('1')).thenRefuses('ORDER_CANCELLED');
  });
});

it('places a draft as its changes left it', () =>
  given(order, drafted, mugAdded, mugRemoved)
    .when({ type: 'PlaceDraft', orderId: 'o-1', at: day1 })
    .then(placed));
