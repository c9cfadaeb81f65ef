import { setTimeout as wait } from 'node:timers/promises';
import { Bytes, type Encodable, encodeDocument, Timestamp } from '../bson/encode.js';
import { validateDocument } from '../bson/validate.js';
import { BsonType, type BsonValue, documentValue, fieldsOf } from '../bson/value.js';
import { codeName, MongoError, notSupported } from '../errors.js';
import type { ServerSession } from '../sessions/sessions.js';
import type { WireConnection, WireHandler, WireRequest } from '../wire/index.js';
import { helloReply, helloWaitMs, pause, refuseAbsent } from './admin.js';
import { checkApiVersion } from './api-version.js';
import { demandLogIn } from './authentication.js';
import type { Failure } from './fail-points.js';
import { Invocation, type Reply } from './invocation.js';
import { COMMANDS, COMMON_FIELDS, type CommandDefinition } from './registry.js';
import type { ServerState } from './server-state.js';
import { sessionKey } from './session-commands.js';

const NO_SIGNATURE = { hash: new Bytes(Buffer.alloc(20)), keyId: 0n };
const TRANSIENT = new Set([24, 112, 246, 251, 267]);
const RETRYABLE = new Set([6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
/** After these a driver goes on with a change stream where it was (Driver Specifications: Change Streams). */
const RESUMABLE = new Set([...RETRYABLE, 63, 133, 134, 150, 234, 13388]);
const HELLO_NAMES = new Set(['hello', 'isMaster', 'ismaster']);

/** Turns requests into commands, runs them, and turns what happens into replies. */
export class Dispatcher {
  constructor(
    private readonly server: ServerState,
    private readonly report: (message: string, error: unknown) => void,
  ) {}

  readonly handle: WireHandler = (request, connection) => {
    if (request.exhaustAllowed && !request.legacy) {
      const invocation = this.helloInvocation(request, connection);
      if (invocation) return this.exhaustHello(invocation);
    }
    return this.answer(request, connection);
  };

  private helloInvocation(request: WireRequest, connection: WireConnection): Invocation | undefined {
    try {
      validateDocument(request.body, 0, request.body.length);
    } catch (error) {
      if (error instanceof MongoError) return undefined; // answered as an error by the usual way
      throw error;
    }
    const fields = fieldsOf(documentValue(request.body));
    const [name] = fields.keys();
    if (name === undefined || !HELLO_NAMES.has(name) || !fields.has('topologyVersion')) return undefined;
    return new Invocation(
      name,
      fields,
      new Map(),
      'admin',
      this.server,
      connection,
      undefined,
      undefined,
      undefined,
    );
  }

  /** One reply per interval, without further requests, until the client goes. */
  private async *exhaustHello(invocation: Invocation): AsyncGenerator<Buffer> {
    while (!invocation.connection.closed.aborted) {
      await pause(invocation, helloWaitMs(invocation) || 10_000);
      yield this.encode(helloReply(invocation));
    }
  }

  private async answer(request: WireRequest, connection: WireConnection): Promise<Buffer> {
    let invocation: Invocation | undefined;
    let failure: Failure | undefined;
    let asked: { name: string; fields: ReadonlyMap<string, BsonValue> } | undefined;
    try {
      const { definition, fields, name } = parse(request);
      asked = { name, fields };
      failure = this.server.failPoints?.due(name);
      if (failure) await beforeFailure(failure, connection);
      invocation = this.prepare(request, connection, name, fields, definition);
      const reply = await this.run(definition, invocation);
      this.afterStatement(invocation, reply);
      if (failure?.afterRunning) connection.close();
      return this.encode(withWriteConcern(invocation, reply, failure));
    } catch (error) {
      return this.encodeError(error, invocation, failure, asked);
    }
  }

  private async run(definition: CommandDefinition, invocation: Invocation): Promise<Reply | Buffer> {
    const id = this.server.operations.begin(invocation);
    try {
      return await definition.run(invocation);
    } finally {
      this.server.operations.end(id);
    }
  }

  private prepare(
    request: WireRequest,
    connection: WireConnection,
    name: string,
    fields: ReadonlyMap<string, BsonValue>,
    definition: CommandDefinition,
  ): Invocation {
    const database = request.namespace?.replace(/\.\$cmd$/, '') ?? databaseFrom(fields);
    for (const field of fields.keys()) {
      if (field === name || COMMON_FIELDS.has(field) || definition.fields.includes(field)) continue;
      throw new MongoError(40415, `BSON field '${name}.${field}' is an unknown field.`);
    }
    checkDatabase(database);
    demandLogIn(this.server.user, connection, name);
    checkApiVersion(name, fields);
    const lsid = fields.get('lsid');
    const session = lsid ? this.server.sessions.of(sessionKey(lsid)) : undefined;
    const sequences = new Map(
      request.sequences.map(({ name: sequence, documents }) => [sequence, documents]),
    );
    const number = fields.get('txnNumber');
    if (number && !session)
      throw new MongoError(72, 'Transaction number requires a session ID to also be specified');
    const isStatement = fields.get('autocommit')?.truthy() === false;
    if (!isStatement) refuseSnapshot(fields);
    const make = (transaction: Invocation['transaction'], retryNumber: bigint | undefined) =>
      new Invocation(
        name,
        fields,
        sequences,
        database,
        this.server,
        connection,
        session,
        transaction,
        retryNumber,
      );
    if (!number || definition.endsTransaction) return make(undefined, undefined);
    const txnNumber = BigInt(number.number());
    if (!isStatement) {
      if (!definition.retryable)
        throw new MongoError(
          72,
          `txnNumber may only be provided for multi-document transactions and retryable write commands. autocommit:false was not provided, and ${name} is not a retryable write command.`,
        );
      this.server.sessions.noteRetryable(session!, txnNumber);
      return make(undefined, txnNumber);
    }
    return make(this.statement(session!, name, fields, definition, txnNumber), undefined);
  }

  private statement(
    session: ServerSession,
    name: string,
    fields: ReadonlyMap<string, BsonValue>,
    definition: CommandDefinition,
    number: bigint,
  ): Invocation['transaction'] {
    const starts = fields.get('startTransaction')?.truthy() ?? false;
    if (!definition.inTransaction) {
      throw new MongoError(263, `Cannot run '${name}' in a multi-document transaction.`);
    }
    const concern = fields.get('readConcern');
    if (!starts && concern && concern.end - concern.start > 5)
      throw new MongoError(72, 'Only the first command in a transaction may specify a readConcern');
    return this.server.sessions.statement(session, { number, starts });
  }

  /** A statement with a failed write ends its transaction. */
  private afterStatement(invocation: Invocation, reply: Reply | Buffer): void {
    if (!invocation.transaction || Buffer.isBuffer(reply)) return;
    if (reply['writeErrors'] || (typeof reply['nErrors'] === 'number' && reply['nErrors'] > 0)) {
      this.server.sessions.abortNow(invocation.session!);
    }
  }

  private labelsOf(error: MongoError, name: string, fields: ReadonlyMap<string, BsonValue>): string[] {
    const labels = labelsOf(error, name, fields);
    const id = name === 'getMore' ? fields.get('getMore') : undefined;
    const isStream = id?.isNumber && this.server.cursors.isChangeStream(BigInt(id.number()));
    if (isStream && RESUMABLE.has(error.code)) labels.push('ResumableChangeStreamError');
    return labels;
  }

  private encode(reply: Reply | Buffer): Buffer {
    const clusterTime = new Timestamp(this.server.engine.clusterTime);
    const gossip = { $clusterTime: { clusterTime, signature: NO_SIGNATURE }, operationTime: clusterTime };
    if (!Buffer.isBuffer(reply)) return encodeDocument({ ...reply, ...gossip });
    return encodeDocument({ ...Object.fromEntries(fieldsOf(documentValue(reply))), ...gossip });
  }

  private encodeError(
    error: unknown,
    invocation: Invocation | undefined,
    failure: Failure | undefined,
    asked: { name: string; fields: ReadonlyMap<string, BsonValue> } | undefined,
  ): Buffer {
    if (!(error instanceof MongoError)) this.report('A command failed in a way that it should not.', error);
    const known =
      error instanceof MongoError
        ? error
        : new MongoError(1, `internal error: ${error instanceof Error ? error.message : String(error)}`);
    if (invocation?.transaction) this.server.sessions.abortNow(invocation.session!);
    const labels =
      failure?.errorLabels ?? (asked ? this.labelsOf(known, asked.name, asked.fields) : known.labels);
    return this.encode({
      ok: 0,
      errmsg: known.message,
      code: known.code,
      codeName: codeName(known.code),
      ...(known.details as Reply),
      ...(labels.length > 0 ? { errorLabels: labels } : {}),
    });
  }
}

function parse(request: WireRequest): {
  name: string;
  fields: Map<string, BsonValue>;
  definition: CommandDefinition;
} {
  validateDocument(request.body, 0, request.body.length);
  let fields = fieldsOf(documentValue(request.body));
  let [name] = fields.keys();
  const query = fields.get('$query') ?? fields.get('query');
  if (request.legacy && (name === '$query' || name === 'query') && query?.type === BsonType.object) {
    fields = fieldsOf(query);
    [name] = fields.keys();
  }
  if (name === undefined) throw new MongoError(59, 'no such command: an empty document');
  if (request.legacy && !HELLO_NAMES.has(name))
    throw new MongoError(352, `Unsupported OP_QUERY command: ${name}`);
  const definition = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!definition) return refuseAbsent(name);
  return { name, fields, definition };
}

/** Only a transaction has a snapshot that several commands read from. */
function refuseSnapshot(fields: ReadonlyMap<string, BsonValue>): void {
  const concern = fields.get('readConcern');
  const level = concern?.type === BsonType.object ? fieldsOf(concern).get('level') : undefined;
  if (level?.type === BsonType.string && level.string() === 'snapshot')
    throw notSupported('readConcern snapshot outside a transaction');
}

function databaseFrom(fields: ReadonlyMap<string, BsonValue>): string {
  const database = fields.get('$db');
  if (database?.type !== BsonType.string)
    throw new MongoError(40571, 'OP_MSG requests require a $db argument');
  return database.string();
}

function checkDatabase(database: string): void {
  if (database === '' || /[/\\. "$\0]/.test(database) || Buffer.byteLength(database) > 63) {
    throw new MongoError(73, `Invalid database name: '${database}'`);
  }
}

async function beforeFailure(failure: Failure, connection: WireConnection): Promise<void> {
  if (failure.blockMs > 0) await wait(failure.blockMs);
  if (failure.afterRunning) return;
  if (failure.closeConnection) connection.close();
  if (failure.errorCode !== undefined)
    throw new MongoError(failure.errorCode, "Failing command via 'failCommand' failpoint");
  if (failure.closeConnection) throw new MongoError(91, 'the connection was closed by a fail point');
}

/** `w` beyond one member is told after the write was applied. */
function withWriteConcern(
  invocation: Invocation,
  reply: Reply | Buffer,
  failure: Failure | undefined,
): Reply | Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  if (failure?.writeConcernError) return { ...reply, writeConcernError: failure.writeConcernError };
  const concern = invocation.get('writeConcern');
  const w = concern?.type === BsonType.object ? fieldsOf(concern).get('w') : undefined;
  if (!w?.isNumber || Number(w.number()) <= 1) return reply;
  return {
    ...reply,
    writeConcernError: {
      code: 100,
      codeName: codeName(100),
      errmsg: 'Not enough data-bearing nodes',
    } as Encodable,
  };
}

function labelsOf(error: MongoError, name: string, fields: ReadonlyMap<string, BsonValue>): string[] {
  const labels = [...error.labels];
  const isStatement = fields.get('autocommit')?.truthy() === false;
  const endsTransaction = name === 'commitTransaction' || name === 'abortTransaction';
  const isTransient = TRANSIENT.has(error.code) || (!endsTransaction && RETRYABLE.has(error.code));
  if (isStatement && isTransient) labels.push('TransientTransactionError');
  const isRetryable = RETRYABLE.has(error.code) && fields.has('txnNumber');
  if (isRetryable && (!isStatement || endsTransaction)) labels.push('RetryableWriteError');
  return labels;
}
