import { describe, expect, it } from '@jest/globals';
import { given } from '#libs/platform/testing';
import { type CustomerCommand, customer } from './customer.js';
import type { AddressField, Changes, ContactField, CustomerEvent } from './customer-events.js';

const day1 = '2026-03-01T10:00:00.000Z';
const day2 = '2026-03-02T10:00:00.000Z';
const day3 = '2026-03-03T10:00:00.000Z';
const customerId = '12347';

const registered: CustomerEvent = {
  type: 'CustomerRegistered',
  data: {
    customerId,
    contact: { name: 'Ada', email: 'ada@example.com' },
    address: { country: 'Iceland' },
    registeredAt: day1,
  },
};
const register = {
  type: 'RegisterCustomer',
  customerId,
  contact: { name: 'Ada', email: 'ada@example.com' },
  address: { country: 'Iceland' },
  at: day1,
} as const satisfies CustomerCommand;

const contactChanged = (changes: Changes<ContactField>, changedAt: string): CustomerEvent => ({
  type: 'CustomerContactChanged',
  data: { customerId, changes, changedAt },
});
const addressChanged = (changes: Changes<AddressField>, changedAt: string): CustomerEvent => ({
  type: 'CustomerAddressChanged',
  data: { customerId, changes, changedAt },
});
const changeContact = (changes: Changes<ContactField>, at: string): CustomerCommand => ({
  type: 'ChangeCustomerContact',
  customerId,
  changes,
  at,
});
const changeAddress = (changes: Changes<AddressField>, at: string): CustomerCommand => ({
  type: 'ChangeCustomerAddress',
  customerId,
  changes,
  at,
});

describe('RegisterCustomer', () => {
  it('registers a new id', () => given(customer).when(register).then(registered));
  it('needs no more than a country', () =>
    given(customer)
      .when({ ...register, contact: {} })
      .then({ ...registered, data: { ...registered.data, contact: {} } }));
  it('records nothing when registered just so', () =>
    given(customer, registered).when(register).thenNothing());
  it('records nothing when changed since', () =>
    given(customer, registered, contactChanged({ name: 'Grace' }, day2))
      .when(register)
      .thenNothing());
  it.each([
    { contact: { name: 'Ada' } },
    { contact: { ...register.contact, phone: '1' } },
    { address: { country: 'Norway' } },
  ])('refuses the id of another customer: %j', (other) =>
    given(customer, registered)
      .when({ ...register, ...other })
      .thenRefuses('CUSTOMER_ALREADY_EXISTS'),
  );
  it('refuses a blank country', () =>
    given(customer)
      .when({ ...register, address: { country: ' ' } })
      .thenRefuses('CUSTOMER_FIELD_INVALID'));
});

describe('ChangeCustomerContact', () => {
  it('records only what changed', () =>
    given(customer, registered)
      .when(changeContact({ name: 'Ada', email: 'lovelace@example.com' }, day2))
      .then(contactChanged({ email: 'lovelace@example.com' }, day2)));
  it('takes a field away', () =>
    given(customer, registered)
      .when(changeContact({ email: null }, day2))
      .then(contactChanged({ email: null }, day2)));
  it('records nothing when nothing differs', () =>
    given(customer, registered)
      .when(changeContact({ name: 'Ada', phone: null }, day2))
      .thenNothing());
  it('refuses an unknown customer', () =>
    given(customer)
      .when(changeContact({ name: 'Ada' }, day2))
      .thenRefuses('CUSTOMER_NOT_FOUND'));
  it.each(['', ' ', 'x'.repeat(201)])('refuses the name %j', (name) =>
    given(customer, registered).when(changeContact({ name }, day2)).thenRefuses('CUSTOMER_FIELD_INVALID'),
  );
});

describe('ChangeCustomerAddress', () => {
  it('records only what changed', () =>
    given(customer, registered)
      .when(changeAddress({ country: 'Iceland', city: 'Reykjavik' }, day2))
      .then(addressChanged({ city: 'Reykjavik' }, day2)));
  it('records nothing when nothing differs', () =>
    given(customer, registered)
      .when(changeAddress({ country: 'Iceland' }, day2))
      .thenNothing());
  it('refuses to take the country away', () =>
    given(customer, registered)
      .when(changeAddress({ country: null }, day2))
      .thenRefuses('CUSTOMER_COUNTRY_MISSING'));
  it('refuses an unknown customer', () =>
    given(customer)
      .when(changeAddress({ city: 'Oslo' }, day2))
      .thenRefuses('CUSTOMER_NOT_FOUND'));
});

describe('last write wins per field', () => {
  it('an older command does not overwrite a newer field, but sets the others', () =>
    given(customer, registered, contactChanged({ email: 'new@example.com' }, day3))
      .when(changeContact({ email: 'old@example.com', phone: '555' }, day2))
      .then(contactChanged({ phone: '555' }, day2)));
  it('an older command on newer fields alone records nothing', () =>
    given(customer, registered, addressChanged({ city: 'Oslo', country: 'Norway' }, day3))
      .when(changeAddress({ city: 'Bergen', country: 'Norge' }, day2))
      .thenNothing());
  it('a field taken away later stays away', () =>
    given(customer, registered, contactChanged({ email: null }, day3))
      .when(changeContact({ email: 'ada@example.com' }, day2))
      .thenNothing());
  it('at the same time the later to arrive wins', () =>
    given(customer, registered, contactChanged({ phone: '1' }, day2))
      .when(changeContact({ phone: '2' }, day2))
      .then(contactChanged({ phone: '2' }, day2)));

  it('gives the same customer whatever order the changes arrive in', () => {
    const commands = [
      changeContact({ name: 'Grace', phone: '1' }, '2026-04-01T00:00:00.000Z'),
      changeAddress({ city: 'Oslo', country: 'Norway' }, '2026-04-02T00:00:00.000Z'),
      changeContact({ phone: '2', email: null }, '2026-04-03T00:00:00.000Z'),
      changeAddress({ city: 'Bergen', line1: 'Strandgaten 1' }, '2026-04-04T00:00:00.000Z'),
    ];
    const outcomes = permutations(commands).map((order) =>
      order.reduce(
        (state, command) => customer.decide(state, command).reduce(customer.evolve, state),
        customer.evolve(customer.initialState, registered),
      ),
    );
    expect(outcomes).toHaveLength(24);
    for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}
