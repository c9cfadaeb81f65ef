import { Bytes } from '../bson/encode.js';
import { BsonType, type BsonValue, fieldsOf } from '../bson/value.js';
import { MongoError } from '../errors.js';
import { authenticationFailed, ScramConversation, type ScramUser } from '../sessions/scram.js';
import type { WireConnection } from '../wire/index.js';
import type { Invocation, Reply } from './invocation.js';

const CONVERSATION = Symbol('conversation');
const LOGGED_IN = Symbol('logged in');
const CONVERSATION_ID = 1;
const MECHANISM = 'SCRAM-SHA-256';

/** Commands that a client may run before its log-in. */
const OPEN = new Set(
  'hello isMaster ismaster saslStart saslContinue ping buildInfo buildinfo whatsmyuri connectionStatus logout'.split(
    ' ',
  ),
);

export function isLoggedIn(connection: WireConnection): boolean {
  return connection.state.has(LOGGED_IN);
}

/** @throws MongoError 13 when a user is configured and the connection has not logged in. */
export function demandLogIn(user: ScramUser | undefined, connection: WireConnection, name: string): void {
  if (!user || OPEN.has(name) || isLoggedIn(connection)) return;
  throw new MongoError(13, `Command ${name} requires authentication`);
}

export function saslStart(invocation: Invocation): Reply {
  return { ...begin(invocation, invocation.fields), ok: 1 };
}

function begin(invocation: Invocation, fields: ReadonlyMap<string, BsonValue>): Reply {
  const { user } = invocation.server;
  const mechanism = fields.get('mechanism');
  if (mechanism?.type !== BsonType.string || mechanism.string() !== MECHANISM)
    throw new MongoError(334, `Received authentication for a mechanism which is not ${MECHANISM}.`);
  if (!user) throw authenticationFailed();
  const options = fields.get('options');
  const skips = options?.type === BsonType.object && fieldsOf(options).get('skipEmptyExchange')?.truthy();
  const conversation = new ScramConversation(user, textOf(fields.get('payload')), skips === true);
  invocation.connection.state.set(CONVERSATION, conversation);
  return { conversationId: CONVERSATION_ID, done: false, payload: bytes(conversation.challenge) };
}

export function saslContinue(invocation: Invocation): Reply {
  const { state } = invocation.connection;
  const conversation = state.get(CONVERSATION);
  if (!(conversation instanceof ScramConversation) || invocation.number('conversationId') !== CONVERSATION_ID)
    throw new MongoError(17, 'No SASL session state found');
  try {
    const { payload, done } = conversation.answer(textOf(invocation.get('payload')));
    if (done) {
      state.delete(CONVERSATION);
      state.set(LOGGED_IN, true);
    }
    return { conversationId: CONVERSATION_ID, done, payload: bytes(payload), ok: 1 };
  } catch (error) {
    state.delete(CONVERSATION);
    throw error;
  }
}

/** What `hello` says about logging in: the mechanism, and the answer to a log-in begun with it. */
export function helloAuthentication(invocation: Invocation): Reply {
  const { user } = invocation.server;
  if (!user) return {};
  const asked = invocation.get('saslSupportedMechs') ? { saslSupportedMechs: [MECHANISM] } : {};
  const begun = invocation.document('speculativeAuthenticate');
  if (!begun) return asked;
  try {
    return { ...asked, speculativeAuthenticate: begin(invocation, fieldsOf(begun)) };
  } catch (error) {
    if (error instanceof MongoError) return asked; // the client begins again in the usual way and is told there
    throw error;
  }
}

export function logout(invocation: Invocation): Reply {
  invocation.connection.state.delete(LOGGED_IN);
  return { ok: 1 };
}

function textOf(payload: BsonValue | undefined): string {
  if (payload?.type !== BsonType.binary) throw authenticationFailed();
  return payload.bytes.toString('utf8', payload.start + 5, payload.end);
}

function bytes(text: string): Bytes {
  return new Bytes(Buffer.from(text));
}
