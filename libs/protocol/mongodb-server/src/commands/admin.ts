import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { ObjectId } from 'bson';
import { encodeValue, Timestamp, Uuid } from '../bson/encode.js';
import { BsonType } from '../bson/value.js';
import { MongoError, notSupported } from '../errors.js';
import { databaseOf } from '../storage/catalog.js';
import { helloAuthentication, isLoggedIn } from './authentication.js';
import type { Invocation, Reply } from './invocation.js';

const VERSION = '8.0.0';
const ELECTION_ID = new ObjectId('7fffffff0000000000000001');

/** The reply to hello and to its older names: a replica set of one member, this one. */
export function helloReply(invocation: Invocation): Reply {
  const { server, name } = invocation;
  const me = `${server.address.host.includes(':') ? `[${server.address.host}]` : server.address.host}:${server.address.port}`;
  const time = new Timestamp(server.engine.clusterTime);
  const now = new Date();
  return {
    helloOk: invocation.get('helloOk')?.truthy() ? true : undefined,
    ...(name === 'hello' ? { isWritablePrimary: true } : { ismaster: true }),
    topologyVersion: { processId: encodeValue(new ObjectId(server.processId)), counter: 0n },
    hosts: [me],
    setName: server.replicaSet,
    setVersion: 1,
    secondary: false,
    primary: me,
    me,
    electionId: ELECTION_ID,
    lastWrite: {
      opTime: { ts: time, t: 1n },
      lastWriteDate: now,
      majorityOpTime: { ts: time, t: 1n },
      majorityWriteDate: now,
    },
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: now,
    logicalSessionTimeoutMinutes: 30,
    connectionId: invocation.connection.id,
    minWireVersion: 0,
    maxWireVersion: 25,
    readOnly: false,
    ...helloAuthentication(invocation),
    ok: 1,
  };
}

/** How long an awaitable hello waits; undefined for one that is answered at once. */
export function helloWaitMs(invocation: Invocation): number | undefined {
  if (!invocation.get('topologyVersion')) return undefined;
  return invocation.number('maxAwaitTimeMS');
}

export async function hello(invocation: Invocation): Promise<Reply> {
  const waitMs = helloWaitMs(invocation);
  if (waitMs) await pause(invocation, waitMs);
  return helloReply(invocation);
}

/** Waits, or less when the connection goes. */
export async function pause(invocation: Invocation, ms: number): Promise<void> {
  await wait(ms, undefined, { signal: invocation.connection.closed, ref: false }).catch((error: unknown) => {
    if (!invocation.connection.closed.aborted) throw error;
  });
}

export const ok = (): Reply => ({ ok: 1 });

export const buildInfo = (): Reply => ({
  version: VERSION,
  gitVersion: 'tidemark-embedded',
  modules: [],
  versionArray: [8, 0, 0, 0],
  bits: 64,
  debug: false,
  maxBsonObjectSize: 16_777_216,
  storageEngines: ['lmdb'],
  ok: 1,
});

export const hostInfo = (): Reply => ({
  system: { currentTime: new Date(), hostname: hostname(), cpuAddrSize: 64, numCores: 1 },
  os: { type: process.platform, name: process.platform, version: '' },
  extra: {},
  ok: 1,
});

export function connectionStatus({ server, connection }: Invocation): Reply {
  const isUser = server.user !== undefined && isLoggedIn(connection);
  return {
    authInfo: {
      authenticatedUsers: isUser ? [{ user: server.user.name, db: 'admin' }] : [],
      authenticatedUserRoles: isUser ? [{ role: 'root', db: 'admin' }] : [],
    },
    ok: 1,
  };
}

export const whatsmyuri = (invocation: Invocation): Reply => ({
  you: invocation.connection.remoteAddress,
  ok: 1,
});

export const getCmdLineOpts = (): Reply => ({ argv: ['mongodb-server'], parsed: {}, ok: 1 });

export const startSession = (): Reply => ({
  id: { id: new Uuid(Buffer.from(randomUUID().replaceAll('-', ''), 'hex')) },
  timeoutMinutes: 30,
  ok: 1,
});

export function getParameter(invocation: Invocation): Reply {
  const wantsAll = invocation.get('getParameter')?.type === 2;
  const known: Reply = {
    featureCompatibilityVersion: { version: '8.0' },
    enableTestCommands: invocation.server.failPoints ? 1 : 0,
    transactionLifetimeLimitSeconds: 60,
  };
  const asked = Object.keys(known).filter((name) => wantsAll || invocation.get(name));
  if (asked.length === 0) throw new MongoError(72, 'no option found to get');
  return { ...Object.fromEntries(asked.map((name) => [name, known[name]])), ok: 1 };
}

export function serverStatus(invocation: Invocation): Reply {
  const { server } = invocation;
  const uptimeMs = Date.now() - server.startedAt.getTime();
  const me = `${server.address.host}:${server.address.port}`;
  return {
    host: me,
    version: VERSION,
    process: 'tidemark-embedded',
    pid: BigInt(process.pid),
    uptime: uptimeMs / 1000,
    uptimeMillis: BigInt(uptimeMs),
    localTime: new Date(),
    repl: {
      setName: server.replicaSet,
      setVersion: 1,
      isWritablePrimary: true,
      secondary: false,
      primary: me,
      hosts: [me],
      me,
    },
    metrics: { cursor: { open: { total: BigInt(server.cursors.count) } } },
    mem: { bits: 64, resident: Math.round(process.memoryUsage.rss() / 1024 / 1024) },
    storageEngine: { name: 'lmdb', persistent: true },
    ok: 1,
  };
}

/** There is no log of its own: the host program's logger has it. */
export function getLog(invocation: Invocation): Reply {
  const which = invocation.get('getLog')?.type === BsonType.string ? invocation.string('getLog') : '';
  if (which === '*') return { names: ['global', 'startupWarnings'], ok: 1 };
  if (which !== 'global' && which !== 'startupWarnings') throw new MongoError(96, `No log named '${which}'`);
  return { totalLinesWritten: 0, log: [], ok: 1 };
}

export function configureFailPoint(invocation: Invocation): Reply {
  const { failPoints } = invocation.server;
  if (!failPoints)
    throw new MongoError(59, "no such command: 'configureFailPoint' (start the server with failPoints)");
  const mode = invocation.get('mode');
  if (!mode) throw new MongoError(40414, "BSON field 'mode' is missing but a required field");
  failPoints.configure(invocation.string('configureFailPoint'), mode, invocation.document('data'));
  return { ok: 1 };
}

export function collStats(invocation: Invocation): Promise<Reply> {
  const { namespace } = invocation;
  return invocation.read((context) => {
    const info = context.collection(namespace);
    const count = info ? context.countOf(info.ident) : 0;
    return {
      ns: namespace,
      count,
      size: 0,
      storageSize: 0,
      nindexes: info ? info.indexes.length + 1 : 0,
      capped: false,
      ok: 1,
    };
  });
}

export function dbStats(invocation: Invocation): Promise<Reply> {
  return invocation.read((context) => {
    const own = [...context.collections()].filter(
      ({ namespace }) => databaseOf(namespace) === invocation.database,
    );
    return {
      db: invocation.database,
      collections: own.length,
      views: 0,
      objects: own.reduce((sum, { ident }) => sum + context.countOf(ident), 0),
      indexes: own.reduce((sum, { indexes }) => sum + indexes.length + 1, 0),
      ok: 1,
    };
  });
}

/** Real commands of MongoDB that this server refuses by name, so that they are told from misspelt ones. */
export const ABSENT_COMMANDS = new Set(
  (
    'mapReduce geoSearch convertToCapped cloneCollectionAsCapped compact reIndex fsync fsyncUnlock dbHash ' +
    'createUser updateUser dropUser usersInfo grantRolesToUser revokeRolesFromUser createRole dropRole rolesInfo authenticate ' +
    'replSetGetStatus replSetInitiate replSetReconfig replSetStepDown replSetFreeze replSetGetConfig ' +
    'addShard enableSharding shardCollection createSearchIndexes dropSearchIndex listSearchIndexes updateSearchIndex ' +
    'setFeatureCompatibilityVersion setParameter shutdown top profile filemd5 planCacheClear planCacheListFilters ' +
    'dataSize listCommands lockInfo connPoolStats setDefaultRWConcern getDefaultRWConcern logRotate'
  ).split(' '),
);

export function refuseAbsent(name: string): never {
  if (ABSENT_COMMANDS.has(name)) throw notSupported(`the command ${name}`);
  throw new MongoError(59, `no such command: '${name}'`);
}
