import { describe, expect, it } from '@jest/globals';
import { emptySummary } from './summary.js';
import { summaryJson, summaryText, type Told } from './summary-text.js';

const told: Told = {
  summary: {
    ...emptySummary(),
    rows: 541_909,
    orders: 18_532,
    lines: 397_884,
    units: 5_167_812,
    amountThousandths: 8_911_407_904,
    creditNotes: 3_654,
    creditedLines: 8_905,
    creditedUnits: 274_808,
    creditedThousandths: 611_342_090,
    outside: { ...emptySummary().outside, free: 1_179 },
  },
  complete: true,
  position: 123n,
  file: 'retail.csv.gz',
  dryRun: false,
  rejects: 'retail.csv.gz.rejects.csv',
  seconds: 21.04,
};

describe('the outcome', () => {
  it('for people', () =>
    expect(summaryText(told).split('\n')).toEqual([
      '18,532 orders: 397,884 lines, 5,167,812 units, 8,911,407.904 GBP',
      '3,654 credit notes: 8,905 lines, 274,808 units, 611,342.09 GBP',
      '0 customers, 0 products',
      '1,179 of 541,909 rows are no part of these:',
      '  free                        1,179  UnitPrice is 0: given away, not sold',
      'The rows left out, with the reason: retail.csv.gz.rejects.csv',
      '21.0 s.',
    ]));

  it('for machines', () =>
    expect(summaryJson(told)).toMatchObject({
      orders: 18_532,
      amount: '8911407.904',
      currency: 'GBP',
      credits: { creditNotes: 3_654, lines: 8_905, units: 274_808, amount: '611342.09' },
      outside: { free: 1_179, adjust: 0 },
      position: '123',
      seconds: 21,
    }));

  it('says what was not imported, and of a dry run that nothing was written', () => {
    const { rejects: _none, ...dry } = { ...told, dryRun: true };
    const summary = { ...told.summary, malformedRows: 2, heldBackRows: 5, refusedDocuments: 1 };
    const text = summaryText({ ...dry, rejects: undefined, summary });
    expect(text).toContain('Not imported: 2 malformed rows, 5 rows of invoices');
    expect(text).toContain('Nothing was written.');
    expect(summaryJson({ ...dry, rejects: undefined, summary })).not.toHaveProperty('position');
  });
});
