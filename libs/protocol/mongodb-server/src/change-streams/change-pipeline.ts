import { judgeWith } from '../aggregate/expressions.js';
import { encodeDocument } from '../bson/encode.js';
import { openDocument } from '../bson/tree.js';
import { type BsonValue, documentValue, findField } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import type { Filter } from '../query/filter.js';
import { compileFilter } from '../query/match.js';
import { parseFilter } from '../query/parse-filter.js';
import { parsePipelineUpdate } from '../update/pipeline.js';
import { sameBytes } from './same-bytes.js';

/** What may follow `$changeStream` (MongoDB: Change Streams, Modify Change Stream Output). */
const RESHAPING = new Set('$project $addFields $set $unset $replaceRoot $replaceWith'.split(' '));
const EVERYTHING: Filter = { kind: 'and', parts: [] };
const ID = Buffer.from('_id');

/** One event through the pipeline; undefined when it is filtered out. */
export type ChangePipeline = (event: Buffer) => Buffer | undefined;

/**
 * The stages after `$changeStream`.
 * @throws MongoError 20 for a stage that MongoDB does not take there.
 */
export function parseChangePipeline(
  stages: readonly { readonly name: string; readonly operand: BsonValue }[],
  variables: Readonly<Record<string, unknown>>,
): ChangePipeline {
  const steps = stages.map((stage) => parseStage(stage, variables));
  return (event) => {
    let current: Buffer | undefined = event;
    for (const step of steps) {
      current = step(current);
      if (!current) return undefined;
    }
    checkId(event, current);
    return current;
  };
}

function parseStage(
  { name, operand }: { readonly name: string; readonly operand: BsonValue },
  variables: Readonly<Record<string, unknown>>,
): ChangePipeline {
  if (name === '$match') {
    const matches = compileFilter(parseFilter(operand), judgeWith(variables));
    return (event) => (matches(event, 0) ? event : undefined);
  }
  if (name === '$redact' || name === '$changeStreamSplitLargeEvent')
    throw notSupported(`${name} in a change stream`);
  if (!RESHAPING.has(name)) throw new MongoError(20, `${name} is not permitted in a $changeStream pipeline`);
  const change = parsePipelineUpdate([documentValue(encodeDocument({ [name]: operand }))], variables);
  return (event) => {
    const tree = openDocument(event);
    change(tree, event, { filter: EVERYTHING, inserting: false, now: new Date(), clusterTime: 0n });
    return tree.close();
  };
}

function checkId(before: Buffer, after: Buffer): void {
  const id = findField(after, 0, ID);
  if (id && sameBytes(id, findField(before, 0, ID)!)) return;
  throw new MongoError(
    280,
    'Encountered an event whose _id field, which contains the resume token, was modified by the pipeline. Modifying the _id field of an event makes it impossible to resume the stream from that point. Only transformations that retain the unmodified _id field are allowed.',
  );
}
