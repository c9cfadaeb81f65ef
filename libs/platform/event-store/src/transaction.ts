import type { Aggregate, DomainEvent, EventMetadata } from '#libs/platform/kernel';
import type { AggregateCache } from './aggregate-cache.js';
import type { CommandAnswer, CommandContext } from './aggregate-store.js';
import { decodeEvent } from './decode-event.js';
import { EventStoreError } from './event-store-errors.js';
import type { AppendSeen } from './event-store-observer.js';
import {
  type AppendAnswer,
  AppendOutcomeUnknownError,
  type EventStreams,
  type NewEvent,
  StoreUnavailableError,
} from './event-streams.js';
import { LiveAggregate } from './live-aggregate.js';
import { newEvents } from './new-events.js';
import { pauseAfter } from './pause.js';

export interface TransactionLimits {
  /** Decisions taken at most before a conflict is reported. */
  readonly attempts: number;
  /** Budget of one append, in milliseconds. */
  readonly appendTimeoutMs: number;
  /** `performance.now()` by which an unknown outcome has to be established. */
  readonly deadline: number;
}

export interface TransactionPlace {
  readonly streams: EventStreams;
  readonly cache: AggregateCache;
  readonly stream: string;
  readonly onAppend: (seen: AppendFigures) => void;
}

export type AppendFigures = Omit<AppendSeen, 'category'>;

/** The answer, and how it came about: by an append, as the first answer of a repeat, or with nothing to record. */
export interface Done {
  readonly outcome: 'recorded' | 'repeated' | 'nothing';
  readonly answer: CommandAnswer;
}

/**
 * One command on one stream: decide on the state at hand, append at its revision, and on conflict read on and decide
 * again. The state at hand may be a cached one, or the empty one for a command that creates. An append is checked by
 * its revision, so it may rest on either; a refusal, or having nothing to record, is first confirmed by the store.
 */
export class Transaction<State, Command extends { readonly type: string }, Event extends DomainEvent> {
  attempts = 0;
  private live: LiveAggregate<State, Event>;
  /** The stream is known to hold more than `live`. */
  private behind: boolean;
  /** `live` was read to the end of the stream by this very command. */
  private confirmed = false;
  /** Why the last append has no answer, where it has none. */
  private unanswered: AppendOutcomeUnknownError | undefined;

  constructor(
    private readonly place: TransactionPlace,
    private readonly aggregate: Aggregate<State, Command, Event>,
    private readonly command: Command,
    private readonly context: CommandContext,
  ) {
    this.live = new LiveAggregate(aggregate.decider);
    this.behind = !aggregate.creates?.includes(command.type);
  }

  async run(limits: TransactionLimits): Promise<Done> {
    try {
      // Taken only now: while the command waited for its turn, others moved it on.
      const cached = this.place.cache.get<State, Event>(this.aggregate, this.place.stream);
      if (cached) ({ live: this.live, behind: this.behind } = cached);
      if (this.behind) await this.readOn();
      while (this.attempts < limits.attempts && performance.now() < limits.deadline) {
        this.attempts++;
        const decision = await this.decide();
        if ('answer' in decision) return decision;
        const done = await this.record(decision.events, limits);
        if (done) return done;
      }
      throw this.unanswered ? notEstablished(this.unanswered) : new EventStoreError('CONCURRENT_CHANGE');
    } finally {
      this.remember();
    }
  }

  private async decide(): Promise<Done | { readonly events: readonly Event[] }> {
    const answer = this.firstAnswer();
    if (answer) return { outcome: 'repeated', answer };
    try {
      const events = this.applyRules();
      if (events.length > 0) return { events };
      if (this.confirmed) return { outcome: 'nothing', answer: this.nothingToRecord() };
    } catch (refusal) {
      if (this.confirmed) throw refusal;
    }
    await this.readOn();
    return this.decide();
  }

  private firstAnswer(): CommandAnswer | undefined {
    const seen = this.live.command(this.context.commandId);
    if (!seen) return undefined;
    if (seen.hash !== this.context.commandHash) throw new EventStoreError('COMMAND_ID_REUSED');
    const { revision, position, recorded } = seen;
    return { revision, position, recorded };
  }

  private applyRules(): readonly Event[] {
    const { expectedRevision } = this.context;
    const { revision, state } = this.live;
    if (expectedRevision !== undefined && expectedRevision !== revision)
      throw new EventStoreError('STREAM_REVISION_MISMATCH', {
        detail: `The resource is at revision ${revision === 'no_stream' ? 'none' : revision}, not ${expectedRevision}.`,
      });
    return this.aggregate.decider.decide(state, this.command);
  }

  private nothingToRecord(): CommandAnswer {
    const { revision, position } = this.live;
    return { revision: revision === 'no_stream' ? -1n : revision, position, recorded: 0 };
  }

  /** Undefined where the command has to be decided again, on the state read since. */
  private async record(decided: readonly Event[], limits: TransactionLimits): Promise<Done | undefined> {
    const events = newEvents(this.aggregate, this.place.stream, decided, this.command, this.context);
    this.behind = true;
    this.unanswered = undefined;
    let answer: AppendAnswer;
    try {
      answer = await this.append(events, limits);
    } catch (error) {
      if (!(error instanceof AppendOutcomeUnknownError)) throw error;
      this.unanswered = error;
      await this.settle(error, limits);
      return undefined;
    }
    if (answer.outcome === 'appended') {
      this.adopt(decided, events, answer.revision, answer.position);
      const { revision, position } = answer;
      return { outcome: 'recorded', answer: { revision, position, recorded: events.length } };
    }
    const policy = this.aggregate.conflicts[this.command.type as Command['type']];
    if (this.confirmed && policy === 'reject') throw new EventStoreError('CONCURRENT_CHANGE');
    if (this.confirmed) await pauseAfter(this.attempts);
    await this.readOn();
    return undefined;
  }

  private async append(events: readonly NewEvent[], limits: TransactionLimits): Promise<AppendAnswer> {
    const { streams, stream, onAppend } = this.place;
    const startedAt = performance.now();
    const timeoutMs = Math.max(1, Math.min(limits.appendTimeoutMs, limits.deadline - startedAt));
    let outcome: AppendSeen['outcome'] = 'refused';
    try {
      const answer = await streams.append(stream, events, this.live.revision, timeoutMs);
      outcome = answer.outcome;
      return answer;
    } catch (error) {
      if (error instanceof AppendOutcomeUnknownError) outcome = 'unknown';
      if (error instanceof StoreUnavailableError) outcome = 'unavailable';
      throw error;
    } finally {
      onAppend({ outcome, durationMs: performance.now() - startedAt, events: events.length });
    }
  }

  /**
   * The store may answer an append of known ids with the place they were given when this command first ran, and what
   * it recorded then may differ from what was decided now (another time of day). So only a command that cannot have
   * run before takes its own decision for the state; the others have the next command read it.
   */
  private adopt(
    decided: readonly Event[],
    events: readonly NewEvent[],
    last: bigint,
    position: bigint,
  ): void {
    if (!this.context.commandIdIsNew) return;
    const first = last - BigInt(events.length - 1);
    decided.forEach((event, index) => {
      const { id, metadata } = events[index]!;
      this.live.apply({
        event,
        id,
        stream: this.place.stream,
        revision: first + BigInt(index),
        position,
        recordedAt: this.context.at,
        metadata: metadata as EventMetadata,
      });
    });
    this.behind = false;
  }

  /** Reads until the store answers: never writes while it is unknown what was written. */
  private async settle(unknown: AppendOutcomeUnknownError, limits: TransactionLimits): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.readOn();
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await pauseAfter(attempt);
        if (performance.now() >= limits.deadline) throw notEstablished(unknown);
      }
    }
  }

  private async readOn(): Promise<void> {
    if (!(await this.readFromLast())) {
      this.live = new LiveAggregate(this.aggregate.decider);
      await this.readFromLast();
    }
    this.behind = false;
    this.confirmed = true;
  }

  /** Starts at the last event that is known: false when the store no longer has it there (restored, or emptied). */
  private async readFromLast(): Promise<boolean> {
    const { revision, position } = this.live;
    let joined = revision === 'no_stream';
    for await (const stored of this.place.streams.load(
      this.place.stream,
      joined ? 0n : (revision as bigint),
    )) {
      if (joined) this.live.apply(decodeEvent(this.aggregate.eventTypes, stored));
      else if (stored.revision !== revision || stored.position !== position) return false;
      else joined = true;
    }
    return joined;
  }

  private remember(): void {
    const { cache, stream } = this.place;
    if (this.live.revision === 'no_stream') cache.delete(stream);
    else cache.set(this.aggregate, stream, { live: this.live, behind: this.behind });
  }
}

const notEstablished = (cause: AppendOutcomeUnknownError) =>
  new EventStoreError('EVENT_STORE_UNAVAILABLE', {
    cause,
    detail:
      'It could not be established whether the command was recorded. Repeat it with the same Idempotency-Key.',
  });
