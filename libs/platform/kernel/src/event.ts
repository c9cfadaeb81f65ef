/** An event as a decider sees it: plain JSON data, past tense type. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

/** Written beside each event. `$correlationId` and `$causationId` are EventStoreDB's own names. */
export interface EventMetadata {
  /** Version of the stored shape, counted from 1. */
  readonly schemaVersion: number;
  readonly $correlationId: string;
  readonly $causationId: string;
  readonly commandId: string;
  readonly commandType: string;
  /** SHA-256 of the command's content, hex: tells a retry from another command under the same id. */
  readonly commandHash: string;
  readonly actor: string;
  /** The command's own time, ISO 8601 UTC; the time of append is the store's. */
  readonly at: string;
  /** The command itself, on its first event, where the aggregate opted in. */
  readonly input?: object;
}

/** An event read back: lifted to today's shape. */
export interface RecordedEvent<Event extends DomainEvent = DomainEvent> {
  readonly event: Event;
  readonly id: string;
  /** The whole stream name, `order-<id>`. */
  readonly stream: string;
  /** Place in the stream, from 0. */
  readonly revision: bigint;
  /** Commit position in the whole log. */
  readonly position: bigint;
  /** Time of append, ISO 8601 UTC. */
  readonly recordedAt: string;
  readonly metadata: EventMetadata;
}

/** Lifts stored data by one schema version. Pure. */
export type Upcaster = (data: unknown) => unknown;

/** How one event type is stored. */
export interface EventType {
  /** Today's schema version, from 1. An event of a later version is refused, never guessed at. */
  readonly version: number;
  /** One chain: the first lifts version 1 to 2, and so on; exactly `version - 1` of them. */
  readonly upcasters?: readonly Upcaster[];
  /** Fields that hold personal data, as paths with `*` for any element: `address.name`, `lines.*.engraving`. */
  readonly personal?: readonly string[];
}

/** Every event type of one category. */
export type EventTypes<Event extends DomainEvent = DomainEvent> = {
  readonly [T in Event['type']]: EventType;
};
