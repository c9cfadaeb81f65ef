import { Body, Controller, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { CommandContext } from '#libs/platform/event-store';
import { CommandContextOf, commandReply, errorsOf, idFor, Operation } from '#libs/platform/http';
import { IssueCreditNote } from '../../application/issue-credit-note.js';
import { CREDIT_NOTE_ERRORS } from '../../domain/credit-note-errors.js';
import { creditNoteAnswer, requests } from './examples.js';
import { CONTENT_CODES, commandRefusals } from './operations.js';
import { CreditNoteBody } from './order-dto.js';
import { linesOf } from './order-requests.js';

@ApiTags('credit notes')
@Controller('credit-notes')
export class CreditNoteCommandsController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @Operation({
    summary: 'Issue a credit note',
    description: 'It counts by its own date, apart from orders, and may name an order or none.',
    request: requests.creditNote,
    answer: { status: 201, example: creditNoteAnswer },
    refusals: {
      ...errorsOf(CREDIT_NOTE_ERRORS, 'CREDIT_NOTE_ALREADY_EXISTS'),
      ...commandRefusals('ORDER_HAS_NO_LINES', ...CONTENT_CODES),
    },
  })
  async issue(
    @Body() { creditNoteId: clientId, lines, ...note }: CreditNoteBody,
    @CommandContextOf('IssueCreditNote') context: CommandContext,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const creditNoteId = idFor(context, clientId);
    const issuing = new IssueCreditNote(creditNoteId, { ...note, lines: linesOf(lines) }, context);
    return commandReply(reply, 201, await this.commands.execute(issuing), {
      location: `/credit-notes/${creditNoteId}`,
      body: { creditNoteId },
    });
  }
}
