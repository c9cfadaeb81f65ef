import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels, type Stored } from '#libs/platform/projections';
import { refuseCreditNote } from '../domain/credit-note-errors.js';
import { type CreditNoteDocument, creditNotes } from '../read-models/credit-notes.js';

/** @throws DomainError CREDIT_NOTE_NOT_FOUND */
export class GetCreditNote extends Query<Stored<CreditNoteDocument>> {
  constructor(readonly creditNoteId: string) {
    super();
  }
}

@QueryHandler(GetCreditNote)
export class GetCreditNoteHandler implements IQueryHandler<GetCreditNote> {
  constructor(private readonly readModels: ReadModels) {}

  async execute({ creditNoteId }: GetCreditNote): Promise<Stored<CreditNoteDocument>> {
    const found = await this.readModels.collection(creditNotes).findOne({ _id: creditNoteId });
    if (!found) throw refuseCreditNote('CREDIT_NOTE_NOT_FOUND');
    return found as Stored<CreditNoteDocument>;
  }
}
