import type { Projection } from '#libs/platform/kernel';
import type { CreditNoteEvent } from '../domain/credit-note.js';

/** A credit note as it was issued. */
export interface CreditNoteDocument extends Omit<CreditNoteEvent['data'], 'creditNoteId'> {
  /** Revision of the last event in it: the `ETag`. */
  readonly revision: number;
}

/** Every credit note, listed by its own date. */
export const creditNotes: Projection<CreditNoteDocument, CreditNoteEvent> = {
  name: 'credit-notes',
  version: 1,
  indexes: [
    { name: 'issuedAt', key: { issuedAt: -1, _id: -1 } },
    { name: 'customerId_issuedAt', key: { customerId: 1, issuedAt: -1, _id: -1 } },
    { name: 'orderId_issuedAt', key: { orderId: 1, issuedAt: -1, _id: -1 } },
  ],
  key: ({ event }) => event.data.creditNoteId,
  on: {
    CreditNoteIssued: (_none, { event: { data }, revision }) => {
      const { creditNoteId: _key, ...content } = data;
      return { ...content, revision: Number(revision) };
    },
  },
};
