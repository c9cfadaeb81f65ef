import type { AnyAggregate, ContextDefinition } from '#libs/platform/kernel';
import { UnknownReplayError } from './replay-errors.js';

/** The aggregates whose streams can be replayed, by category. Knows nothing of any of them. */
export class AggregateRegistry {
  readonly #aggregates = new Map<string, AnyAggregate>();

  /** @throws Error two contexts claim a category. */
  constructor(contexts: readonly Pick<ContextDefinition, 'aggregates'>[]) {
    for (const aggregate of contexts.flatMap(({ aggregates = [] }) => aggregates)) {
      const { category } = aggregate;
      if (this.#aggregates.has(category)) throw new Error(`Two aggregates are stored as "${category}".`);
      this.#aggregates.set(category, aggregate);
    }
  }

  /** @throws UnknownReplayError lists the known ones. */
  named(category: string): AnyAggregate {
    const aggregate = this.#aggregates.get(category);
    if (aggregate) return aggregate;
    throw new UnknownReplayError(
      `There is no aggregate "${category}"; known: ${[...this.#aggregates.keys()].join(', ') || 'none'}.`,
    );
  }
}
