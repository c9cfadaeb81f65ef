import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { BSON, type Collection, type Document, MongoServerError } from 'mongodb';
import { NOTHING, REFUSED } from './cases/case.js';
import { EXPRESSIONS, PIPELINES, PROJECTIONS, QUERIES, SORTS, UPDATES, UPSERTS } from './cases/index.js';
import { isEmbedded, useDeployment } from './deployment.js';

const deployment = useDeployment();
const AT_ONCE = 16;
/** Results come as they are stored, so that int32, int64 and double stay apart. */
const AS_STORED = { promoteValues: false, bsonRegExp: true } as const;

type Named = Document & { _id: string | number };

/** What came of a row, as text: values with their types, or the code of the error. */
async function outcome(work: () => Promise<unknown>): Promise<string> {
  try {
    return shown(await work());
  } catch (error) {
    if (error instanceof MongoServerError) return `error ${error.code}`;
    throw error;
  }
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : BSON.EJSON.stringify(asStored(value), { relaxed: false });

const asStored = (value: unknown): unknown =>
  value === undefined ? undefined : BSON.deserialize(BSON.serialize({ value }), AS_STORED)['value'];

const expectation = (expected: unknown): string =>
  typeof expected === 'number' ? `error ${expected}` : shown(expected);

interface Row {
  readonly name: string;
  readonly expected: string;
  readonly run: () => Promise<string>;
}

/** Runs rows side by side over the connections of one client. @returns what differed. */
async function differences(rows: readonly Row[]): Promise<string[]> {
  // A refusal says something about the embedded server only.
  const asked = isEmbedded ? rows : rows.filter(({ expected }) => expected !== `error ${REFUSED}`);
  const different: string[] = [];
  let next = 0;
  const worker = async () => {
    for (let row = asked[next++]; row; row = asked[next++]) {
      const found = await row.run();
      if (found !== row.expected)
        different.push(`${row.name.slice(0, 300)}\n  wanted ${row.expected}\n  found  ${found}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return different;
}

async function filled(documents: Readonly<Record<string, Document>>): Promise<Collection<Named>> {
  const collection = deployment.db.collection<Named>(`cases_${randomUUID().slice(0, 8)}`);
  await collection.insertMany(Object.entries(documents).map(([_id, document]) => ({ _id, ...document })));
  return collection;
}

const sortedNames = (names: readonly string[]): string => [...names].sort().join(' ');

const title = <T extends { operator: string; source: string; rows: readonly unknown[] }>(table: T) =>
  [`${table.operator}: ${table.rows.length} rows of ${table.source}`, table] as const;

describe.each([
  ['without an index', []],
  ['with indexes', ['v', 'a.b', 'a']],
])('filters %s', (_name, indexes) => {
  it.each(QUERIES.map(title))('%s', async (_title, { documents, rows }) => {
    const collection = await filled(documents);
    for (const field of indexes) await collection.createIndex({ [field]: 1 });
    const asked = rows.map(
      ([filter, found]): Row => ({
        name: shown(filter),
        expected:
          typeof found === 'number'
            ? `error ${found}`
            : sortedNames(found.split(' ').filter((name) => name !== '')),
        run: () =>
          outcome(async () =>
            sortedNames((await collection.find(filter).toArray()).map(({ _id }) => String(_id))),
          ),
      }),
    );
    expect(await differences(asked)).toEqual([]);
  });
});

describe('updates', () => {
  it.each(UPDATES.map(title))('%s', async (_title, { rows }) => {
    const collection = await filled(Object.fromEntries(rows.map(([before], at) => [at, before])));
    const asked = rows.map(
      ([before, update, after, { filter, arrayFilters } = {}], at): Row => ({
        name: `${shown(before)} ${shown(update)} ${arrayFilters ? shown(arrayFilters) : ''}`,
        expected:
          typeof after === 'number'
            ? `error ${after}`
            : `${shown({ _id: String(at), ...after })} modified ${shown(before) === shown(after) ? 0 : 1}`,
        run: () =>
          outcome(async () => {
            const options = arrayFilters ? { arrayFilters: [...arrayFilters] } : {};
            const result = await collection.updateOne(
              { _id: String(at), ...filter },
              update as Document,
              options,
            );
            const now = await collection.findOne({ _id: String(at) }, AS_STORED);
            return `${shown(now)} modified ${result.modifiedCount}`;
          }),
      }),
    );
    expect(await differences(asked)).toEqual([]);
    const failed = rows.flatMap(([before, , after], at) =>
      typeof after === 'number' ? [shown({ _id: String(at), ...before })] : [],
    );
    const kept = (await collection.find({}, AS_STORED).toArray()).map(shown);
    expect(kept).toEqual(expect.arrayContaining(failed));
  });

  it.each(UPSERTS.map(title))('%s', async (_title, { rows }) => {
    const asked = rows.map(([filter, update, made], at): Row => {
      const collection = deployment.db.collection<Named>(`upserts_${randomUUID().slice(0, 8)}_${at}`);
      return {
        name: `${shown(filter)} ${shown(update)}`,
        expected: expectation(made),
        run: () =>
          outcome(async () => {
            const isReplacement = !Array.isArray(update) && !Object.keys(update)[0]?.startsWith('$');
            if (isReplacement) await collection.replaceOne(filter, update as Document, { upsert: true });
            else await collection.updateOne(filter, update as Document, { upsert: true });
            const { _id, ...rest } = (await collection.findOne({}, AS_STORED)) as Named;
            return shown(typeof made === 'object' && '_id' in made ? { _id, ...rest } : rest);
          }),
      };
    });
    expect(await differences(asked)).toEqual([]);
  });
});

describe('projections and sorts', () => {
  it.each(PROJECTIONS.map(title))('%s', async (_title, { rows }) => {
    const collection = await filled(Object.fromEntries(rows.map(([document], at) => [at, document])));
    const asked = rows.map(
      ([document, projection, expected, filter], at): Row => ({
        name: `${shown(document)} ${shown(projection)}`,
        expected: expectation(expected),
        run: () =>
          outcome(async () => {
            const found = await collection.findOne(
              { _id: String(at), ...filter },
              { ...AS_STORED, projection },
            );
            const { _id, ...rest } = found as Named;
            return typeof expected === 'object' && '_id' in expected ? { _id, ...rest } : rest;
          }),
      }),
    );
    expect(await differences(asked)).toEqual([]);
  });

  it.each(SORTS.map(title))('%s', async (_title, { documents, rows }) => {
    const collection = await filled(documents);
    const asked = rows.map(
      ([sort, order]): Row => ({
        name: shown(sort),
        expected: expectation(order),
        run: () =>
          outcome(async () =>
            (
              await collection
                .find()
                .sort(sort as never)
                .toArray()
            )
              .map(({ _id }) => _id)
              .join(' '),
          ),
      }),
    );
    expect(await differences(asked)).toEqual([]);
  });
});

describe('pipelines', () => {
  const run = (documents: readonly Document[], pipeline: readonly Document[]) =>
    deployment.db
      .aggregate([{ $documents: documents.map(($literal) => ({ $literal })) }, ...pipeline], AS_STORED)
      .toArray();

  it.each(EXPRESSIONS.map(title))('%s', async (_title, { rows }) => {
    const asked = rows.map(
      ([expression, result, document = {}]): Row => ({
        name: `${shown(expression)} of ${shown(document)}`,
        expected:
          typeof result === 'object' && result !== null && 'error' in result
            ? `error ${(result as { error: number }).error}`
            : shown(result === NOTHING ? [{}] : [{ r: result }]),
        run: () => outcome(() => run([document], [{ $replaceWith: { r: expression } }])),
      }),
    );
    expect(await differences(asked)).toEqual([]);
  });

  it.each(PIPELINES.map(title))('%s', async (_title, { unordered, rows }) => {
    const inOrder = (results: readonly Document[]) =>
      unordered ? shown(results.map(shown).sort()) : shown(results);
    const asked = rows.map(
      ([documents, pipeline, results]): Row => ({
        name: `${shown(documents)} ${shown(pipeline)}`,
        expected: typeof results === 'number' ? `error ${results}` : inOrder(results),
        run: () => outcome(async () => inOrder(await run(documents, pipeline))),
      }),
    );
    expect(await differences(asked)).toEqual([]);
  });
});

describe('the table', () => {
  it('has at least 1,500 rows', () => {
    const tables = [QUERIES, UPDATES, UPSERTS, PROJECTIONS, SORTS, EXPRESSIONS, PIPELINES].flat();
    const rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
    expect(rows).toBeGreaterThanOrEqual(1_500);
  });
});
