import type { StoredEvent } from '#libs/platform/event-store';
import { type AnyAggregate, isSame, type RecordedEvent, valueAt } from '#libs/platform/kernel';
import { Folding, type ReplayOptions } from './replay.js';
import { UnknownReplayError } from './replay-errors.js';

/** An event that touched a field. A side is undefined where the state had no such field. */
export interface Touch {
  readonly recorded: RecordedEvent;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Every event that changed a field, with what it was before and after. Computed from the states, not declared.
 * @param field a JSON Pointer (`/totals/units`), or names with dots (`totals.units`).
 * @throws UnknownReplayError no state of the stream ever had it; the message names the fields there are.
 */
export async function* explain(
  aggregate: AnyAggregate,
  events: AsyncIterable<StoredEvent>,
  field: string,
  options: ReplayOptions = {},
): AsyncGenerator<Touch> {
  const path = pointerOf(field);
  const folding = new Folding(aggregate, options);
  let isKnown = valueAt(folding.view(folding.state), path) !== undefined;
  for await (const stored of events) {
    const step = folding.next(stored);
    const before = valueAt(folding.view(step.before), path);
    const after = valueAt(folding.view(step.after), path);
    isKnown ||= after !== undefined;
    if (!isSame(before, after)) yield { recorded: step.recorded, before, after };
  }
  if (!isKnown) throw unknownField(path, folding.view(folding.state));
}

/** A JSON Pointer as it is; names with dots as one. */
export function pointerOf(field: string): string {
  return field.startsWith('/') ? field : `/${field.replaceAll('.', '/')}`;
}

/** Names the fields beside the deepest part of the path that exists. */
function unknownField(path: string, state: unknown): UnknownReplayError {
  const names = path.split('/');
  let parent = '';
  let fields: string[] = [];
  for (let depth = 1; depth <= names.length; depth++) {
    const prefix = names.slice(0, depth).join('/');
    const value = valueAt(state, prefix);
    if (typeof value !== 'object' || value === null) break;
    parent = prefix;
    fields = Object.keys(value);
  }
  const there = fields.length > 0 ? ` ${parent || 'The state'} has: ${fields.slice(0, 20).join(', ')}.` : '';
  return new UnknownReplayError(`No state of this stream has ${path}.${there}`);
}
