import type { Aggregate, Decider, EventTypes } from '#libs/platform/kernel';
import { checkedContent } from './content-rules.js';
import { refuseCreditNote } from './credit-note-errors.js';
import type { Origin, ProductLine } from './order-content.js';
import { refuseOrder } from './order-errors.js';
import { sameData } from './same-data.js';

/** What is given back. Quantities are positive: the units credited. */
export interface CreditNoteContent {
  readonly customerId: string;
  readonly country: string;
  readonly currency: string;
  readonly lines: readonly ProductLine[];
  /** The order it belongs to, if that is known; that there is such an order is not checked. */
  readonly orderId?: string;
  readonly reason?: string;
}

export interface CreditTotals {
  readonly lines: number;
  readonly units: number;
  readonly totalThousandths: number;
}

/** Stored shape: change it only with an upcaster and a golden fixture of the old one. */
export type CreditNoteEvent = {
  readonly type: 'CreditNoteIssued';
  readonly data: CreditNoteContent & {
    readonly creditNoteId: string;
    readonly totals: CreditTotals;
    readonly issuedAt: string;
    readonly origin: Origin;
  };
};

export type CreditNoteCommand = CreditNoteContent & {
  readonly type: 'IssueCreditNote';
  readonly creditNoteId: string;
  readonly origin: Origin;
  readonly at: string;
};

export type CreditNoteState =
  | { readonly status: 'absent' }
  | { readonly status: 'issued'; readonly content: CreditNoteContent; readonly origin: Origin };

export const creditNote: Decider<CreditNoteState, CreditNoteCommand, CreditNoteEvent> = {
  initialState: { status: 'absent' },
  decide(state, command) {
    const { creditNoteId, origin, at } = command;
    const { content, totals } = checkedNote(command);
    if (state.status === 'absent')
      return [{ type: 'CreditNoteIssued', data: { creditNoteId, ...content, totals, issuedAt: at, origin } }];
    if (state.origin === origin && sameData(state.content, content)) return [];
    throw refuseCreditNote('CREDIT_NOTE_ALREADY_EXISTS', { field: 'creditNoteId' });
  },
  evolve: (_absent, { data }) => ({ status: 'issued', content: contentOf(data, data), origin: data.origin }),
};

function checkedNote(command: CreditNoteContent) {
  if (command.lines.length === 0)
    throw refuseOrder('ORDER_HAS_NO_LINES', {
      detail: 'A credit note needs at least one line.',
      field: 'lines',
    });
  const { customerId, country, currency, lines } = command;
  const { content, totals } = checkedContent({ customerId, country, currency, lines, charges: [] });
  const { lines: count, units, totalThousandths } = totals;
  return { content: contentOf(command, content), totals: { lines: count, units, totalThousandths } };
}

type Credited = Pick<CreditNoteContent, 'customerId' | 'country' | 'currency' | 'lines'>;

const contentOf = (
  { orderId, reason }: CreditNoteContent,
  { customerId, country, currency, lines }: Credited,
): CreditNoteContent => ({
  customerId,
  country,
  currency,
  lines,
  ...(orderId !== undefined && { orderId }),
  ...(reason !== undefined && { reason }),
});

export const creditNoteEventTypes: EventTypes<CreditNoteEvent> = { CreditNoteIssued: { version: 1 } };

export const creditNoteAggregate: Aggregate<CreditNoteState, CreditNoteCommand, CreditNoteEvent> = {
  category: 'creditNote',
  decider: creditNote,
  eventTypes: creditNoteEventTypes,
  // Whoever comes second finds the note there: a repeat, or CREDIT_NOTE_ALREADY_EXISTS.
  conflicts: { IssueCreditNote: 'decide_again' },
  creates: ['IssueCreditNote'],
};
