import { it } from '@jest/globals';
import { givenProjection } from '#libs/platform/testing';
import { day1, lantern } from '../domain/order-examples.js';
import { creditNotes } from './credit-notes.js';

it('credit-notes holds each note as it was issued', () => {
  const note = {
    customerId: '17850',
    country: 'United Kingdom',
    currency: 'GBP',
    lines: [lantern],
    orderId: 'o-1',
    totals: { lines: 1, units: 6, totalThousandths: 15_300 },
    issuedAt: day1,
    origin: 'live',
  } as const;
  givenProjection(creditNotes, { type: 'CreditNoteIssued', data: { creditNoteId: 'C1', ...note } }).then({
    C1: { ...note, revision: 0 },
  });
});
