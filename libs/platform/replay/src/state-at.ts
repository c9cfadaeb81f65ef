import type { StoredEvent } from '#libs/platform/event-store';
import type { AnyAggregate, RecordedEvent } from '#libs/platform/kernel';
import { isPast, type Moment } from './moment.js';
import { Folding, type ReplayOptions } from './replay.js';

/** The state of an aggregate at a moment. */
export interface StateAt {
  /** The last event in it; absent where there was none yet. */
  readonly last?: RecordedEvent;
  readonly events: number;
  readonly state: unknown;
  /**
   * The commands' own times run backwards along the stream, and the moment is such a time: events behind the last one
   * may be older than it.
   */
  readonly timesRunBackwards: boolean;
}

/** Folds a stream up to a moment; none of its limits: to the end. */
export async function stateAt(
  aggregate: AnyAggregate,
  events: AsyncIterable<StoredEvent>,
  moment: Moment = {},
  options: ReplayOptions = {},
): Promise<StateAt> {
  const folding = new Folding(aggregate, options);
  let taken: Omit<StateAt, 'timesRunBackwards'> = { events: 0, state: folding.state };
  let isOver = false;
  let timesRunBackwards = false;
  let latest = Number.NEGATIVE_INFINITY;
  for await (const stored of events) {
    const { recorded } = folding.next(stored);
    const at = Date.parse(recorded.metadata.at);
    if (moment.atTime !== undefined && at < latest) timesRunBackwards = true;
    latest = Math.max(latest, at);
    isOver ||= isPast(moment, recorded);
    if (!isOver) taken = { last: recorded, events: taken.events + 1, state: folding.state };
    // Only times can run backwards behind the moment.
    else if (moment.atTime === undefined) break;
  }
  return { ...taken, timesRunBackwards };
}
