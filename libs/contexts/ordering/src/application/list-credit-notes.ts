import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels, type Stored } from '#libs/platform/projections';
import { type CreditNoteDocument, creditNotes } from '../read-models/credit-notes.js';
import { followingWithin, type Keyset, type TimeRange } from './keyset.js';

export interface CreditNoteFilter extends TimeRange {
  readonly customerId?: string | undefined;
  readonly orderId?: string | undefined;
  readonly limit: number;
  readonly after?: Keyset<string> | undefined;
}

/** Up to `limit` credit notes, the newest first, and whether there are more; read in index order. */
export class ListCreditNotes extends Query<{ notes: Stored<CreditNoteDocument>[]; more: boolean }> {
  constructor(readonly filter: CreditNoteFilter) {
    super();
  }
}

@QueryHandler(ListCreditNotes)
export class ListCreditNotesHandler implements IQueryHandler<ListCreditNotes> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ filter }: ListCreditNotes) {
    const found = (await this.cursor(filter).toArray()) as Stored<CreditNoteDocument>[];
    return { notes: found.slice(0, filter.limit), more: found.length > filter.limit };
  }

  /** One more than the page holds tells whether there is another page. */
  cursor(filter: CreditNoteFilter) {
    const { customerId, orderId, after, limit } = filter;
    const selection = {
      ...(customerId !== undefined && { customerId }),
      ...(orderId !== undefined && { orderId }),
      ...followingWithin('issuedAt', after, filter),
    };
    return this.readModels
      .collection(creditNotes)
      .find(selection)
      .sort({ issuedAt: -1, _id: -1 })
      .limit(limit + 1);
  }
}
