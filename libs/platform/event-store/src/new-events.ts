import { type Aggregate, type DomainEvent, derivedId, type EventMetadata } from '#libs/platform/kernel';
import type { CommandContext } from './aggregate-store.js';
import { typeNamed } from './decode-event.js';
import type { NewEvent } from './event-streams.js';

/** Never change it: the ids of stored events derive from it. */
const EVENT_IDS = '0c9b7f7e-5d0e-4a52-9a3b-3f0a6e8b7d21';

/**
 * The id of the nth event that a command records in a stream. A retry of the command gives the same ids, so the
 * store takes it for the same append; another content under the same command id gives others, and conflicts.
 */
export function eventId({ commandId, commandHash }: CommandContext, stream: string, index: number): string {
  return derivedId(JSON.stringify([commandId, commandHash, stream, index]), EVENT_IDS);
}

/** What a decision is stored as. */
export function newEvents<Command extends { readonly type: string }, Event extends DomainEvent>(
  { eventTypes, recordInput }: Pick<Aggregate<unknown, Command, Event>, 'eventTypes' | 'recordInput'>,
  stream: string,
  decided: readonly Event[],
  command: Command,
  context: CommandContext,
): NewEvent[] {
  return decided.map(({ type, data }, index) => {
    const version = typeNamed(eventTypes, type)?.version;
    if (version === undefined)
      throw new TypeError(`${type} was decided, but is not among the declared event types.`);
    const metadata = metadataOf(context, version);
    const input = recordInput && index === 0 ? { input: command } : {};
    return { id: eventId(context, stream, index), type, data, metadata: { ...metadata, ...input } };
  });
}

function metadataOf(context: CommandContext, schemaVersion: number): EventMetadata {
  return {
    schemaVersion,
    $correlationId: context.correlationId,
    $causationId: context.causationId,
    commandId: context.commandId,
    commandType: context.commandType,
    commandHash: context.commandHash,
    actor: context.actor,
    at: context.at,
  };
}
