import type { Projection } from '#libs/platform/kernel';
import type { Address, Changes, Contact, CustomerEvent } from '../domain/customer-events.js';

export interface CustomerDocument {
  readonly contact: Contact;
  readonly address: Address;
  readonly registeredAt: string;
  /** Time of the latest change, by the commands' own time. */
  readonly changedAt: string;
  /** Revision of the last event in it: the `ETag`. */
  readonly revision: number;
}

/** Every customer, by id. The rules have settled which change wins: the fold takes each as it comes. */
export const customers: Projection<CustomerDocument, CustomerEvent> = {
  name: 'customers',
  version: 1,
  indexes: [{ name: 'byCountry', key: { 'address.country': 1, _id: 1 } }],
  key: ({ event }) => event.data.customerId,
  on: {
    CustomerRegistered: (_none, { event: { data }, revision }) => ({
      contact: data.contact,
      address: data.address,
      registeredAt: data.registeredAt,
      changedAt: data.registeredAt,
      revision: Number(revision),
    }),
    CustomerContactChanged: (customer, { event: { data }, revision }) =>
      customer && {
        ...customer,
        contact: applied(customer.contact, data.changes),
        changedAt: later(customer.changedAt, data.changedAt),
        revision: Number(revision),
      },
    CustomerAddressChanged: (customer, { event: { data }, revision }) =>
      customer && {
        ...customer,
        address: applied(customer.address, data.changes),
        changedAt: later(customer.changedAt, data.changedAt),
        revision: Number(revision),
      },
  },
};

function applied<Fields extends object>(
  fields: Fields,
  changes: Changes<Extract<keyof Fields, string>>,
): Fields {
  const merged = Object.entries({ ...fields, ...changes }).filter(([, value]) => value !== null);
  return Object.fromEntries(merged) as Fields;
}

const later = (a: string, b: string): string => (a > b ? a : b);
