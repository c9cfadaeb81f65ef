import type { StoredEvent } from '#libs/platform/event-store';
import { type AnyAggregate, type FieldChange, fieldChanges, type RecordedEvent } from '#libs/platform/kernel';
import { Folding, type ReplayOptions } from './replay.js';
import { UnknownReplayError } from './replay-errors.js';

/** A field that two states do not share, and the event that gave it its later value. */
export interface SetField extends FieldChange {
  readonly recorded: RecordedEvent;
}

/**
 * What changed from one revision to a later one, field by field. Revision -1 is the state before the first event.
 * @throws UnknownReplayError the stream does not reach `to`.
 */
export async function diffStates(
  aggregate: AnyAggregate,
  events: AsyncIterable<StoredEvent>,
  [from, to]: readonly [from: bigint, to: bigint],
  options: ReplayOptions = {},
): Promise<SetField[]> {
  const folding = new Folding(aggregate, options);
  let start = folding.view(folding.state);
  let last = -1n;
  const setters = new Map<string, RecordedEvent>();
  for await (const stored of events) {
    if (stored.revision > to) break;
    const step = folding.next(stored);
    last = stored.revision;
    if (last <= from) start = folding.view(step.after);
    else for (const { path } of step.changes()) setters.set(path, step.recorded);
  }
  if (last < to) throw new UnknownReplayError(`The stream ends at revision ${last}: there is no ${to}.`);
  return fieldChanges(start, folding.view(folding.state)).map((change) => ({
    ...change,
    recorded: latestOf([...setters].filter(([path]) => concerns(path, change.path))),
  }));
}

/** A field changes with what it lies in, and with what lies in it. */
function concerns(changed: string, path: string): boolean {
  return changed === path || changed.startsWith(`${path}/`) || path.startsWith(`${changed}/`);
}

function latestOf(setters: readonly (readonly [path: string, recorded: RecordedEvent])[]): RecordedEvent {
  return setters.map(([, recorded]) => recorded).reduce((a, b) => (a.revision > b.revision ? a : b));
}
