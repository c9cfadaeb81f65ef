import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { decodeCursor, encodeCursor, errorsOf, page, ReadsFrom, revisionTag } from '#libs/platform/http';
import { GetCreditNote } from '../../application/get-credit-note.js';
import { ListCreditNotes } from '../../application/list-credit-notes.js';
import { CREDIT_NOTE_ERRORS } from '../../domain/credit-note-errors.js';
import { creditNotes } from '../../read-models/credit-notes.js';
import { creditNoteExample, creditNoteListExample } from './examples.js';
import { QueryOperation } from './operations.js';
import { CreditNoteParams, ListCreditNotesQuery } from './order-query-dto.js';
import { creditNoteView } from './order-view.js';

const CURSOR_ORDER = 'credit notes by issuedAt';

@ApiTags('credit notes')
@Controller('credit-notes')
export class CreditNoteQueriesController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':creditNoteId')
  @QueryOperation({
    summary: 'One credit note',
    params: { creditNoteId: 'C536379' },
    example: creditNoteExample,
    refusals: errorsOf(CREDIT_NOTE_ERRORS, 'CREDIT_NOTE_NOT_FOUND'),
  })
  @ReadsFrom(creditNotes)
  async get(@Param() { creditNoteId }: CreditNoteParams, @Res({ passthrough: true }) reply: FastifyReply) {
    const note = await this.queries.execute(new GetCreditNote(creditNoteId));
    reply.header('etag', revisionTag(note.revision));
    return creditNoteView(note);
  }

  @Get()
  @QueryOperation({
    summary: 'Credit notes by filter, the newest first',
    example: creditNoteListExample,
  })
  @ReadsFrom(creditNotes)
  async list(
    @Query() { limit = 50, after: cursor, ...filter }: ListCreditNotesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const start = decodeCursor(cursor, CURSOR_ORDER, ['string', 'string']);
    const after = start && { key: start[0], id: start[1] };
    const { notes, more } = await this.queries.execute(new ListCreditNotes({ ...filter, limit, after }));
    const last = notes.at(-1);
    return page(reply, {
      items: notes.map(creditNoteView),
      next: more && last ? encodeCursor(CURSOR_ORDER, [last.issuedAt, last._id]) : undefined,
    });
  }
}
