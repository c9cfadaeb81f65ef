import * as admin from './admin.js';
import { aggregate } from './aggregate.js';
import { logout, saslContinue, saslStart } from './authentication.js';
import { bulkWrite } from './bulk-write.js';
import { collMod } from './coll-mod.js';
import { create, drop, dropDatabase, renameCollection } from './ddl.js';
import { distinct } from './distinct.js';
import { explain } from './explain.js';
import { findAndModify } from './find-and-modify.js';
import { getMore, killCursors } from './get-more.js';
import { createIndexes, dropIndexes } from './indexes.js';
import type { Invocation, Reply } from './invocation.js';
import { listCollections, listDatabases, listIndexes } from './listing.js';
import { currentOp, killOp } from './operations.js';
import { count, find } from './reading.js';
import {
  abortTransaction,
  commitTransaction,
  endSessions,
  killAllSessions,
  killAllSessionsByPattern,
  refreshSessions,
} from './session-commands.js';
import { validate } from './validate.js';
import { insert, remove, update } from './writes.js';

export interface CommandDefinition {
  readonly run: (invocation: Invocation) => Reply | Promise<Reply | Buffer>;
  /** Fields it knows besides the command's own name and those that every command has. */
  readonly fields: readonly string[];
  /** May be a statement of a multi-document transaction. */
  readonly inTransaction?: boolean;
  /** A txnNumber without a transaction makes it a retryable write. */
  readonly retryable?: boolean;
  /** Says itself what it does with the transaction of its session. */
  readonly endsTransaction?: boolean;
}

const HELLO_FIELDS = [
  'helloOk',
  'topologyVersion',
  'maxAwaitTimeMS',
  'client',
  'compression',
  'loadBalanced',
  'saslSupportedMechs',
  'speculativeAuthenticate',
  'hostInfo',
  'internalClient',
  'backpressure',
];
const hello: CommandDefinition = { run: admin.hello, fields: HELLO_FIELDS };
const findAndModifyFields =
  'query remove update new upsert sort fields hint arrayFilters let collation bypassDocumentValidation sampleId'.split(
    ' ',
  );

export const COMMANDS: Readonly<Record<string, CommandDefinition>> = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping: { run: admin.ok, fields: [] },
  buildInfo: { run: admin.buildInfo, fields: [] },
  buildinfo: { run: admin.buildInfo, fields: [] },
  hostInfo: { run: admin.hostInfo, fields: [] },
  connectionStatus: { run: admin.connectionStatus, fields: ['showPrivileges'] },
  getParameter: {
    run: admin.getParameter,
    fields: [
      'featureCompatibilityVersion',
      'enableTestCommands',
      'transactionLifetimeLimitSeconds',
      'authenticationMechanisms',
      'requireApiVersion',
    ],
  },
  getCmdLineOpts: { run: admin.getCmdLineOpts, fields: [] },
  serverStatus: {
    run: admin.serverStatus,
    fields: ['repl', 'metrics', 'locks', 'mirroredReads', 'latchAnalysis'],
  },
  whatsmyuri: { run: admin.whatsmyuri, fields: [] },
  startSession: { run: admin.startSession, fields: [] },
  endSessions: { run: endSessions, fields: [] },
  killSessions: { run: endSessions, fields: [] },
  refreshSessions: { run: refreshSessions, fields: [] },
  killAllSessionsByPattern: { run: killAllSessionsByPattern, fields: [] },
  killAllSessions: { run: killAllSessions, fields: [] },
  commitTransaction: { run: commitTransaction, fields: ['recoveryToken'], endsTransaction: true },
  abortTransaction: { run: abortTransaction, fields: ['recoveryToken'], endsTransaction: true },
  insert: {
    run: insert,
    fields: ['documents', 'ordered', 'bypassDocumentValidation'],
    inTransaction: true,
    retryable: true,
  },
  update: {
    run: update,
    fields: ['updates', 'ordered', 'bypassDocumentValidation', 'let'],
    inTransaction: true,
    retryable: true,
  },
  delete: { run: remove, fields: ['deletes', 'ordered', 'let'], inTransaction: true, retryable: true },
  bulkWrite: {
    run: bulkWrite,
    fields: ['ops', 'nsInfo', 'ordered', 'errorsOnly', 'bypassDocumentValidation', 'let', 'cursor'],
    inTransaction: true,
    retryable: true,
  },
  findAndModify: { run: findAndModify, fields: findAndModifyFields, inTransaction: true, retryable: true },
  findandmodify: { run: findAndModify, fields: findAndModifyFields, inTransaction: true, retryable: true },
  find: {
    run: find,
    fields:
      'filter sort projection hint skip limit batchSize singleBatch max min returnKey showRecordId tailable awaitData noCursorTimeout oplogReplay allowPartialResults allowDiskUse collation let'.split(
        ' ',
      ),
    inTransaction: true,
  },
  getMore: { run: getMore, fields: ['collection', 'batchSize'], inTransaction: true },
  killCursors: { run: killCursors, fields: ['cursors'], inTransaction: true },
  aggregate: {
    run: aggregate,
    fields: 'pipeline cursor explain allowDiskUse hint collation let bypassDocumentValidation'.split(' '),
    inTransaction: true,
  },
  count: { run: count, fields: ['query', 'limit', 'skip', 'hint', 'collation', 'fields'] },
  distinct: { run: distinct, fields: ['key', 'query', 'hint', 'collation'], inTransaction: true },
  explain: { run: explain, fields: ['verbosity'] },
  create: {
    run: create,
    fields:
      'capped timeseries expireAfterSeconds clusteredIndex changeStreamPreAndPostImages autoIndexId size max storageEngine validator validationLevel validationAction indexOptionDefaults viewOn pipeline collation encryptedFields'.split(
        ' ',
      ),
    inTransaction: true,
  },
  drop: { run: drop, fields: [] },
  dropDatabase: { run: dropDatabase, fields: [] },
  renameCollection: { run: renameCollection, fields: ['to', 'dropTarget'] },
  createIndexes: { run: createIndexes, fields: ['indexes', 'commitQuorum'], inTransaction: true },
  dropIndexes: { run: dropIndexes, fields: ['index'] },
  deleteIndexes: { run: dropIndexes, fields: ['index'] },
  listIndexes: { run: listIndexes, fields: ['cursor'] },
  listCollections: {
    run: listCollections,
    fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  },
  listDatabases: { run: listDatabases, fields: ['filter', 'nameOnly', 'authorizedDatabases'] },
  collStats: { run: admin.collStats, fields: ['scale'] },
  dbStats: { run: admin.dbStats, fields: ['scale', 'freeStorage'] },
  validate: { run: validate, fields: ['full', 'repair', 'metadata', 'checkBSONConformance', 'background'] },
  collMod: {
    run: collMod,
    fields: [
      'index',
      'validator',
      'validationLevel',
      'validationAction',
      'viewOn',
      'pipeline',
      'cappedSize',
      'cappedMax',
      'changeStreamPreAndPostImages',
      'expireAfterSeconds',
      'timeseries',
      'dryRun',
    ],
  },
  currentOp: { run: currentOp, fields: ['$all', '$ownOps'] },
  killOp: { run: killOp, fields: ['op'] },
  getLog: { run: admin.getLog, fields: [] },
  saslStart: { run: saslStart, fields: ['mechanism', 'payload', 'autoAuthorize', 'options', 'db'] },
  saslContinue: { run: saslContinue, fields: ['conversationId', 'payload'] },
  logout: { run: logout, fields: [] },
  configureFailPoint: { run: admin.configureFailPoint, fields: ['mode', 'data'] },
};

/** Fields that every command takes. */
export const COMMON_FIELDS: ReadonlySet<string> = new Set(
  (
    '$db lsid txnNumber startTransaction autocommit $clusterTime $readPreference readConcern writeConcern maxTimeMS ' +
    'comment apiVersion apiStrict apiDeprecationErrors maxTimeMSOpOnly $queryOptions stmtId'
  ).split(' '),
);
