import type { EventTypes } from './event.js';
import type { Projection } from './projection.js';

/** What a bounded context brings to the projector: its stored events and its read models, in its own database. */
export interface ContextDefinition {
  readonly name: string;
  /** The MongoDB database that this context alone writes. */
  readonly database: string;
  /** Stream category -> its event types. */
  readonly categories: Readonly<Record<string, EventTypes>>;
  // biome-ignore lint/suspicious/noExplicitAny: projections of different documents and events live in one list
  readonly projections: readonly Projection<any, any>[];
}
