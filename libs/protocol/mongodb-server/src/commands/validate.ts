import { setImmediate as breathe } from 'node:timers/promises';
import { MongoError } from '../errors.js';
import type { ReadContext } from '../storage/contexts.js';
import { rangeOf } from '../storage/keyspace.js';
import { verifyCollection } from '../storage/verify.js';
import type { Invocation, Reply } from './invocation.js';

const MAX_ERRORS = 100;

/** `validate`: every document of a collection with its key and every index, as one moment shows them. */
export function validate(invocation: Invocation): Promise<Reply> {
  const { namespace } = invocation;
  const interrupted = invocation.timeLimit();
  return invocation.read(async (context) => {
    const collection = context.collection(namespace);
    if (!collection) throw new MongoError(26, `Collection '${namespace}' does not exist to validate.`);
    const errors: string[] = [];
    for (const finding of verifyCollection(context, collection)) {
      if (finding !== undefined && errors.push(finding) === MAX_ERRORS) break;
      interrupted();
      await breathe();
    }
    const nrecords = context.countOf(collection.ident);
    const indexes = collection.indexes.filter(({ building }) => !building);
    const keysPerIndex: Record<string, number> = { _id_: nrecords };
    for (const { name, ident } of indexes) keysPerIndex[name] = entriesOf(context, ident);
    const names = Object.keys(keysPerIndex);
    const isSound = (name: string) => !errors.some((error) => error.includes(`index ${name} `));
    return {
      ns: namespace,
      nInvalidDocuments: errors.filter((error) => error.includes('the document at')).length,
      nrecords,
      nIndexes: names.length,
      keysPerIndex,
      indexDetails: Object.fromEntries(names.map((name) => [name, { valid: isSound(name) }])),
      valid: errors.length === 0,
      repaired: false,
      warnings: [],
      errors,
      extraIndexEntries: [],
      missingIndexEntries: [],
      ok: 1,
    };
  });
}

function entriesOf(context: ReadContext, ident: number): number {
  let entries = 0;
  for (const _entry of context.range(rangeOf(ident))) entries++;
  return entries;
}
