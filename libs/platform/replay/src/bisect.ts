import type { StoredEvent } from '#libs/platform/event-store';
import type { AnyAggregate, RecordedEvent } from '#libs/platform/kernel';
import type { Condition } from './condition.js';
import { Folding, type ReplayOptions, replay } from './replay.js';

/** The first event of a stream after which a condition holds. */
export interface Onset {
  readonly recorded: RecordedEvent;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * The first event after which the condition holds: every one is looked at, so it may hold, cease and hold again.
 * @throws ConditionError
 */
export async function firstWhere(
  aggregate: AnyAggregate,
  events: AsyncIterable<StoredEvent>,
  condition: Condition,
  options: ReplayOptions = {},
): Promise<Onset | undefined> {
  for await (const { recorded, before, after } of replay(aggregate, events, options))
    if (condition.holds({ recorded, before, after })) return { recorded, before, after };
  condition.assertApplied();
  return undefined;
}

/**
 * The same for every stream of a category, in one pass over the log: each is told once, in log order.
 * Memory: a state for each stream for which it does not hold yet.
 * @param events of this category, in log order.
 */
export async function* firstInEach(
  aggregate: AnyAggregate,
  events: AsyncIterable<StoredEvent>,
  condition: Condition,
  options: ReplayOptions = {},
): AsyncGenerator<Onset> {
  const foldings = new Map<string, Folding | 'told'>();
  for await (const stored of events) {
    const known = foldings.get(stored.stream);
    if (known === 'told') continue;
    const folding = known ?? new Folding(aggregate, options);
    const { recorded, before, after } = folding.next(stored);
    const holds = condition.holds({ recorded, before, after });
    foldings.set(stored.stream, holds ? 'told' : folding);
    if (holds) yield { recorded, before, after };
  }
  condition.assertApplied();
}
