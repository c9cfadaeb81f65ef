import type { AnyAggregate } from './aggregate.js';
import type { EventTypes } from './event.js';
import type { Projection } from './projection.js';

/** What a bounded context brings: its stored events, its aggregates, and its read models, in its own database. */
export interface ContextDefinition {
  readonly name: string;
  /** The MongoDB database that this context alone writes. */
  readonly database: string;
  /** Stream category -> its event types. */
  readonly categories: Readonly<Record<string, EventTypes>>;
  /** Whose streams can be replayed. */
  readonly aggregates?: readonly AnyAggregate[];
  // biome-ignore lint/suspicious/noExplicitAny: projections of different documents and events live in one list
  readonly projections: readonly Projection<any, any>[];
}

/** The stream categories of aggregates, for a context's `categories`. */
export function eventTypesOf(aggregates: readonly AnyAggregate[]): Record<string, EventTypes> {
  return Object.fromEntries(aggregates.map(({ category, eventTypes }) => [category, eventTypes]));
}
