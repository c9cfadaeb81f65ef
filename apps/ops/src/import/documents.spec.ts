import { describe, expect, it } from '@jest/globals';
import { OpenDocuments, type SourceDocument } from './documents.js';
import type { Row } from './row.js';

let line = 1;
const row = (invoice: string, minute: number): Row => ({
  line: ++line,
  invoice,
  stockCode: '1',
  description: '',
  quantity: 1,
  at: '',
  atMs: Date.UTC(2011, 0, 1, 0, minute),
  unitPriceThousandths: 1,
  customerId: '1',
  country: 'EIRE',
  fields: [],
});
const shapes = (documents: readonly SourceDocument[]) =>
  documents.map(({ invoice, rows }) => `${invoice}×${rows.length}`);

/** What is complete after each row, and at the end. */
function gathered(...rows: readonly Row[]): string[][] {
  const open = new OpenDocuments();
  const steps = rows.map((next) => {
    const complete = open.passTo(next);
    open.add(next);
    return shapes(complete);
  });
  return [...steps, shapes(open.end())];
}

describe('OpenDocuments', () => {
  it('completes an invoice once file time has passed its last row by five minutes', () =>
    expect(gathered(row('1', 0), row('2', 4), row('3', 5), row('4', 9))).toEqual([
      [],
      [],
      ['1×1'],
      ['2×1'],
      ['3×1', '4×1'],
    ]));

  it('keeps together rows that others stand between, at two times', () =>
    expect(gathered(row('542806', 0), row('542807', 0), row('542806', 1), row('9', 5), row('9', 6))).toEqual([
      [],
      [],
      [],
      ['542807×1'],
      ['542806×2'],
      ['9×2'],
    ]));

  it('is not set back by a row out of order', () =>
    expect(gathered(row('1', 10), row('2', 0), row('3', 14), row('4', 15))).toEqual([
      [],
      [],
      [],
      ['1×1', '2×1'],
      ['3×1', '4×1'],
    ]));

  it('completes nothing too early after a row far ahead', () =>
    expect(gathered(row('1', 0), row('2', 9_999), row('3', 1), row('3', 20))).toEqual([
      [],
      ['1×1'],
      [],
      [],
      ['2×1', '3×2'],
    ]));

  it('keeps a malformed first row with its invoice', () => {
    const open = new OpenDocuments();
    open.spoil('1', { line: 2, reason: 'x', invoice: '1', fields: [] });
    const next = row('1', 0);
    expect(open.passTo(next)).toEqual([]);
    open.add(next);
    expect(open.end()).toMatchObject([{ invoice: '1', rows: [{}], malformed: [{ line: 2 }] }]);
  });

  it('bounds what is open', () => {
    const open = new OpenDocuments();
    const next = row('1', 0);
    open.passTo(next);
    expect(() => {
      for (let i = 0; i <= 200_000; i++) open.add(next);
    }).toThrow('file time stands still at 2011-01-01T00:00:00.000Z, set by line');
  });
});
