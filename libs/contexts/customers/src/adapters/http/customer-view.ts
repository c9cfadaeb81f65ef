import type { Stored } from '#libs/platform/projections';
import type { CustomerDocument } from '../../read-models/customers.js';

/** A customer as the API shows it. */
export function customerView(customer: Stored<CustomerDocument>) {
  const { _id, contact, address, registeredAt, changedAt, revision } = customer;
  return { customerId: _id, contact, address, registeredAt, changedAt, revision };
}
