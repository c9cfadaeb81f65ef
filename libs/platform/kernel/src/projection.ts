import type { DomainEvent, RecordedEvent } from './event.js';

/** The document after the event; nothing removes it. Pure: no clock, no I/O, no mutation of its inputs. */
export type Fold<Document, Event extends DomainEvent> = (
  document: Document | undefined,
  recorded: RecordedEvent<Event>,
  key: string,
) => Document | undefined;

/** A MongoDB index of the read model. */
export interface IndexDefinition {
  readonly name: string;
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly unique?: boolean;
}

/** The pure folds that make one read model. Its collection is named after it: `<name>@<version>`. */
export interface Projection<Document extends object = object, Event extends DomainEvent = DomainEvent> {
  readonly name: string;
  /** Bump on any change: the new version is built beside the old one. */
  readonly version: number;
  readonly indexes?: readonly IndexDefinition[];
  /** The `_id`s of the documents an event touches, each once. */
  readonly key: (recorded: RecordedEvent<Event>) => string | readonly string[];
  readonly on: {
    readonly [T in Event['type']]?: Fold<Document, Extract<Event, { readonly type: T }>>;
  };
}
