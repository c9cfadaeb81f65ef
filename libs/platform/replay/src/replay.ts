import { decodeEvent, redact, type StoredEvent } from '#libs/platform/event-store';
import type { AnyAggregate, FieldChange, RecordedEvent } from '#libs/platform/kernel';
import { fieldChanges } from '#libs/platform/kernel';
import { guardedFold } from './guarded-fold.js';
import { KeyedView } from './keyed-view.js';

/** One event of a replay, and what it did to the state. States are frozen. */
export interface Step {
  readonly recorded: RecordedEvent;
  readonly before: unknown;
  readonly after: unknown;
  /** What changed, by JSON Pointer; lists with a declared key by that key. */
  changes(): readonly FieldChange[];
}

export interface ReplayOptions {
  /** Show personal fields; else they are blanked in the events, and so in every state made from them. */
  readonly personal?: boolean;
  /** Fold the events as they are stored, without lifting them to today's shapes. */
  readonly raw?: boolean;
}

/**
 * Folds a stream event by event, at the reader's pace. Memory: one state.
 * @throws UnreadableEventError an event that this software does not understand.
 * @throws ImpureFoldError a fold that reads the clock, draws random numbers or changes its input.
 */
export async function* replay(
  aggregate: AnyAggregate,
  events: AsyncIterable<StoredEvent>,
  options: ReplayOptions = {},
): AsyncGenerator<Step> {
  const folding = new Folding(aggregate, options);
  for await (const stored of events) yield folding.next(stored);
}

/** The state of one stream while its events are folded one by one. */
export class Folding {
  state: unknown;
  readonly #view: KeyedView;

  constructor(
    private readonly aggregate: AnyAggregate,
    private readonly options: ReplayOptions = {},
  ) {
    this.state = aggregate.decider.initialState;
    this.#view = new KeyedView(aggregate.keyedLists);
  }

  next(stored: StoredEvent): Step {
    const decoded = decodeEvent(this.aggregate.eventTypes, stored);
    const asStored = { type: stored.type, data: stored.data as object };
    return this.apply(this.options.raw ? { ...decoded, event: asStored } : decoded);
  }

  /** The same for an event that was lifted already, or never stored. */
  apply(whole: RecordedEvent): Step {
    const { decider } = this.aggregate;
    const recorded = this.shown(whole);
    const before = this.state;
    const where = `${recorded.event.type} (${recorded.stream}@${recorded.revision})`;
    const after = guardedFold(() => decider.evolve(before, recorded.event), where);
    this.state = after;
    const view = this.#view;
    return { recorded, before, after, changes: () => fieldChanges(view.of(before), view.of(after)) };
  }

  /** The event as this replay may show it. */
  shown(whole: RecordedEvent): RecordedEvent {
    return this.options.personal
      ? whole
      : { ...whole, event: redact(this.aggregate.eventTypes, whole.event) };
  }

  /** The state as paths see it: lists with a declared key are shown by that key. */
  view(state: unknown): unknown {
    return this.#view.of(state);
  }
}
