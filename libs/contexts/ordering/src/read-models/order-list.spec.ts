import { describe, expect, it } from '@jest/globals';
import { givenProjection } from '#libs/platform/testing';
import {
  cancelled,
  confirmed,
  day1,
  day2,
  delivered,
  drafted,
  placed,
  shippedInPart,
  shippedRest,
  totals,
} from '../domain/order-examples.js';
import { listIndex, orderList } from './order-list.js';

const draft = {
  status: 'draft',
  customerId: '17850',
  country: 'United Kingdom',
  currency: 'GBP',
  lines: 3,
  units: 9,
  totalThousandths: 23_001,
  listedAt: day1,
} as const;

describe('order-list', () => {
  it('lists a draft by the time it was drafted, with the totals it has now', () =>
    givenProjection(orderList, drafted, {
      type: 'OrderLineRemoved',
      data: { orderId: 'o-1', lineId: '5', totals: { ...totals, totalThousandths: 24_501 }, removedAt: day2 },
    }).then({ 'o-1': { ...draft, totalThousandths: 24_501 } }));

  it('lists an order by the time it was placed', () => {
    const laterPlaced = { ...placed, data: { ...placed.data, placedAt: day2 } };
    givenProjection(orderList, drafted, laterPlaced).then({
      'o-1': { ...draft, status: 'placed', listedAt: day2, placedAt: day2 },
    });
  });

  it('follows the status', () => {
    const history = [placed, confirmed, shippedInPart, shippedRest, delivered];
    const statuses = ['placed', 'confirmed', 'partly_shipped', 'shipped', 'delivered'] as const;
    for (const [last, status] of statuses.entries())
      givenProjection(orderList, ...history.slice(0, last + 1)).then({
        'o-1': { ...draft, status, placedAt: day1 },
      });
    givenProjection(orderList, placed, cancelled).then({
      'o-1': { ...draft, status: 'cancelled', placedAt: day1 },
    });
  });

  it('serves every combination of filters in either order, with one filter at most left to check', () => {
    const all = ['customerId', 'country', 'status'] as const;
    const combinations = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
      all.filter((_filter, place) => bits & (1 << place)),
    );
    const prefixOf = (name: string) =>
      Object.keys(orderList.indexes?.find((index) => index.name === name)?.key ?? {}).slice(0, -2);
    for (const filters of combinations) {
      const byTime = prefixOf(listIndex(filters, 'listedAt'));
      const byTotal = prefixOf(listIndex(filters, 'totalThousandths'));
      expect(filters).toEqual(expect.arrayContaining(byTime));
      expect({ filters, left: filters.length - byTime.length <= 1 }).toEqual({ filters, left: true });
      expect(byTotal.sort()).toEqual([...filters].sort());
    }
  });
});
