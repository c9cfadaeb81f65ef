import type { Row } from './row.js';

/** Every row belongs to exactly one class; the first two are imported when the customer is known. */
export type RowClass = 'sale' | 'cancel' | 'free' | 'stock-adjust' | 'adjust';

/** Rows that are right, but no part of an order or a credit note of a known customer. */
export const OUTSIDE = {
  'sale-unknown-customer': 'a sale without CustomerID',
  'cancel-unknown-customer': 'a cancellation without CustomerID',
  free: 'UnitPrice is 0: given away, not sold',
  'stock-adjust': 'a correction of stock: Quantity below 0 without a C number',
  adjust: 'an entry of the accounts (A number), not of goods',
} as const;
export type OutsideClass = keyof typeof OUTSIDE;

/** Nothing for a row that fits no class, such as a sale of nothing or a cancellation that adds. */
export function classOf({ invoice, quantity, unitPriceThousandths }: Row): RowClass | undefined {
  if (invoice.startsWith('A')) return 'adjust';
  if (invoice.startsWith('C')) return quantity < 0 && unitPriceThousandths >= 0 ? 'cancel' : undefined;
  if (quantity < 0) return 'stock-adjust';
  if (quantity === 0 || unitPriceThousandths < 0) return undefined;
  return unitPriceThousandths === 0 ? 'free' : 'sale';
}

export function outsideClassOf(rowClass: RowClass, row: Row): OutsideClass | undefined {
  if (rowClass !== 'sale' && rowClass !== 'cancel') return rowClass;
  return row.customerId === undefined ? `${rowClass}-unknown-customer` : undefined;
}
