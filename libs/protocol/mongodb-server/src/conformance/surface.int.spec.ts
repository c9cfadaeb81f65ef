import { describe, expect, it } from '@jest/globals';
import { type Document, MongoServerError } from 'mongodb';
import { SURFACES } from '../surface.js';
import { isEmbedded, useDeployment } from './deployment.js';

const deployment = useDeployment();
const collection = () => deployment.db.collection('surface');

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const failure: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  return failure instanceof MongoServerError ? failure.code : failure;
}

/** Asks for each kind of thing by name, and the code for a name that MongoDB does not know. */
const ASKED: Readonly<
  Record<keyof typeof SURFACES, { ask: (name: string) => Promise<unknown>; unknown: number | undefined }>
> = {
  commands: { ask: (name) => deployment.db.command({ [name]: 1 }), unknown: 59 },
  topOperators: {
    ask: (name) =>
      collection()
        .find({ [name]: 1 })
        .toArray(),
    unknown: 2,
  },
  fieldOperators: {
    ask: (name) =>
      collection()
        .find({ v: { [name]: 1 } })
        .toArray(),
    unknown: 2,
  },
  updateOperators: { ask: (name) => collection().updateOne({}, { [name]: { v: 1 } }), unknown: 9 },
  // Without a first batch, so that a change stream does not wait for changes.
  stages: {
    ask: (name) =>
      deployment.db.command({ aggregate: 'surface', pipeline: [{ [name]: {} }], cursor: { batchSize: 0 } }),
    unknown: 40324,
  },
  expressions: {
    ask: (name) =>
      collection()
        .aggregate([{ $project: { r: { [name]: 1 } } }])
        .toArray(),
    unknown: 168,
  },
  accumulators: {
    ask: (name) =>
      collection()
        .aggregate([{ $group: { _id: 1, r: { [name]: 1 } } }])
        .toArray(),
    unknown: 15952,
  },
  indexKinds: { ask: (name) => createIndex({ v: Number(name) || name }), unknown: 67 },
  indexOptions: { ask: (name) => createIndex({ v: 1 }, { [name]: 1 }), unknown: 197 },
  createOptions: {
    ask: (name) => deployment.db.command({ create: 'made', [name]: name === 'capped' ? true : { a: 1 } }),
    unknown: 40415,
  },
};

const createIndex = (key: Document, options: Document = {}) =>
  deployment.db.command({ createIndexes: 'surface', indexes: [{ key, name: 'x', ...options }] });

(isEmbedded ? describe : describe.skip)('what the reference page says (of the embedded server)', () => {
  it.each(Object.entries(SURFACES))('%s', async (kind, { supported, refused }) => {
    const { ask, unknown } = ASKED[kind as keyof typeof SURFACES];
    for (const name of refused) expect([name, await codeOf(ask(name))]).toEqual([name, 238]);
    expect(await codeOf(ask('$frobnicate'))).toBe(unknown);
    if (kind === 'commands' || kind === 'createOptions') return;
    // Operands that make no sense end in errors of their own, never in a refusal or an unknown name.
    for (const name of supported) expect([name, await codeOf(ask(name))]).not.toEqual([name, 238]);
  });
});
