import type { Decider } from './decider.js';
import type { DomainEvent, EventTypes } from './event.js';

/**
 * What a concurrent change means for a command (a conflict is a value):
 * `reject` the command, `decide_again` on the new state, `merge` or `last_write_wins` (the decider, given the new
 * state, keeps what both sides changed, or per field the later command time). All but `reject` decide again.
 */
export type ConflictPolicy = 'reject' | 'decide_again' | 'merge' | 'last_write_wins';

/** An aggregate: its rules, and how its streams are named and stored. */
export interface Aggregate<State, Command extends { readonly type: string }, Event extends DomainEvent> {
  /** The stream category: streams are `<category>-<id>`. No dash in it. */
  readonly category: string;
  readonly decider: Decider<State, Command, Event>;
  readonly eventTypes: EventTypes<Event>;
  readonly conflicts: { readonly [T in Command['type']]: ConflictPolicy };
  /** Command types that usually start a stream: tried on an empty state without reading first. */
  readonly creates?: readonly Command['type'][];
  /** Keep each command in the metadata of its first event, so that the decision can be replayed. */
  readonly recordInput?: boolean;
  /**
   * Lists of the state whose elements have a key of their own, as JSON Pointer -> field: `{ '/lines': 'lineId' }`.
   * What changed in them is told by that key instead of the place in the list.
   */
  readonly keyedLists?: Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: aggregates of different states, commands and events live in one list
export type AnyAggregate = Aggregate<any, any, any>;
