import { describe, expect, it } from '@jest/globals';
import { given } from '#libs/platform/testing';
import { order } from './order.js';
import type { DraftOrderCommand, OrderCommand, PlaceOrderCommand } from './order-commands.js';
import type { OrderContent, ProductLine } from './order-content.js';
import {
  cancelled,
  confirmed,
  content,
  day1,
  day2,
  discount,
  draftCancelled,
  drafted,
  lantern,
  placed,
  shippedInPart,
} from './order-examples.js';

const place: PlaceOrderCommand = { type: 'PlaceOrder', orderId: 'o-1', ...content, origin: 'live', at: day1 };
const draft: DraftOrderCommand = { type: 'DraftOrder', orderId: 'o-1', ...content, origin: 'live', at: day1 };
const placeDraft: OrderCommand = { type: 'PlaceDraft', orderId: 'o-1', at: day2 };
const empty = {
  type: 'DraftOrder' as const,
  orderId: 'o-1',
  customerId: '17850',
  country: 'EIRE',
  currency: 'EUR',
};
const zero = { lines: 0, units: 0, goodsThousandths: 0, chargesThousandths: 0, totalThousandths: 0 };
const many = (count: number): readonly ProductLine[] =>
  Array.from({ length: count }, (_, index) => ({ ...lantern, lineId: `l${index}` }));

describe('PlaceOrder', () => {
  it('records one event that holds the whole order', () => given(order).when(place).then(placed));
  it('keeps 2,000 lines apart', () => {
    const lines = many(2_000);
    const totals = { lines: 2_000, units: 12_000, goodsThousandths: 30_600_000, chargesThousandths: 0 };
    given(order)
      .when({ ...place, lines, charges: [] })
      .then({
        type: 'OrderPlaced',
        data: {
          ...placed.data,
          lines,
          charges: [],
          totals: { ...totals, totalThousandths: 30_600_000 },
        },
      });
  });
  it('stores known fields only', () => {
    const lines = content.lines.map((line) => ({ ...line, colour: 'red' }));
    given(order)
      .when({ ...place, lines })
      .then(placed);
  });
  it('records nothing when repeated, whatever became of the order since', () => {
    const again = { ...place, at: day2 };
    given(order, placed).when(again).thenNothing();
    given(order, placed, confirmed, shippedInPart).when(again).thenNothing();
    given(order, placed, cancelled).when(again).thenNothing();
  });

  const other: readonly [string, Partial<OrderContent>][] = [
    ['customer', { customerId: '17851' }],
    ['lines', { lines: [lantern] }],
    ['quantity', { lines: [{ ...lantern, quantity: 7 }, ...content.lines.slice(1)] }],
    ['charges', { charges: [] }],
    ['country', { country: 'EIRE' }],
  ];
  it.each(other)('refuses the same id with another %s', (_what, change) =>
    given(order, placed)
      .when({ ...place, ...change })
      .thenRefuses('ORDER_ALREADY_EXISTS', 'orderId'),
  );
  it('refuses the same id with another origin, and that of a draft', () => {
    given(order, placed)
      .when({ ...place, origin: 'history' })
      .thenRefuses('ORDER_ALREADY_EXISTS');
    given(order, drafted).when(place).thenRefuses('ORDER_ALREADY_EXISTS');
  });

  const line = (change: Partial<ProductLine>) => ({
    lines: [lantern, { ...lantern, lineId: '9', ...change }],
  });
  const freight = { lineId: '9', kind: 'freight' as const, amountThousandths: 0 };
  const broken: readonly [string, Partial<OrderContent>, string][] = [
    ['ORDER_HAS_NO_LINES', { lines: [] }, 'lines'],
    ['ORDER_TOO_MANY_LINES', { lines: many(1_999) }, 'lines'],
    ['ORDER_LINE_ID_REPEATED', line({ lineId: '1' }), 'lines[1].lineId'],
    ['ORDER_LINE_ID_REPEATED', { charges: [{ ...freight, lineId: '1' }] }, 'charges[0].lineId'],
    ['ORDER_FIELD_MISSING', { customerId: ' ' }, 'customerId'],
    ['ORDER_FIELD_MISSING', { country: '' }, 'country'],
    ['ORDER_FIELD_MISSING', line({ productCode: '' }), 'lines[1].productCode'],
    ['ORDER_FIELD_MISSING', { address: { name: '', street: 's', city: 'c', country: 'k' } }, 'address.name'],
    ['ORDER_CURRENCY_INVALID', { currency: 'gbp' }, 'currency'],
    ['ORDER_QUANTITY_INVALID', line({ quantity: 0 }), 'lines[1].quantity'],
    ['ORDER_QUANTITY_INVALID', line({ quantity: 1.5 }), 'lines[1].quantity'],
    ['ORDER_QUANTITY_INVALID', line({ quantity: 1_000_001 }), 'lines[1].quantity'],
    ['ORDER_UNIT_PRICE_INVALID', line({ unitPriceThousandths: -1 }), 'lines[1].unitPrice'],
    ['ORDER_UNIT_PRICE_INVALID', line({ unitPriceThousandths: 0.5 }), 'lines[1].unitPrice'],
    ['ORDER_CHARGE_INVALID', { charges: [{ ...freight, amountThousandths: -1 }] }, 'charges[0].amount'],
    ['ORDER_CHARGE_INVALID', { charges: [{ ...discount, amountThousandths: 1 }] }, 'charges[0].amount'],
    ['ORDER_TOTAL_NEGATIVE', { charges: [{ ...discount, amountThousandths: -19_502 }] }, 'charges'],
  ];
  it.each(broken.map(([code, change, field]) => ({ code, change, field })))(
    'refuses with $code ($field)',
    ({ code, change, field }) =>
      given(order)
        .when({ ...place, ...change })
        .thenRefuses(code, field),
  );
  it('refuses amounts beyond exact sums', () => {
    for (const unitPriceThousandths of [10_000_001, Number.MAX_SAFE_INTEGER])
      given(order)
        .when({ ...place, ...line({ quantity: 1_000_000, unitPriceThousandths }) })
        .thenRefuses('ORDER_AMOUNT_TOO_LARGE');
  });
});

describe('DraftOrder', () => {
  it('records the draft', () => given(order).when(draft).then(drafted));
  it('takes an empty one', () =>
    given(order)
      .when({ ...empty, lines: [], charges: [], origin: 'live', at: day1 })
      .then({
        type: 'OrderDrafted',
        data: {
          orderId: 'o-1',
          customerId: '17850',
          country: 'EIRE',
          currency: 'EUR',
          lines: [],
          charges: [],
          totals: zero,
          draftedAt: day1,
          origin: 'live',
        },
      }));
  it('records nothing when repeated, also once placed', () => {
    given(order, drafted).when(draft).thenNothing();
    given(order, drafted, placed).when(draft).thenNothing();
  });
  it('refuses the id of another order', () => {
    given(order, placed).when(draft).thenRefuses('ORDER_ALREADY_EXISTS', 'orderId');
    given(order, drafted)
      .when({ ...draft, customerId: '17851' })
      .thenRefuses('ORDER_ALREADY_EXISTS');
  });
  it('refuses a broken line', () =>
    given(order)
      .when({ ...draft, lines: [{ ...lantern, quantity: 0 }] })
      .thenRefuses('ORDER_QUANTITY_INVALID', 'lines[0].quantity'));
});

describe('PlaceDraft', () => {
  it('records the whole order', () =>
    given(order, drafted)
      .when(placeDraft)
      .then({ type: 'OrderPlaced', data: { ...placed.data, placedAt: day2 } }));
  it('records nothing once placed', () => {
    given(order, drafted, placed).when(placeDraft).thenNothing();
    given(order, placed, confirmed).when(placeDraft).thenNothing();
  });
  it('refuses what cannot be placed', () => {
    given(order).when(placeDraft).thenRefuses('ORDER_NOT_FOUND');
    given(order, drafted, draftCancelled).when(placeDraft).thenRefuses('ORDER_CANCELLED');
    const bare = { type: 'OrderDrafted' as const, data: { ...drafted.data, lines: [], totals: zero } };
    given(order, bare).when(placeDraft).thenRefuses('ORDER_HAS_NO_LINES', 'lines');
    const negative = { ...drafted.data, totals: { ...zero, totalThousandths: -1 } };
    given(order, { type: 'OrderDrafted', data: negative })
      .when(placeDraft)
      .thenRefuses('ORDER_TOTAL_NEGATIVE');
  });
});

it('never refuses to evolve: an event that cannot be is passed over', () =>
  expect(order.evolve(order.initialState, confirmed)).toEqual({ status: 'absent' }));
