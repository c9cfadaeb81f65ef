import { find } from 'mingo';
import { decodeEvent, type StoredEvent } from '#libs/platform/event-store';
import type { ContextDefinition, Projection, RecordedEvent } from '#libs/platform/kernel';
import { ReadModels, type Stored } from '#libs/platform/projections';

/** Read models for specs: folded from the log at every query, so that they are never behind. */
export class FoldedReadModels extends ReadModels {
  constructor(
    private readonly log: () => readonly StoredEvent[],
    private readonly context: ContextDefinition,
  ) {
    super();
  }

  // The queries of this context need no more of a collection than these.
  collection<Document extends object>(projection: Projection<Document>) {
    const documents = this.fold(projection);
    const answer = (filter: object) => {
      const cursor = find<Stored<Document>>(documents, filter as never);
      const chained = {
        sort(key: Record<string, 1 | -1>) {
          cursor.sort(key);
          return chained;
        },
        hint: () => chained,
        limit(count: number) {
          cursor.limit(count);
          return chained;
        },
        toArray: async () => cursor.all(),
      };
      return chained;
    };
    const findOne = async (filter: object) => (await answer(filter).limit(1).toArray())[0] ?? null;
    return { find: answer, findOne } as never;
  }

  async waitFor(): Promise<void> {}

  private fold<Document extends object>({ key, on }: Projection<Document>): Stored<Document>[] {
    const documents = new Map<string, Stored<Document>>();
    for (const recorded of this.log().flatMap((stored) => this.decoded(stored))) {
      const fold = on[recorded.event.type];
      if (!fold) continue;
      for (const _id of [key(recorded)].flat()) {
        const folded = fold(documents.get(_id), recorded, _id);
        if (folded) documents.set(_id, { ...folded, _id });
      }
    }
    return [...documents.values()];
  }

  private decoded(stored: StoredEvent): RecordedEvent[] {
    const eventTypes = this.context.categories[stored.stream.slice(0, stored.stream.indexOf('-'))];
    return eventTypes ? [decodeEvent(eventTypes, stored)] : [];
  }
}
