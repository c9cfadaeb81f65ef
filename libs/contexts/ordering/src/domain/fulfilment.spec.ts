import { describe, it } from '@jest/globals';
import { given } from '#libs/platform/testing';
import { order } from './order.js';
import type { OrderCommand } from './order-commands.js';
import type { OrderEvent, ShippedLine } from './order-events.js';
import {
  address,
  cancelled,
  confirmed,
  day2,
  delivered,
  draftCancelled,
  drafted,
  placed,
  shippedInPart,
  shippedRest,
} from './order-examples.js';

const at = day2;
const orderId = 'o-1';
const confirm: OrderCommand = { type: 'ConfirmOrder', orderId, at };
const deliver: OrderCommand = { type: 'DeliverOrder', orderId, at };
const cancel: OrderCommand = { type: 'CancelOrder', orderId, reason: 'changed my mind', at };
const ship = (shipmentId: string, lines: readonly (readonly [string, number])[]): OrderCommand => ({
  type: 'ShipOrder',
  orderId,
  shipmentId,
  lines: lines.map(([lineId, quantity]): ShippedLine => ({ lineId, quantity })),
  at,
});

describe('SetOrderAddress', () => {
  const moved = { ...address, street: '2 Low Street' };
  const set: OrderCommand = { type: 'SetOrderAddress', orderId, address: moved, at };
  const wasSet: OrderEvent = { type: 'OrderAddressSet', data: { orderId, address: moved, setAt: at } };
  it('sets it until the first shipment', () => {
    for (const history of [[drafted], [placed], [placed, confirmed]])
      given(order, ...history)
        .when(set)
        .then(wasSet);
  });
  it('records nothing when it is set already', () => {
    given(order, placed, wasSet).when(set).thenNothing();
    given(order, placed).when({ type: 'SetOrderAddress', orderId, address, at }).thenNothing();
  });
  it('refuses it later, without an order, and with an empty field', () => {
    given(order).when(set).thenRefuses('ORDER_NOT_FOUND');
    given(order, placed, cancelled).when(set).thenRefuses('ORDER_CANCELLED');
    given(order, placed, confirmed, shippedInPart).when(set).thenRefuses('ORDER_ALREADY_SHIPPED');
    given(order, placed)
      .when({ ...set, address: { ...address, city: '' } })
      .thenRefuses('ORDER_FIELD_MISSING', 'city');
  });
});

describe('ConfirmOrder', () => {
  it('confirms a placed order', () => given(order, placed).when(confirm).then(confirmed));
  it('records nothing once confirmed', () => {
    given(order, placed, confirmed).when(confirm).thenNothing();
    given(order, placed, confirmed, shippedInPart).when(confirm).thenNothing();
  });
  it('refuses other orders', () => {
    given(order).when(confirm).thenRefuses('ORDER_NOT_FOUND');
    given(order, drafted).when(confirm).thenRefuses('ORDER_NOT_PLACED');
    given(order, placed, cancelled).when(confirm).thenRefuses('ORDER_CANCELLED');
  });
});

describe('ShipOrder', () => {
  const part = ship('s-1', [
    ['1', 4],
    ['2', 2],
  ]);
  const rest = ship('s-2', [
    ['1', 2],
    ['3', 1],
  ]);
  it('ships in parts and knows when all is shipped', () => {
    given(order, placed, confirmed).when(part).then(shippedInPart);
    given(order, placed, confirmed, shippedInPart).when(rest).then(shippedRest);
  });
  it('records nothing when that shipment is known', () =>
    given(order, placed, confirmed, shippedInPart, shippedRest, delivered).when(part).thenNothing());
  it('refuses the id of another shipment', () =>
    given(order, placed, confirmed, shippedInPart)
      .when(ship('s-1', [['1', 1]]))
      .thenRefuses('SHIPMENT_ALREADY_EXISTS', 'shipmentId'));

  const wrong: readonly [string, readonly (readonly [string, number])[], string][] = [
    ['SHIPMENT_EMPTY', [], 'lines'],
    ['ORDER_LINE_NOT_FOUND', [['9', 1]], 'lines[0].lineId'],
    ['ORDER_LINE_NOT_FOUND', [['4', 1]], 'lines[0].lineId'],
    ['ORDER_QUANTITY_INVALID', [['1', 0]], 'lines[0].quantity'],
    ['ORDER_QUANTITY_INVALID', [['1', 0.5]], 'lines[0].quantity'],
    [
      'SHIPMENT_EXCEEDS_ORDER',
      [
        ['3', 1],
        ['1', 3],
      ],
      'lines[1].quantity',
    ],
    ['SHIPMENT_EXCEEDS_ORDER', [['2', 1]], 'lines[0].quantity'],
    [
      'SHIPMENT_LINE_REPEATED',
      [
        ['1', 1],
        ['1', 1],
      ],
      'lines[1].lineId',
    ],
  ];
  it.each(wrong)('refuses with %s: %j', (code, lines, field) =>
    given(order, placed, confirmed, shippedInPart).when(ship('s-2', lines)).thenRefuses(code, field),
  );
  it('refuses an order that is not confirmed', () => {
    given(order).when(part).thenRefuses('ORDER_NOT_FOUND');
    given(order, drafted).when(part).thenRefuses('ORDER_NOT_PLACED');
    given(order, placed).when(part).thenRefuses('ORDER_NOT_CONFIRMED');
    given(order, placed, cancelled).when(part).thenRefuses('ORDER_CANCELLED');
  });
});

describe('DeliverOrder', () => {
  it('delivers what is fully shipped', () =>
    given(order, placed, confirmed, shippedInPart, shippedRest).when(deliver).then(delivered));
  it('records nothing once delivered', () =>
    given(order, placed, confirmed, shippedInPart, shippedRest, delivered).when(deliver).thenNothing());
  it('refuses before that', () => {
    given(order).when(deliver).thenRefuses('ORDER_NOT_FOUND');
    given(order, drafted).when(deliver).thenRefuses('ORDER_NOT_PLACED');
    given(order, placed, confirmed).when(deliver).thenRefuses('ORDER_NOT_FULLY_SHIPPED');
    given(order, placed, confirmed, shippedInPart).when(deliver).thenRefuses('ORDER_NOT_FULLY_SHIPPED');
    given(order, placed, cancelled).when(deliver).thenRefuses('ORDER_CANCELLED');
  });
});

describe('CancelOrder', () => {
  it('records all that is taken off', () => {
    given(order, placed).when(cancel).then(cancelled);
    given(order, placed, confirmed).when(cancel).then(cancelled);
    given(order, drafted, placed).when(cancel).then(cancelled);
  });
  it('gives up a draft, which counted nowhere', () =>
    given(order, drafted).when(cancel).then(draftCancelled));
  it('records nothing once cancelled', () => {
    given(order, placed, cancelled).when(cancel).thenNothing();
    given(order, placed, cancelled)
      .when({ ...cancel, reason: 'another' })
      .thenNothing();
    given(order, drafted, draftCancelled).when(cancel).thenNothing();
  });
  it('refuses from the first shipment on, without an order, without a reason', () => {
    given(order).when(cancel).thenRefuses('ORDER_NOT_FOUND');
    given(order, placed, confirmed, shippedInPart).when(cancel).thenRefuses('ORDER_ALREADY_SHIPPED');
    given(order, placed)
      .when({ ...cancel, reason: ' ' })
      .thenRefuses('ORDER_REASON_MISSING', 'reason');
  });
});
