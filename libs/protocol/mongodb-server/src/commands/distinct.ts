import { judgeWith } from '../aggregate/expressions.js';
import { encodeKey } from '../bson/key-encoding.js';
import { anyAt, Path } from '../bson/path.js';
import { BsonType, type BsonValue, entriesOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { parseHint } from '../query/planner.js';
import { Query } from '../query/query.js';
import type { Invocation, Reply } from './invocation.js';
import { eachBatch, MAX_BATCH_BYTES } from './reading.js';

/** Every value of a field once; the elements of arrays, not the arrays. */
export function distinct(invocation: Invocation): Promise<Reply> {
  const { namespace } = invocation;
  invocation.refuseCollation();
  const path = new Path(invocation.string('key'));
  return invocation.read(async (context) => {
    const collection = context.collection(namespace);
    const filter = invocation.document('query');
    const hint = parseHint(collection, invocation.get('hint'), entriesOf);
    const query = new Query(collection, context, filter, { hint, judge: judgeWith({}) });
    const values = new Map<string, BsonValue>();
    let size = 0;
    const add = (value: BsonValue) => {
      const key = encodeKey(value).toString('latin1');
      if (values.has(key)) return;
      values.set(key, value);
      size += value.end - value.start + 8;
      if (size > MAX_BATCH_BYTES) throw new MongoError(17217, 'distinct too big, 16mb cap');
    };
    await eachBatch(query, context, invocation.timeLimit(), (documents) => {
      for (const document of documents) collectValues(path, document, add);
    });
    return { values: [...values.values()], ok: 1 };
  });
}

function collectValues(path: Path, document: Buffer, add: (value: BsonValue) => void): void {
  anyAt(path, document, 0, false, (value) => {
    if (value === undefined) return false;
    if (value.type === BsonType.array) for (const [, element] of entriesOf(value)) add(element);
    else add(value);
    return false;
  });
}
