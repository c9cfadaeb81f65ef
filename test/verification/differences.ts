import { isDeepStrictEqual } from 'node:util';
import { MongoClient } from 'mongodb';
import type { FoldApart } from './fold-apart.js';

const MOST_SHOWN = 5;

/** How the stored read models differ from the fold made apart: a line each, none when they are equal. */
export async function differences(mongoUrl: string, apart: FoldApart): Promise<string[]> {
  const client = await MongoClient.connect(mongoUrl);
  try {
    const found: string[] = [];
    for (const { database, projections } of apart.contexts)
      for (const projection of projections) {
        const name = `${projection.name}@${projection.version}`;
        const expected = new Map(apart.documents(projection));
        const stored = client.db(database).collection<{ _id: string }>(name).find();
        const lines: string[] = [];
        for await (const { _id, ...document } of stored) {
          const wanted = expected.get(_id);
          expected.delete(_id);
          if (!wanted) lines.push(`${name} ${_id}: surplus`);
          else if (!isDeepStrictEqual(document, JSON.parse(JSON.stringify(wanted))))
            lines.push(`${name} ${_id}: ${JSON.stringify(document)} instead of ${JSON.stringify(wanted)}`);
        }
        for (const missing of expected.keys()) lines.push(`${name} ${missing}: missing`);
        found.push(...lines.slice(0, MOST_SHOWN));
        if (lines.length > MOST_SHOWN) found.push(`${name}: and ${lines.length - MOST_SHOWN} more`);
      }
    return found;
  } finally {
    await client.close();
  }
}
