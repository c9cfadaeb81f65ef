import type { Aggregate, DomainEvent } from '#libs/platform/kernel';

/** Who asks, when, and under which id; made at the edge, never by rules. */
export interface CommandContext {
  /** The client's `Idempotency-Key`, else a new UUIDv7. Event ids derive from it: a retry is the same append. Unique within a stream. */
  readonly commandId: string;
  /** The id was made here for this very call, so it cannot be a retry: spares the next command on the stream a read. */
  readonly commandIdIsNew?: boolean;
  readonly commandType: string;
  /** SHA-256 (hex) of the command's content as the client sent it, without time and made ids. */
  readonly commandHash: string;
  readonly actor: string;
  readonly correlationId: string;
  /** Id of the message that caused this command; the command's own id where a person did. */
  readonly causationId: string;
  /** The command's own time, ISO 8601 UTC. */
  readonly at: string;
  /** The revision the caller saw (`If-Match`); another one is refused with STREAM_REVISION_MISMATCH. */
  readonly expectedRevision?: bigint;
}

export interface CommandAnswer {
  /** Revision of the stream after this command's events (of its first run, when it is a repeat); -1 while it has none. */
  readonly revision: bigint;
  /** Commit position of that event: the caller's consistency token. */
  readonly position: bigint;
  /** How many events this command recorded; 0 when it had nothing to change. */
  readonly recorded: number;
}

/**
 * Runs commands against aggregates: load (or take from the cache), decide, append with the expected revision.
 * Durable once the promise resolves. A command id seen before gives the first answer again and records nothing.
 * @throws DomainError what the rules refuse; COMMAND_ID_REUSED (another content under the same id);
 *   STREAM_REVISION_MISMATCH (`expectedRevision`); CONCURRENT_CHANGE (the policy is `reject`, or attempts ran out);
 *   EVENT_STORE_UNAVAILABLE (nothing was recorded, or the outcome could not be established: retry with the same id);
 *   EVENT_UNREADABLE, COMMAND_TOO_LARGE, STREAM_DELETED: see EVENT_STORE_ERRORS.
 */
export abstract class AggregateStore {
  abstract execute<State, Command extends { readonly type: string }, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
    command: Command,
    context: CommandContext,
  ): Promise<CommandAnswer>;
}
