import type { CommandRoute } from './bad-requests.js';
import { count, currency, decimal, flag, id, list, object, oneOf, optional, text } from './field-kinds.js';

const LINE = { productCode: '85123A', quantity: 6, unitPrice: '2.55' };
const ADDRESS = {
  name: 'Ada Example',
  street: '1 High Street',
  city: 'Ely',
  region: 'Cambridgeshire',
  postalCode: 'CB7 4DN',
  country: 'United Kingdom',
};
const manyLines = list(2_000, (index) => ({ ...LINE, lineId: String(index) }));
const manyCharges = list(2_000, (index) => ({ kind: 'tax', amount: '1', lineId: String(index) }));

const lineFields = (at: string) => ({
  [`${at}lineId`]: optional(id),
  [`${at}productCode`]: text(40),
  [`${at}description`]: optional(text(100)),
  [`${at}quantity`]: count(1_000_000),
  [`${at}unitPrice`]: decimal,
});
const addressFields = (at: string) => ({
  [`${at}name`]: text(100),
  [`${at}street`]: text(200),
  [`${at}city`]: text(100),
  [`${at}region`]: optional(text(100)),
  [`${at}postalCode`]: optional(text(20)),
  [`${at}country`]: text(60),
});

const ORDER_ROUTES: readonly CommandRoute[] = [
  {
    method: 'POST',
    route: '/orders',
    path: '/orders',
    body: {
      customerId: 'c-1',
      country: 'GB',
      currency: 'GBP',
      place: true,
      lines: [{ ...LINE, lineId: 'l-1', description: 'T-light holder' }],
      charges: [{ lineId: 'l-2', kind: 'freight', amount: '4.95', description: 'Parcel' }],
      address: ADDRESS,
    },
    fields: {
      orderId: optional(id),
      customerId: id,
      country: text(60),
      currency,
      place: optional(flag),
      lines: optional(manyLines),
      ...lineFields('lines[0].'),
      charges: optional(manyCharges),
      'charges[0].lineId': optional(id),
      'charges[0].kind': oneOf,
      'charges[0].description': optional(text(100)),
      'charges[0].amount': decimal,
      address: optional(object),
      ...addressFields('address.'),
    },
  },
  {
    method: 'PUT',
    route: '/orders/{orderId}/address',
    path: '/orders/draft/address',
    body: ADDRESS,
    fields: addressFields(''),
  },
  {
    method: 'POST',
    route: '/orders/{orderId}/lines',
    path: '/orders/draft/lines',
    body: LINE,
    fields: { ...lineFields(''), kind: optional(oneOf), amount: optional(decimal) },
  },
  {
    method: 'PUT',
    route: '/orders/{orderId}/lines/{lineId}',
    path: '/orders/draft/lines/1',
    body: LINE,
    fields: {
      productCode: text(40),
      description: optional(text(100)),
      quantity: count(1_000_000),
      unitPrice: decimal,
      kind: optional(oneOf),
      amount: optional(decimal),
    },
  },
  { method: 'DELETE', route: '/orders/{orderId}/lines/{lineId}', path: '/orders/draft/lines/1' },
  { method: 'POST', route: '/orders/{orderId}/place', path: '/orders/draft/place' },
  { method: 'POST', route: '/orders/{orderId}/confirm', path: '/orders/placed/confirm' },
  { method: 'POST', route: '/orders/{orderId}/deliver', path: '/orders/shipped/deliver' },
  {
    method: 'POST',
    route: '/orders/{orderId}/shipments',
    path: '/orders/confirmed/shipments',
    body: { shipmentId: 's-1', lines: [{ lineId: '1', quantity: 1 }] },
    fields: {
      shipmentId: optional(id),
      lines: list(2_000, (index) => ({ lineId: String(index), quantity: 1 })),
      'lines[0].lineId': id,
      'lines[0].quantity': count(1_000_000),
    },
  },
  {
    method: 'POST',
    route: '/orders/{orderId}/cancel',
    path: '/orders/placed/cancel',
    body: { reason: 'Ordered twice.' },
    fields: { reason: text(500) },
  },
  {
    method: 'POST',
    route: '/credit-notes',
    path: '/credit-notes',
    body: { customerId: 'c-1', country: 'GB', currency: 'GBP', lines: [LINE] },
    fields: {
      creditNoteId: optional(id),
      customerId: id,
      country: text(60),
      currency,
      lines: manyLines,
      ...lineFields('lines[0].'),
      orderId: optional(id),
      reason: optional(text(500)),
    },
  },
];

const contactFields = (at: string) => ({
  [`${at}name`]: optional(text(200)),
  [`${at}email`]: optional(text(200)),
  [`${at}phone`]: optional(text(200)),
});
const customerAddressFields = (at: string) => ({
  [`${at}line1`]: optional(text(200)),
  [`${at}line2`]: optional(text(200)),
  [`${at}city`]: optional(text(200)),
  [`${at}region`]: optional(text(200)),
  [`${at}postalCode`]: optional(text(200)),
});

const MASTER_DATA_ROUTES: readonly CommandRoute[] = [
  {
    method: 'POST',
    route: '/products',
    path: '/products',
    body: { code: 'NEW', name: 'T-light holder', price: '2.55', currency: 'GBP' },
    fields: { code: text(40), name: text(200), price: decimal, currency },
  },
  {
    method: 'PUT',
    route: '/products/{code}/name',
    path: '/products/P1/name',
    body: { name: 'T-light holder' },
    fields: { name: text(200) },
  },
  {
    method: 'PUT',
    route: '/products/{code}/price',
    path: '/products/P1/price',
    body: { price: '2.95', currency: 'GBP' },
    fields: { price: decimal, currency },
  },
  {
    method: 'POST',
    route: '/products/{code}/discontinue',
    path: '/products/P1/discontinue',
    body: { reason: 'The maker closed.' },
    fields: { reason: text(200) },
  },
  {
    method: 'POST',
    route: '/customers',
    path: '/customers',
    body: { contact: { name: 'Ada Example' }, address: { country: 'United Kingdom' } },
    fields: {
      customerId: optional(id),
      contact: optional(object),
      ...contactFields('contact.'),
      address: object,
      ...customerAddressFields('address.'),
      'address.country': text(200),
    },
  },
  {
    method: 'PUT',
    route: '/customers/{id}/contact',
    path: '/customers/c-1/contact',
    body: { name: 'Ada King' },
    fields: contactFields(''),
  },
  {
    method: 'PUT',
    route: '/customers/{id}/address',
    path: '/customers/c-1/address',
    body: { city: 'Ockham' },
    fields: { ...customerAddressFields(''), country: optional(text(200)) },
  },
];

/** Every route that takes a command. */
export const COMMAND_ROUTES: readonly CommandRoute[] = [...ORDER_ROUTES, ...MASTER_DATA_ROUTES];
