import { Body, Controller, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { CommandContext } from '#libs/platform/event-store';
import { CommandContextOf, commandReply, idFor } from '#libs/platform/http';
import { IssueCreditNote } from '../../application/issue-credit-note.js';
import { CreditNoteBody } from './order-dto.js';
import { linesOf } from './order-requests.js';

@ApiTags('credit notes')
@Controller('credit-notes')
export class CreditNoteCommandsController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
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
