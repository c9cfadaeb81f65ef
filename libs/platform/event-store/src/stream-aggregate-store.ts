import { type Aggregate, DomainError, type DomainEvent } from '#libs/platform/kernel';
import { AggregateCache } from './aggregate-cache.js';
import { AggregateStore, type CommandAnswer, type CommandContext } from './aggregate-store.js';
import { checkAggregate } from './check-aggregate.js';
import { EventStoreError } from './event-store-errors.js';
import type { EventStoreObserver } from './event-store-observer.js';
import { type EventStreams, StoreUnavailableError, StreamRefusedError } from './event-streams.js';
import { type AppendFigures, Transaction, type TransactionPlace } from './transaction.js';
import { Turns } from './turns.js';

export interface AggregateStoreOptions {
  /** Decisions taken at most on one command; then CONCURRENT_CHANGE. Default 16. */
  readonly attempts?: number;
  /** Budget of one append, in milliseconds. Default 3,000. */
  readonly appendTimeoutMs?: number;
  /** By when an unknown outcome is established, counted from the call, in milliseconds. Default 10,000. */
  readonly commandTimeoutMs?: number;
  /** Bound of the cache of states, in bytes (an estimate). Default 32 MiB; 1 keeps nothing. */
  readonly cacheSizeBytes?: number;
  readonly observer?: EventStoreObserver;
}

const DEFAULTS = {
  attempts: 16,
  appendTimeoutMs: 3_000,
  commandTimeoutMs: 10_000,
  cacheSizeBytes: 32 * 2 ** 20,
};

/**
 * AggregateStore over any EventStreams. Commands of one process on one stream take turns, so they conflict with
 * other processes only.
 */
export class StreamAggregateStore extends AggregateStore {
  private readonly options: typeof DEFAULTS;
  private readonly observer: EventStoreObserver;
  private readonly cache: AggregateCache;
  private readonly turns = new Turns();
  private readonly checked = new WeakSet<object>();

  constructor(
    private readonly streams: EventStreams,
    { observer = {}, ...options }: AggregateStoreOptions = {},
  ) {
    super();
    this.options = { ...DEFAULTS, ...options };
    this.observer = observer;
    this.cache = new AggregateCache(this.options.cacheSizeBytes);
  }

  async execute<State, Command extends { readonly type: string }, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
    command: Command,
    context: CommandContext,
  ): Promise<CommandAnswer> {
    this.check(aggregate);
    const startedAt = performance.now();
    const deadline = startedAt + this.options.commandTimeoutMs;
    const seen = { category: aggregate.category, commandType: context.commandType, attempts: 0 };
    let outcome = 'fault';
    try {
      const stream = `${aggregate.category}-${id}`;
      const transaction = new Transaction(this.place(aggregate, stream), aggregate, command, context);
      const done = await this.turns.run(stream, async () => {
        if (performance.now() > deadline) throw new EventStoreError('EVENT_STORE_UNAVAILABLE');
        return transaction.run({ ...this.options, deadline }).finally(() => {
          seen.attempts = transaction.attempts;
        });
      });
      outcome = done.outcome;
      return done.answer;
    } catch (cause) {
      const error = asDomainError(cause);
      if (error instanceof DomainError) outcome = error.code;
      throw error;
    } finally {
      this.observer.onCommand?.({ ...seen, outcome, durationMs: performance.now() - startedAt });
    }
  }

  private place({ category }: { readonly category: string }, stream: string): TransactionPlace {
    const onAppend = (seen: AppendFigures) => this.observer.onAppend?.({ category, ...seen });
    return { streams: this.streams, cache: this.cache, stream, onAppend };
  }

  private check<State, Command extends { readonly type: string }, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
  ): void {
    if (this.checked.has(aggregate)) return;
    checkAggregate(aggregate);
    this.checked.add(aggregate);
  }
}

function asDomainError(cause: unknown): unknown {
  if (cause instanceof StoreUnavailableError)
    return new EventStoreError('EVENT_STORE_UNAVAILABLE', { cause });
  if (!(cause instanceof StreamRefusedError)) return cause;
  switch (cause.reason) {
    case 'too_large':
      return new EventStoreError('COMMAND_TOO_LARGE', { cause });
    case 'deleted':
      return new EventStoreError('STREAM_DELETED', { cause });
    case 'access_denied':
      return new EventStoreError('EVENT_STORE_UNAVAILABLE', {
        cause,
        detail: 'The event store denied the access.',
      });
  }
}
