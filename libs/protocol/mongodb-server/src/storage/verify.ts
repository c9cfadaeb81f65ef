import { documentKey } from '../bson/key-encoding.js';
import { validateDocument } from '../bson/validate.js';
import { Catalog, type CollectionInfo, type IndexInfo } from './catalog.js';
import { ChangeLog } from './change-log.js';
import { CommittedView } from './committed-view.js';
import type { ReadContext } from './contexts.js';
import type { Reader } from './key-value-store.js';
import { Keyspace, keyIn, prefixOf, rangeOf } from './keyspace.js';
import { idOf, indexKeysOf } from './records.js';

/** A sentence about something that should not be; `undefined` now and then, so that the caller can let others work. */
export type Findings = Iterable<string | undefined>;

const STEPS_BETWEEN_PAUSES = 500;

/**
 * Compares everything stored with everything that says the same: documents with their keys and every index, index
 * entries with documents, counts, and every key with an owner.
 */
export function* verifyStore(reader: Reader): Findings {
  const catalog = Catalog.load(reader);
  const changeLog = ChangeLog.load(reader);
  const view = new CommittedView(catalog, reader);
  const owners = new Map<number, string>();
  for (const [ident, owner] of ownersOf(catalog, changeLog)) {
    const other = owners.get(ident);
    if (other) yield `${owner} and ${other} have the same keys (${ident})`;
    owners.set(ident, owner);
  }
  for (const collection of catalog.collections.values()) yield* verifyCollection(view, collection);
  for (const [database, { ident }] of changeLog.databases) yield* verifyChanges(view, database, ident);
  for (const { key } of reader.range(rangeOf(Keyspace.dropped)))
    owners.set(key.readUInt32BE(4), 'something dropped');
  yield* verifyOwners(reader, owners);
}

function* ownersOf(catalog: Catalog, changeLog: ChangeLog): Iterable<[ident: number, owner: string]> {
  for (const { namespace, ident, indexes } of catalog.collections.values()) {
    yield [ident, `collection ${namespace}`];
    for (const index of indexes) yield [index.ident, `index ${index.name} of ${namespace}`];
  }
  for (const [database, { ident }] of changeLog.databases) yield [ident, `the changes of ${database}`];
}

/** Documents, count and indexes of one collection. */
export function* verifyCollection(context: ReadContext, collection: CollectionInfo): Findings {
  const { namespace, ident } = collection;
  const built = collection.indexes.filter(({ building }) => !building);
  const expected = new Map(built.map((index) => [index, 0]));
  let documents = 0;
  for (const { key, value } of context.range(rangeOf(ident))) {
    if (++documents % STEPS_BETWEEN_PAUSES === 0) yield undefined;
    const fault = documentFault(ident, key, value);
    if (fault) {
      yield `${namespace}: the document at ${shown(key)} ${fault}`;
      continue;
    }
    for (const index of built) {
      const { entries, unmarked } = entriesOf(context, index, value);
      if (unmarked) yield `${namespace}: index ${index.name} has met an array and does not know it`;
      expected.set(index, expected.get(index)! + entries.length);
      for (const entry of entries)
        if (context.get(entry)?.equals(key.subarray(4)) !== true)
          yield `${namespace}: index ${index.name} lacks the document at ${shown(key)}`;
    }
  }
  if (documents !== context.countOf(ident))
    yield `${namespace}: ${documents} documents are there, ${context.countOf(ident)} are counted`;
  for (const [index, count] of expected) yield* verifyIndex(context, collection, index, count);
}

function documentFault(ident: number, key: Buffer, document: Buffer): string | undefined {
  try {
    if (validateDocument(document, 0, document.length) !== document.length) return 'has bytes behind its end';
    if (!documentKey(ident, idOf(document)).equals(key)) return 'has another _id than its key';
    return undefined;
  } catch (error) {
    return `is damaged: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function entriesOf(
  context: ReadContext,
  index: IndexInfo,
  document: Buffer,
): { entries: Buffer[]; unmarked: boolean } {
  let unmarked = false;
  const entries = indexKeysOf(index, document, {
    isMultikey: (ident) => context.isMultikey(ident),
    markMultikey: () => {
      unmarked = true;
    },
  });
  return { entries, unmarked };
}

/** All entries of the documents are there; when there are more, says which. */
function* verifyIndex(
  context: ReadContext,
  { namespace, ident }: CollectionInfo,
  index: IndexInfo,
  expected: number,
): Findings {
  let entries = 0;
  for (const _entry of context.range(rangeOf(index.ident)))
    if (++entries % STEPS_BETWEEN_PAUSES === 0) yield undefined;
  if (entries === expected) return;
  yield `${namespace}: index ${index.name} has ${entries} entries, its documents make ${expected}`;
  for (const { key, value } of context.range(rangeOf(index.ident))) {
    const document = context.get(keyIn(ident, value));
    const owned = document && entriesOf(context, index, document).entries.some((entry) => entry.equals(key));
    if (!owned) yield `${namespace}: index ${index.name} has an entry without a document: ${shown(key)}`;
  }
}

function* verifyChanges(context: ReadContext, database: string, ident: number): Findings {
  let sizeBytes = 0;
  let steps = 0;
  for (const { key, value } of context.range(rangeOf(ident))) {
    if (++steps % STEPS_BETWEEN_PAUSES === 0) yield undefined;
    sizeBytes += key.length - 4 + value.length;
    try {
      validateDocument(value, 0, value.length);
    } catch {
      yield `the changes of ${database}: the one at ${shown(key)} is damaged`;
    }
  }
  if (sizeBytes !== context.countOf(ident))
    yield `the changes of ${database} take ${sizeBytes} bytes, ${context.countOf(ident)} are counted`;
}

/** Steps from owner to owner: keys that belong to nothing would stay for ever. */
function* verifyOwners(reader: Reader, owners: ReadonlyMap<number, string>): Findings {
  let from: number = Keyspace.firstOfCollections;
  const end = Buffer.alloc(4, 0xff);
  for (;;) {
    let next: number | undefined;
    for (const { key } of reader.range({ start: prefixOf(from), end })) {
      next = key.readUInt32BE(0);
      break;
    }
    if (next === undefined) return;
    if (!owners.has(next)) yield `keys of nobody: those that start with ${next}`;
    from = next + 1;
  }
}

function shown(key: Buffer): string {
  return key.toString('hex', 4, 44);
}
