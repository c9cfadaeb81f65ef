import { plus, times } from '#libs/platform/kernel';
import type { Row } from './row.js';
import type { OutsideClass } from './row-class.js';

/** What an import found and did; the same numbers from a dry run. Amounts in thousandths of a pound. */
export interface ImportSummary {
  rows: number;
  orders: number;
  lines: number;
  units: number;
  amountThousandths: number;
  creditNotes: number;
  creditedLines: number;
  creditedUnits: number;
  creditedThousandths: number;
  customers: number;
  products: number;
  /** Rows that are right but no part of the profile, per class. */
  outside: Record<OutsideClass, number>;
  /** Rows that cannot be read, or fit no class. */
  malformedRows: number;
  /** Readable rows of documents that were not imported, for another row of theirs or because they were refused. */
  heldBackRows: number;
  /** Documents that the rules refused, such as an order id in use by an order of other content. */
  refusedDocuments: number;
}

export const emptySummary = (): ImportSummary => ({
  rows: 0,
  orders: 0,
  lines: 0,
  units: 0,
  amountThousandths: 0,
  creditNotes: 0,
  creditedLines: 0,
  creditedUnits: 0,
  creditedThousandths: 0,
  customers: 0,
  products: 0,
  outside: {
    'sale-unknown-customer': 0,
    'cancel-unknown-customer': 0,
    free: 0,
    'stock-adjust': 0,
    adjust: 0,
  },
  malformedRows: 0,
  heldBackRows: 0,
  refusedDocuments: 0,
});

/** True when every row is imported or rightly outside. */
export const isClean = ({ malformedRows, heldBackRows }: ImportSummary): boolean =>
  malformedRows === 0 && heldBackRows === 0;

export function countOrder(summary: ImportSummary, rows: readonly Row[]): void {
  summary.orders++;
  summary.lines += rows.length;
  for (const { quantity, unitPriceThousandths } of rows) {
    summary.units += quantity;
    summary.amountThousandths = plus(summary.amountThousandths, times(unitPriceThousandths, quantity));
  }
}

/** What the file takes away is counted as given back: above zero. */
export function countCreditNote(summary: ImportSummary, rows: readonly Row[]): void {
  summary.creditNotes++;
  summary.creditedLines += rows.length;
  for (const { quantity, unitPriceThousandths } of rows) {
    summary.creditedUnits -= quantity;
    summary.creditedThousandths = plus(summary.creditedThousandths, times(unitPriceThousandths, -quantity));
  }
}
