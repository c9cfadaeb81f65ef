import type { Aggregate, Decider } from '#libs/platform/kernel';
import { refuse } from './customer-errors.js';
import {
  ADDRESS_FIELDS,
  type Address,
  type AddressField,
  type Changes,
  CONTACT_FIELDS,
  type Contact,
  type ContactField,
  type CustomerEvent,
  customerEventTypes,
} from './customer-events.js';
import { settled, type TimedFields, winning } from './last-write-wins.js';

export type CustomerCommand =
  | {
      readonly type: 'RegisterCustomer';
      readonly customerId: string;
      readonly contact: Contact;
      readonly address: Address;
      readonly at: string;
    }
  | {
      readonly type: 'ChangeCustomerContact';
      readonly customerId: string;
      readonly changes: Changes<ContactField>;
      readonly at: string;
    }
  | {
      readonly type: 'ChangeCustomerAddress';
      readonly customerId: string;
      readonly changes: Changes<AddressField>;
      readonly at: string;
    };

export type CustomerState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'registered';
      /** As first registered: the same registration again is a repeat. */
      readonly registered: { readonly contact: Contact; readonly address: Address };
      readonly contact: TimedFields<ContactField>;
      readonly address: TimedFields<AddressField>;
    };

const FIELD_MAX_CHARACTERS = 200;

export const customer: Decider<CustomerState, CustomerCommand, CustomerEvent> = {
  initialState: { status: 'absent' },

  decide(state, command) {
    if (command.type === 'RegisterCustomer') return register(state, command);
    if (state.status === 'absent') throw refuse('CUSTOMER_NOT_FOUND');
    const { customerId, at } = command;
    checkFields(command.changes);
    if (command.type === 'ChangeCustomerContact') {
      const changes = winning(state.contact, command.changes, at);
      return isEmpty(changes)
        ? []
        : [{ type: 'CustomerContactChanged', data: { customerId, changes, changedAt: at } }];
    }
    if (command.changes.country === null) throw refuse('CUSTOMER_COUNTRY_MISSING', { field: 'country' });
    const changes = winning(state.address, command.changes, at);
    return isEmpty(changes)
      ? []
      : [{ type: 'CustomerAddressChanged', data: { customerId, changes, changedAt: at } }];
  },

  evolve(state, event) {
    if (event.type === 'CustomerRegistered') {
      const { contact, address, registeredAt } = event.data;
      return {
        status: 'registered',
        registered: { contact, address },
        contact: settled<ContactField>({}, contact, registeredAt),
        address: settled<AddressField>({}, address, registeredAt),
      };
    }
    if (state.status === 'absent') return state;
    const { changedAt } = event.data;
    return event.type === 'CustomerContactChanged'
      ? { ...state, contact: settled(state.contact, event.data.changes, changedAt) }
      : { ...state, address: settled(state.address, event.data.changes, changedAt) };
  },
};

export const customerAggregate: Aggregate<CustomerState, CustomerCommand, CustomerEvent> = {
  category: 'customer',
  decider: customer,
  eventTypes: customerEventTypes,
  conflicts: {
    RegisterCustomer: 'decide_again', // finds the other registration, and is its repeat or refused
    ChangeCustomerContact: 'last_write_wins',
    ChangeCustomerAddress: 'last_write_wins',
  },
  creates: ['RegisterCustomer'],
};

function register(
  state: CustomerState,
  command: Extract<CustomerCommand, { readonly type: 'RegisterCustomer' }>,
): readonly CustomerEvent[] {
  checkFields(command.contact);
  checkFields(command.address);
  const contact = known(CONTACT_FIELDS, command.contact);
  const address = { ...known(ADDRESS_FIELDS, command.address), country: command.address.country };
  if (state.status === 'registered') {
    const { registered } = state;
    if (
      same(CONTACT_FIELDS, contact, registered.contact) &&
      same(ADDRESS_FIELDS, address, registered.address)
    )
      return [];
    throw refuse('CUSTOMER_ALREADY_EXISTS', { field: 'customerId' });
  }
  const { customerId, at } = command;
  return [{ type: 'CustomerRegistered', data: { customerId, contact, address, registeredAt: at } }];
}

function checkFields(changes: Changes<string>): void {
  for (const [field, value] of Object.entries(changes))
    if (typeof value === 'string' && (value.trim() === '' || [...value].length > FIELD_MAX_CHARACTERS))
      throw refuse('CUSTOMER_FIELD_INVALID', { field });
}

/** Only the fields that have a value: what is stored says no more than what is known. */
function known<Field extends string>(
  fields: readonly Field[],
  values: { readonly [F in Field]?: string | null },
): { readonly [F in Field]?: string } {
  const present = fields.flatMap((field) => {
    const value = values[field];
    return value === undefined || value === null ? [] : [[field, value]];
  });
  return Object.fromEntries(present);
}

function same<Field extends string>(
  fields: readonly Field[],
  a: { readonly [F in Field]?: string },
  b: { readonly [F in Field]?: string },
): boolean {
  return fields.every((field) => a[field] === b[field]);
}

const isEmpty = (changes: object): boolean => Object.keys(changes).length === 0;
