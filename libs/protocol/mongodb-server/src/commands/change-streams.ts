import { BsonType, type BsonValue, documentValue, fieldsOf } from '../bson/value.js';
import { parseChangePipeline } from '../change-streams/change-pipeline.js';
import { ChangeStream, type ChangeStreamOptions } from '../change-streams/change-stream.js';
import { pointAt, pointOf, type ResumePoint } from '../change-streams/resume-token.js';
import { MongoError, notSupported } from '../errors.js';
import { collectionOf, databaseOf } from '../storage/catalog.js';
import type { ServerCursor } from './cursors.js';
import type { Invocation, Reply } from './invocation.js';
import { batchSizeOf } from './listing.js';
import { MAX_BATCH_BYTES, openCursor } from './reading.js';

/** How long a getMore waits for a change when the client does not say. */
const DEFAULT_AWAIT_MS = 1_000;
const OPTIONS = new Set([
  'fullDocument',
  'fullDocumentBeforeChange',
  'resumeAfter',
  'startAfter',
  'startAtOperationTime',
  'allChangesForCluster',
  'showExpandedEvents',
]);

interface Stage {
  readonly name: string;
  readonly operand: BsonValue;
}

/** An `aggregate` whose pipeline starts with `$changeStream`: the database keeps its changes from now on. */
export async function openChangeStream(
  invocation: Invocation,
  namespace: string,
  stages: readonly Stage[],
  variables: Readonly<Record<string, unknown>>,
): Promise<Reply> {
  const [first, ...rest] = stages;
  const options = parseOptions(first!.operand);
  checkPlace(invocation);
  const pipeline = parseChangePipeline(rest, variables);
  const { engine } = invocation.server;
  const isDatabase = namespace.endsWith('.$cmd.aggregate');
  const scope = {
    database: databaseOf(namespace),
    collection: isDatabase ? undefined : collectionOf(namespace),
  };
  await engine.changeLogKeeper.watch(scope.database);
  const start = options.start ?? pointAt(engine.clusterTime);
  const streamOptions: ChangeStreamOptions = { scope, start, looksUp: options.looksUp, pipeline };
  const source = new ChangeStream(engine, streamOptions);
  const opened = { batchSize: batchSizeOf(invocation), collectionIdent: undefined };
  return openCursor(invocation, engine.readNow(), source, namespace, opened);
}

function checkPlace(invocation: Invocation): void {
  if (invocation.transaction)
    throw new MongoError(263, '$changeStream cannot be used in a multi-document transaction');
  if (['admin', 'local', 'config'].includes(invocation.database))
    throw new MongoError(
      73,
      `$changeStream may not be opened on the internal ${invocation.database} database`,
    );
  const concern = invocation.document('readConcern');
  const level = concern && fieldsOf(concern).get('level');
  if (level?.type === BsonType.string && level.string() !== 'majority')
    throw new MongoError(72, `$changeStream cannot run with a readConcern other than 'majority'`);
}

function parseOptions(operand: BsonValue): { start: ResumePoint | undefined; looksUp: boolean } {
  if (operand.type !== BsonType.object)
    throw new MongoError(6188500, '$changeStream must take a nested object but found a value');
  const fields = fieldsOf(operand);
  for (const name of fields.keys())
    if (!OPTIONS.has(name))
      throw new MongoError(40415, `BSON field '$changeStream.${name}' is an unknown field.`);
  if (fields.get('allChangesForCluster')?.truthy())
    throw notSupported('a change stream on the whole cluster');
  if (fields.get('showExpandedEvents')?.truthy())
    throw notSupported('a change stream with showExpandedEvents');
  const before = oneOf(fields, 'fullDocumentBeforeChange', ['off', 'whenAvailable', 'required']);
  if (before !== undefined && before !== 'off') throw notSupported('fullDocumentBeforeChange (pre-images)');
  const full = oneOf(fields, 'fullDocument', ['default', 'updateLookup', 'whenAvailable', 'required']);
  if (full === 'whenAvailable' || full === 'required')
    throw notSupported(`fullDocument: '${full}' (post-images)`);
  return { start: parseStart(fields), looksUp: full === 'updateLookup' };
}

function oneOf(
  fields: ReadonlyMap<string, BsonValue>,
  name: string,
  known: readonly string[],
): string | undefined {
  const value = fields.get(name);
  if (value === undefined) return undefined;
  if (value.type !== BsonType.string)
    throw new MongoError(14, `BSON field '$changeStream.${name}' is the wrong type, expected type 'string'`);
  const text = value.string();
  if (!known.includes(text))
    throw new MongoError(
      2,
      `Enumeration value '${text}' for field '$changeStream.${name}' is not a valid value.`,
    );
  return text;
}

function parseStart(fields: ReadonlyMap<string, BsonValue>): ResumePoint | undefined {
  const given = ['resumeAfter', 'startAfter', 'startAtOperationTime'].filter((name) => fields.has(name));
  if (given.length > 1)
    throw new MongoError(50674, 'Only one type of resume option is allowed, but multiple were found.');
  const [name] = given;
  if (name === undefined) return undefined;
  const value = fields.get(name)!;
  if (name === 'startAtOperationTime') {
    if (value.type !== BsonType.timestamp)
      throw new MongoError(
        14,
        "BSON field '$changeStream.startAtOperationTime' is the wrong type, expected type 'timestamp'",
      );
    const time = value.bytes.readBigUInt64LE(value.start);
    return pointAt(time === 0n ? 0n : time - 1n);
  }
  const point = pointOf(value);
  if (name === 'resumeAfter' && point.invalidated)
    throw new MongoError(
      260,
      "Attempting to resume a change stream using 'resumeAfter' is not allowed from an invalidate notification.",
    );
  return point;
}

/** `getMore` of a change stream: answers as soon as there is an event, or nothing when the time is over. */
export async function moreChanges(
  invocation: Invocation,
  cursor: ServerCursor,
  source: ChangeStream,
  count: number,
): Promise<Reply> {
  const { engine, cursors } = invocation.server;
  const deadline = Date.now() + (invocation.number('maxTimeMS') ?? DEFAULT_AWAIT_MS);
  const refuseWhenOver = () => {
    invocation.refuseWhenEnded();
    if (!cursors.isOpen(cursor.id)) throw new MongoError(237, 'cursor was killed');
  };
  for (;;) {
    const changes = engine.nextCommit(Math.max(0, deadline - Date.now()), invocation.connection.closed);
    const events = await source.batch(engine.readNow(), count, MAX_BATCH_BYTES, refuseWhenOver);
    const isOver = Date.now() >= deadline || invocation.connection.closed.aborted;
    if (events.length > 0 || source.done || isOver) {
      if (source.done) cursors.kill(cursor.id);
      return {
        cursor: {
          nextBatch: events.map((event) => documentValue(event)),
          postBatchResumeToken: source.postBatchResumeToken,
          id: source.done ? 0n : cursor.id,
          ns: cursor.namespace,
        },
        ok: 1,
      };
    }
    await changes;
    refuseWhenOver();
  }
}
