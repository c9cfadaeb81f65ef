import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateStore, type CommandAnswer, type CommandContext } from '#libs/platform/event-store';
import { type CreditNoteContent, creditNoteAggregate } from '../domain/credit-note.js';
import type { Origin } from '../domain/order-content.js';

export class IssueCreditNote extends Command<CommandAnswer> {
  constructor(
    readonly creditNoteId: string,
    readonly note: CreditNoteContent,
    readonly context: CommandContext,
    readonly origin: Origin = 'live',
  ) {
    super();
  }
}

@CommandHandler(IssueCreditNote)
export class IssueCreditNoteHandler implements ICommandHandler<IssueCreditNote> {
  constructor(private readonly aggregates: AggregateStore) {}

  execute({ creditNoteId, note, context, origin }: IssueCreditNote): Promise<CommandAnswer> {
    const command = { type: 'IssueCreditNote', creditNoteId, ...note, origin, at: context.at } as const;
    return this.aggregates.execute(creditNoteAggregate, creditNoteId, command, context);
  }
}
