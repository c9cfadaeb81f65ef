export { AggregateStore, type CommandAnswer, type CommandContext } from './aggregate-store.js';
export { checkAggregate, checkEventTypes } from './check-aggregate.js';
export { decodeEvent } from './decode-event.js';
export { EsdbEventStreams, type EsdbOptions } from './esdb/esdb-event-streams.js';
export { EventStoreClient } from './esdb/event-store-client.js';
export { type ReceivedEvent, storedEventOf } from './esdb/stored-event.js';
export { EventNotJsonError } from './event-json.js';
export { EventStoreModule, type EventStoreOptions } from './event-store.module.js';
export { EVENT_STORE_ERRORS, EventStoreError, type EventStoreErrorCode } from './event-store-errors.js';
export type { AppendSeen, CommandSeen, EventStoreObserver } from './event-store-observer.js';
export {
  type AppendAnswer,
  AppendOutcomeUnknownError,
  EventStreams,
  type NewEvent,
  type Revision,
  type StoredEvent,
  StoreUnavailableError,
  StreamRefusedError,
} from './event-streams.js';
export { InMemoryEventStoreModule } from './memory/in-memory-event-store.module.js';
export { InMemoryEventStreams, type InMemoryOptions } from './memory/in-memory-event-streams.js';
export { eventId } from './new-events.js';
export { REDACTED, redact } from './redact.js';
export { type AggregateStoreOptions, StreamAggregateStore } from './stream-aggregate-store.js';
export {
  type UnreadableEvent,
  UnreadableEventError,
  type UnreadableReason,
} from './unreadable-event-error.js';
