import { plainValue } from '../aggregate/expressions.js';
import { runPipeline } from '../aggregate/pipeline.js';
import { stageOf } from '../aggregate/stage.js';
import { BsonType, elementsOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { openChangeStream } from './change-streams.js';
import type { Invocation, Reply } from './invocation.js';
import { batchSizeOf } from './listing.js';
import { openCursor } from './reading.js';

/** `aggregate` on a collection, or on a database when the pipeline starts with $documents. */
export function aggregate(invocation: Invocation): Promise<Reply> {
  invocation.refuseCollation();
  const target = invocation.get('aggregate');
  const isDatabase = target?.type !== BsonType.string;
  const namespace = isDatabase ? `${invocation.database}.$cmd.aggregate` : invocation.namespace;
  const pipeline = invocation.get('pipeline');
  if (pipeline?.type !== BsonType.array)
    throw new MongoError(14, "BSON field 'aggregate.pipeline' is missing or no array");
  if (!invocation.get('cursor') && !invocation.boolean('explain')) {
    throw new MongoError(
      9,
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  }
  const stages = elementsOf(pipeline).map(stageOf);
  const variables = invocation.document('let');
  const plainVariables = variables ? (plainValue(variables) as Record<string, unknown>) : {};
  if (stages[0]?.name === '$changeStream')
    return openChangeStream(invocation, namespace, stages, plainVariables);
  if (stages.some(({ name }) => name === '$changeStream'))
    throw new MongoError(40602, '$changeStream is only valid as the first stage in a pipeline');
  return invocation.read(async (context) => {
    const { source, collectionIdent } = await runPipeline({
      namespace: isDatabase ? undefined : namespace,
      database: invocation.database,
      stages,
      context,
      variables: plainVariables,
      hint: invocation.get('hint'),
      interrupted: invocation.timeLimit(),
      now: new Date(),
    });
    return openCursor(invocation, context, source, namespace, {
      batchSize: batchSizeOf(invocation),
      collectionIdent,
    });
  });
}
