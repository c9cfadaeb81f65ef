import type { EventTypes } from '#libs/platform/kernel';

export const CONTACT_FIELDS = ['name', 'email', 'phone'] as const;
export const ADDRESS_FIELDS = ['line1', 'line2', 'city', 'region', 'postalCode', 'country'] as const;

export type ContactField = (typeof CONTACT_FIELDS)[number];
export type AddressField = (typeof ADDRESS_FIELDS)[number];

/** What is known of the person; a field not known is left out. */
export type Contact = { readonly [Field in ContactField]?: string };
export type Address = { readonly [Field in AddressField]?: string } & { readonly country: string };

/** The fields to set; null takes the field away, a field left out stays as it is. */
export type Changes<Field extends string> = { readonly [F in Field]?: string | null };

/** Stored shapes: change one only with an upcaster and a golden fixture of the old one. */
export type CustomerEvent =
  | {
      readonly type: 'CustomerRegistered';
      readonly data: {
        readonly customerId: string;
        readonly contact: Contact;
        readonly address: Address;
        readonly registeredAt: string;
      };
    }
  | {
      readonly type: 'CustomerContactChanged';
      readonly data: {
        readonly customerId: string;
        readonly changes: Changes<ContactField>;
        readonly changedAt: string;
      };
    }
  | {
      readonly type: 'CustomerAddressChanged';
      readonly data: {
        readonly customerId: string;
        readonly changes: Changes<AddressField>;
        readonly changedAt: string;
      };
    };

const PERSONAL_ADDRESS_FIELDS = ADDRESS_FIELDS.filter((field) => field !== 'country');

/** The country alone names nobody, and reports count by it. */
export const customerEventTypes: EventTypes<CustomerEvent> = {
  CustomerRegistered: {
    version: 1,
    personal: [
      ...CONTACT_FIELDS.map((field) => `contact.${field}`),
      ...PERSONAL_ADDRESS_FIELDS.map((field) => `address.${field}`),
    ],
  },
  CustomerContactChanged: { version: 1, personal: CONTACT_FIELDS.map((field) => `changes.${field}`) },
  CustomerAddressChanged: {
    version: 1,
    personal: PERSONAL_ADDRESS_FIELDS.map((field) => `changes.${field}`),
  },
};
