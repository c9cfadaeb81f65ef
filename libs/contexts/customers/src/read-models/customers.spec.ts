import { describe, it } from '@jest/globals';
import { givenProjection } from '#libs/platform/testing';
import type { CustomerEvent } from '../domain/customer-events.js';
import { customers } from './customers.js';

const day1 = '2026-03-01T10:00:00.000Z';
const day2 = '2026-03-02T10:00:00.000Z';
const day3 = '2026-03-03T10:00:00.000Z';
const customerId = '12347';
const registered: CustomerEvent = {
  type: 'CustomerRegistered',
  data: { customerId, contact: { name: 'Ada' }, address: { country: 'Iceland' }, registeredAt: day1 },
};

describe('customers', () => {
  it('holds what was registered', () =>
    givenProjection(customers, registered).then({
      [customerId]: {
        contact: { name: 'Ada' },
        address: { country: 'Iceland' },
        registeredAt: day1,
        changedAt: day1,
        revision: 0,
      },
    }));

  it('follows each field, and forgets one taken away', () =>
    givenProjection(
      customers,
      registered,
      {
        type: 'CustomerContactChanged',
        data: { customerId, changes: { name: null, phone: '1' }, changedAt: day3 },
      },
      {
        type: 'CustomerAddressChanged',
        data: { customerId, changes: { country: 'Norway', city: 'Oslo' }, changedAt: day2 },
      },
    ).then({
      [customerId]: {
        contact: { phone: '1' },
        address: { country: 'Norway', city: 'Oslo' },
        registeredAt: day1,
        changedAt: day3,
        revision: 2,
      },
    }));
});
