import { type BsonValue, fieldsOf } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import type { Invocation, Reply } from './invocation.js';

/** The 16 bytes of a session id document. @throws MongoError 9 */
export function sessionKey(lsid: BsonValue): Buffer {
  const id = lsid.type === 3 ? fieldsOf(lsid).get('id') : undefined;
  if (id?.type !== 5 || id.end - id.start !== 21)
    throw new MongoError(9, "BSON field 'lsid.id' must be a UUID");
  return id.bytes.subarray(id.start + 5, id.end);
}

function numberOf(invocation: Invocation): bigint {
  const number = invocation.get('txnNumber');
  if (!invocation.session || number === undefined) {
    throw new MongoError(125, `${invocation.name} can only be run with a session and a txnNumber`);
  }
  if (invocation.get('autocommit')?.truthy() !== false)
    throw new MongoError(72, `${invocation.name} must set autocommit to false`);
  if (invocation.database !== 'admin')
    throw new MongoError(13, `${invocation.name} may only be run against the admin database.`);
  return BigInt(number.number());
}

export async function commitTransaction(invocation: Invocation): Promise<Reply> {
  const number = numberOf(invocation);
  await invocation.server.sessions.commit(invocation.session!, number);
  return { ok: 1 };
}

export function abortTransaction(invocation: Invocation): Reply {
  const number = numberOf(invocation);
  invocation.server.sessions.abort(invocation.session!, number);
  return { ok: 1 };
}

/** endSessions, killSessions: their transactions and cursors end with them. */
export function endSessions(invocation: Invocation): Reply {
  for (const lsid of invocation.documents(invocation.name)) {
    killSession(invocation, sessionKey(lsid));
  }
  return { ok: 1 };
}

function killSession({ server }: Invocation, key: Buffer): void {
  server.sessions.end(key);
  server.cursors.killOfSession(key.toString('latin1'));
  server.engine.wakeWaiting();
}

export function refreshSessions(invocation: Invocation): Reply {
  for (const lsid of invocation.documents('refreshSessions')) invocation.server.sessions.of(sessionKey(lsid));
  return { ok: 1 };
}

/** Patterns choose by user, and there is at most one: all or none. */
export function killAllSessionsByPattern(invocation: Invocation): Reply {
  for (const pattern of invocation.documents('killAllSessionsByPattern')) {
    const fields = fieldsOf(pattern);
    const lsid = fields.get('lsid');
    if (lsid) killSession(invocation, sessionKey(lsid));
    else if (fields.size > 0) throw notSupported('killAllSessionsByPattern by user or role');
    else invocation.server.sessions.endAll();
  }
  return { ok: 1 };
}

/** Tests of drivers use it to free what an earlier test left. */
export function killAllSessions(invocation: Invocation): Reply {
  invocation.server.sessions.endAll();
  return { ok: 1 };
}
