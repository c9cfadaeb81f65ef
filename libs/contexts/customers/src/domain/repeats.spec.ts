import { describe, expect, it } from '@jest/globals';
import { repeatCommands } from '#libs/platform/testing';
import type { Dice } from '#libs/testing';
import { type CustomerCommand, customer } from './customer.js';

/** Times go back and forth, and values repeat, so that late and equal commands are among them. */
function anyCommand({ upTo, oneOf }: Dice): CustomerCommand {
  const subject = { customerId: '1', at: new Date(Date.UTC(2026, 0, 1) + upTo(20)).toISOString() };
  const value = () => (upTo(4) === 0 ? oneOf([' ', null]) : oneOf(['a', 'b']));
  const known = oneOf([{ name: 'a' }, { name: 'a', phone: 'b' }]);
  return oneOf<CustomerCommand>([
    { type: 'RegisterCustomer', ...subject, contact: known, address: { country: 'a' } },
    { type: 'ChangeCustomerContact', ...subject, changes: { name: value(), phone: value() } },
    { type: 'ChangeCustomerAddress', ...subject, changes: { city: value(), country: value() } },
  ]);
}

describe('a repeated command', () => {
  it.each([1, 2, 3, 4, 5])('records nothing, or is refused as before: seed %i', (seed) => {
    const { broken, recordedTypes } = repeatCommands(customer, anyCommand, { seed, commands: 20 });
    expect(broken).toEqual([]);
    expect([...recordedTypes].sort()).toEqual([
      'CustomerAddressChanged',
      'CustomerContactChanged',
      'CustomerRegistered',
    ]);
  });
});
