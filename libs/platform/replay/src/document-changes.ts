import { type FieldChange, fieldChanges, type Projection, type RecordedEvent } from '#libs/platform/kernel';
import type { HistoryListener } from './what-if.js';

// biome-ignore lint/suspicious/noExplicitAny: projections of different documents and events live in one list
type AnyProjection = Projection<any, any>;

/** A document that the altered history makes otherwise. */
export interface DocumentChange {
  /** `<name>@<version>`. */
  readonly projection: string;
  readonly key: string;
  readonly changes: readonly FieldChange[];
}

/**
 * What two histories of one stream make of read models. Documents that other streams contribute to (totals, reports) are
 * compared by what this stream contributes.
 */
export class DocumentChanges implements HistoryListener {
  readonly #documents: readonly {
    readonly projection: AnyProjection;
    readonly real: Documents;
    readonly altered: Documents;
  }[];

  constructor(projections: readonly AnyProjection[]) {
    this.#documents = projections.map((projection) => ({ projection, real: new Map(), altered: new Map() }));
  }

  real(recorded: RecordedEvent): void {
    for (const { projection, real } of this.#documents) fold(projection, recorded, real);
  }

  altered(recorded: RecordedEvent): void {
    for (const { projection, altered } of this.#documents) fold(projection, recorded, altered);
  }

  found(): DocumentChange[] {
    return this.#documents.flatMap(({ projection: { name, version }, real, altered }) =>
      [...new Set([...real.keys(), ...altered.keys()])]
        .map((key) => ({
          projection: `${name}@${version}`,
          key,
          changes: fieldChanges(real.get(key), altered.get(key)),
        }))
        .filter(({ changes }) => changes.length > 0),
    );
  }
}

type Documents = Map<string, object>;

function fold({ key: keysOf, on }: AnyProjection, recorded: RecordedEvent, documents: Documents): void {
  const { type } = recorded.event;
  const folds = Object.hasOwn(on, type) ? on[type] : undefined;
  if (!folds) return;
  for (const key of [keysOf(recorded)].flat()) {
    const after = folds(documents.get(key), recorded, key);
    if (after === undefined) documents.delete(key);
    else documents.set(key, after);
  }
}
