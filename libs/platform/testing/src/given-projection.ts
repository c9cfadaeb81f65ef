import { strict as assert } from 'node:assert';
import { deserialize, serialize } from 'bson';
import type { DomainEvent, Fold, Projection, RecordedEvent } from '#libs/platform/kernel';
import { deepFreeze } from '#libs/platform/kernel';
import { recorded } from './recorded.js';

/** What a read model holds, by `_id`. */
export type Documents<Document extends object> = Readonly<Record<string, Document>>;

/**
 * The documents that a history makes: `givenProjection(orderList, placed).then({ 'o-1': { … } })`.
 * Bare events get envelopes with rising revisions and positions; give `recorded(…)` ones where those matter.
 * Every input is frozen. The history is folded twice: in one go, and with each document stored as BSON and loaded
 * again between two events, as after a restart; both must agree, so a fold that is not pure fails here.
 */
export function givenProjection<Document extends object, Event extends DomainEvent>(
  projection: Projection<Document, Event>,
  ...history: readonly (Event | RecordedEvent<Event>)[]
) {
  const envelopes = history.map((item, index) =>
    deepFreeze('event' in item ? item : recorded(item, { revision: BigInt(index) })),
  );
  return {
    /** Exactly these documents, by their keys. */
    // biome-ignore lint/suspicious/noThenProperty: the second word of given/then; never awaited
    then(expected: Documents<Document>): void {
      const documents = foldAll(projection, envelopes, (document) => document);
      assert.deepStrictEqual(documents, expected);
      assert.deepStrictEqual(
        foldAll(projection, envelopes, storedAndLoaded),
        expected,
        'Folding stored documents gives something else than folding in one go',
      );
    },
  };
}

function storedAndLoaded<Document extends object>(document: Document): Document {
  return deserialize(serialize(document)) as Document;
}

function foldAll<Document extends object, Event extends DomainEvent>(
  projection: Projection<Document, Event>,
  envelopes: readonly RecordedEvent<Event>[],
  between: (document: Document) => Document,
): Record<string, Document> {
  const documents = new Map<string, Document>();
  for (const envelope of envelopes) {
    const fold = foldOf(projection, envelope);
    if (!fold) continue;
    for (const key of keysOf(projection, envelope)) {
      const before = documents.get(key);
      const after = fold(before && deepFreeze(between(before)), envelope, key);
      if (after === undefined) documents.delete(key);
      else documents.set(key, deepFreeze(after));
    }
  }
  return Object.fromEntries([...documents].map(([key, document]) => [key, between(document)]));
}

function foldOf<Document extends object, Event extends DomainEvent>(
  projection: Projection<Document, Event>,
  { event }: RecordedEvent<Event>,
): Fold<Document, Event> | undefined {
  // The type of the event selects the fold that takes it; the compiler cannot follow that through an index.
  return projection.on[event.type as Event['type']] as Fold<Document, Event> | undefined;
}

function keysOf<Document extends object, Event extends DomainEvent>(
  projection: Projection<Document, Event>,
  envelope: RecordedEvent<Event>,
): readonly string[] {
  const keys = projection.key(envelope);
  const list = typeof keys === 'string' ? [keys] : keys;
  assert.equal(
    new Set(list).size,
    list.length,
    `${projection.name} names a document twice for one event: ${list}`,
  );
  return list;
}
