import type { ContextDefinition, Projection, RecordedEvent } from '#libs/platform/kernel';

export type Documents = Map<string, object>;

/**
 * Folds the log into read models apart from the projector: one event after the other, no batches, no store, no
 * checkpoints. What the projector wrote has to equal this.
 */
export class FoldApart {
  readonly #readModels = new Map<Projection, Documents>();
  readonly #contextOf = new Map<string, ContextDefinition>();

  constructor(readonly contexts: readonly ContextDefinition[]) {
    for (const context of contexts) {
      for (const category of Object.keys(context.categories)) this.#contextOf.set(category, context);
      for (const projection of context.projections) this.#readModels.set(projection, new Map());
    }
  }

  apply(recorded: RecordedEvent): void {
    const category = recorded.stream.slice(0, recorded.stream.indexOf('-'));
    for (const projection of this.#contextOf.get(category)?.projections ?? [])
      this.#fold(projection, recorded);
  }

  documents(projection: Projection): Documents {
    return this.#readModels.get(projection) ?? new Map();
  }

  #fold(projection: Projection, recorded: RecordedEvent): void {
    const fold = projection.on[recorded.event.type];
    if (!fold) return;
    const documents = this.documents(projection);
    for (const key of [projection.key(recorded)].flat()) {
      const after = fold(documents.get(key), recorded, key);
      if (after === undefined) documents.delete(key);
      else documents.set(key, after);
    }
  }
}
