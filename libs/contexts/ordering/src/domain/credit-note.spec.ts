import { describe, it } from '@jest/globals';
import { given } from '#libs/platform/testing';
import { type CreditNoteCommand, type CreditNoteEvent, creditNote } from './credit-note.js';
import { day1, day2, lantern, pads } from './order-examples.js';

const note = {
  customerId: '17850',
  country: 'United Kingdom',
  currency: 'GBP',
  lines: [lantern, pads],
};
const issue: CreditNoteCommand = {
  type: 'IssueCreditNote',
  creditNoteId: 'C536379',
  ...note,
  origin: 'live',
  at: day1,
};
const issued: CreditNoteEvent = {
  type: 'CreditNoteIssued',
  data: {
    creditNoteId: 'C536379',
    ...note,
    totals: { lines: 2, units: 7, totalThousandths: 15_301 },
    issuedAt: day1,
    origin: 'live',
  },
};

describe('IssueCreditNote', () => {
  it('records the note', () => given(creditNote).when(issue).then(issued));
  it('may name an order and a reason', () =>
    given(creditNote)
      .when({ ...issue, orderId: 'o-1', reason: 'broken' })
      .then({ ...issued, data: { ...issued.data, orderId: 'o-1', reason: 'broken' } }));
  it('records nothing when repeated', () =>
    given(creditNote, issued)
      .when({ ...issue, at: day2 })
      .thenNothing());
  it('refuses the same id with other content', () => {
    const others = [
      { customerId: '17851' },
      { lines: [lantern] },
      { orderId: 'o-1' },
      { origin: 'history' },
    ] as const;
    for (const other of others)
      given(creditNote, issued)
        .when({ ...issue, ...other })
        .thenRefuses('CREDIT_NOTE_ALREADY_EXISTS', 'creditNoteId');
  });

  const broken: readonly [string, Partial<CreditNoteCommand>, string][] = [
    ['ORDER_HAS_NO_LINES', { lines: [] }, 'lines'],
    ['ORDER_QUANTITY_INVALID', { lines: [{ ...lantern, quantity: -6 }] }, 'lines[0].quantity'],
    ['ORDER_LINE_ID_REPEATED', { lines: [lantern, lantern] }, 'lines[1].lineId'],
    ['ORDER_CURRENCY_INVALID', { currency: 'pounds' }, 'currency'],
    ['ORDER_FIELD_MISSING', { customerId: '' }, 'customerId'],
  ];
  it.each(broken.map(([code, change, field]) => ({ code, change, field })))(
    'refuses with $code ($field)',
    ({ code, change, field }) =>
      given(creditNote)
        .when({ ...issue, ...change })
        .thenRefuses(code, field),
  );
});
