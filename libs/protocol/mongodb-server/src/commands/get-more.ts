import { documentValue } from '../bson/value.js';
import { ChangeStream } from '../change-streams/change-stream.js';
import { MongoError } from '../errors.js';
import { moreChanges } from './change-streams.js';
import type { ServerCursor } from './cursors.js';
import type { Invocation, Reply } from './invocation.js';
import { MAX_BATCH_BYTES, nonNegative, textOfSession, transactionNumber } from './reading.js';

export async function getMore(invocation: Invocation): Promise<Reply> {
  const id = invocation.get('getMore');
  if (id?.type !== 18)
    throw new MongoError(14, "BSON field 'getMore.getMore' is the wrong type, expected type 'long'");
  const number = BigInt(id.number());
  const namespace = `${invocation.database}.${invocation.string('collection')}`;
  const { cursors } = invocation.server;
  const cursor = cursors.take(number, namespace, textOfSession(invocation), transactionNumber(invocation));
  const count = nonNegative(invocation, 'batchSize') || Number.MAX_SAFE_INTEGER;
  cursor.busy = true;
  try {
    return await nextBatch(invocation, cursor, count);
  } catch (error) {
    cursors.kill(number);
    throw error;
  } finally {
    cursor.busy = false;
    cursor.lastUsedAt = Date.now();
  }
}

function nextBatch(invocation: Invocation, cursor: ServerCursor, count: number): Promise<Reply> {
  const { id, namespace, source } = cursor;
  if (source instanceof ChangeStream) return moreChanges(invocation, cursor, source, count);
  const interrupted = invocation.timeLimit();
  return invocation.read(async (context) => {
    const batch = await source.batch(context, count, MAX_BATCH_BYTES, interrupted);
    if (source.done) invocation.server.cursors.kill(id);
    const nextBatch = batch.map((document) => documentValue(document));
    return { cursor: { nextBatch, id: source.done ? 0n : id, ns: namespace }, ok: 1 };
  });
}

export function killCursors(invocation: Invocation): Reply {
  const killed: bigint[] = [];
  const missing: bigint[] = [];
  for (const id of invocation.documents('cursors')) {
    const number = BigInt(id.number());
    (invocation.server.cursors.kill(number) ? killed : missing).push(number);
  }
  if (killed.length > 0) invocation.server.engine.wakeWaiting();
  return { cursorsKilled: killed, cursorsNotFound: missing, cursorsAlive: [], cursorsUnknown: [], ok: 1 };
}
