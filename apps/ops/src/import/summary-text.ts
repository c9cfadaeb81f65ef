import { formatAmount } from '#libs/platform/kernel';
import type { ImportOutcome } from './import-online-retail.js';
import { OUTSIDE, type OutsideClass } from './row-class.js';

export interface Told extends ImportOutcome {
  readonly file: string;
  readonly dryRun: boolean;
  /** Where the rows left out stand; nothing when nothing was written. */
  readonly rejects: string | undefined;
  readonly seconds: number;
}

const CURRENCY = 'GBP';

/** For machines. Amounts are exact decimal text. */
export function summaryJson({ summary, complete, position, file, dryRun, rejects, seconds }: Told): object {
  const { amountThousandths, creditNotes, creditedLines, creditedUnits, creditedThousandths, ...counts } =
    summary;
  return {
    file,
    dryRun,
    complete,
    ...counts,
    currency: CURRENCY,
    amount: formatAmount(amountThousandths, 3),
    credits: {
      creditNotes,
      lines: creditedLines,
      units: creditedUnits,
      amount: formatAmount(creditedThousandths, 3),
    },
    ...(rejects === undefined ? {} : { rejects }),
    ...(position === undefined || dryRun ? {} : { position: String(position) }),
    seconds: Math.round(seconds * 10) / 10,
  };
}

/** For people. */
export function summaryText({ summary: s, dryRun, rejects, seconds }: Told): string {
  const outside = Object.entries(s.outside).filter(([, rows]) => rows > 0);
  const outsideRows = outside.reduce((sum, [, rows]) => sum + rows, 0);
  return [
    `${count(s.orders)} orders: ${count(s.lines)} lines, ${count(s.units)} units, ${amount(s.amountThousandths)}`,
    `${count(s.creditNotes)} credit notes: ${count(s.creditedLines)} lines, ${count(s.creditedUnits)} units, ${amount(s.creditedThousandths)}`,
    `${count(s.customers)} customers, ${count(s.products)} products`,
    `${count(outsideRows)} of ${count(s.rows)} rows are no part of these${outsideRows > 0 ? ':' : ''}`,
    ...outside.map(
      ([name, rows]) => `  ${name.padEnd(24)}${count(rows).padStart(9)}  ${OUTSIDE[name as OutsideClass]}`,
    ),
    ...(s.malformedRows + s.heldBackRows === 0 ? [] : [faults(s)]),
    ...(rejects === undefined ? [] : [`The rows left out, with the reason: ${rejects}`]),
    `${dryRun ? 'Nothing was written. ' : ''}${seconds.toFixed(1)} s.`,
  ].join('\n');
}

function faults(s: Told['summary']): string {
  return `Not imported: ${count(s.malformedRows)} malformed rows, ${count(s.heldBackRows)} rows of invoices with such a row or that were refused (${count(s.refusedDocuments)} refused)`;
}

const count = (n: number): string => n.toLocaleString('en');
const amount = (thousandths: number): string => {
  const [whole = '', fraction = ''] = formatAmount(thousandths, 3).split('.');
  return `${Number(whole).toLocaleString('en')}.${fraction} ${CURRENCY}`;
};
