import { describe, it } from '@jest/globals';
import { givenProjection } from '#libs/platform/testing';
import {
  address,
  cancelled,
  confirmed,
  content,
  day1,
  day2,
  delivered,
  draftCancelled,
  drafted,
  freight,
  lantern,
  lanternAgain,
  pads,
  placed,
  shippedInPart,
  shippedRest,
  totals,
} from '../domain/order-examples.js';
import { orderDetails } from './order-details.js';

const asPlaced = {
  ...content,
  totals,
  origin: 'live',
  status: 'placed',
  placedAt: day1,
  shipments: [],
  revision: 0,
} as const;
const { placedAt: _later, ...asDrafted } = { ...asPlaced, status: 'draft', draftedAt: day1 } as const;

describe('order-details', () => {
  it('holds a placed order', () => givenProjection(orderDetails, placed).then({ 'o-1': asPlaced }));

  it('follows a draft line by line until it is placed', () => {
    const fewer = { ...lantern, quantity: 1 };
    const moved = { ...address, city: 'York' };
    const tax = { lineId: '7', kind: 'tax', amountThousandths: 199 } as const;
    const change = { orderId: 'o-1', totals };
    const history = [
      drafted,
      { type: 'OrderLineChanged', data: { ...change, line: fewer, changedAt: day2 } },
      { type: 'OrderLineAdded', data: { ...change, line: tax, addedAt: day2 } },
      { type: 'OrderLineRemoved', data: { ...change, lineId: '5', removedAt: day2 } },
      { type: 'OrderAddressSet', data: { orderId: 'o-1', address: moved, setAt: day2 } },
    ] as const;
    const changed = { lines: [fewer, lanternAgain, pads], charges: [freight, tax], address: moved };
    givenProjection(orderDetails, ...history).then({ 'o-1': { ...asDrafted, ...changed, revision: 4 } });
    const placing = { ...placed, data: { ...placed.data, ...changed, placedAt: day2 } };
    givenProjection(orderDetails, ...history, placing).then({
      'o-1': { ...asPlaced, ...changed, draftedAt: day1, placedAt: day2, revision: 5 },
    });
  });

  it('follows the shipments', () => {
    const shipments = [shippedInPart, shippedRest].map(({ data }) => ({
      shipmentId: data.shipmentId,
      lines: data.lines,
      shippedAt: day2,
    }));
    const so = { ...asPlaced, confirmedAt: day2 };
    givenProjection(orderDetails, placed, confirmed).then({
      'o-1': { ...so, status: 'confirmed', revision: 1 },
    });
    givenProjection(orderDetails, placed, confirmed, shippedInPart).then({
      'o-1': { ...so, status: 'partly_shipped', shipments: shipments.slice(0, 1), revision: 2 },
    });
    givenProjection(orderDetails, placed, confirmed, shippedInPart, shippedRest, delivered).then({
      'o-1': { ...so, status: 'delivered', shipments, deliveredAt: day2, revision: 4 },
    });
  });

  it('tells why an order was cancelled', () => {
    const ended = { status: 'cancelled', cancelledAt: day2, cancelReason: 'changed my mind' } as const;
    givenProjection(orderDetails, placed, cancelled).then({ 'o-1': { ...asPlaced, ...ended, revision: 1 } });
    givenProjection(orderDetails, drafted, draftCancelled).then({
      'o-1': { ...asDrafted, ...ended, revision: 1 },
    });
  });
});
