import { mkdtemp, rm } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openDataFolder } from '#libs/protocol/data-folder';
import { backup } from './backup.js';
import { DATA_FORMAT } from './data-format.js';
import type { NodeLimits } from './node-context.js';
import { DEFAULT_LIMITS, DEFAULT_PROJECTION_START_DELAY_MS, type NodeSettings } from './node-settings.js';
import type { SyncMode } from './storage/index.js';
import type { FromWorker, SentError, ToWorker } from './worker-messages.js';

export interface EventStoreDbOptions {
  /** Where the log is kept. Absent: a temporary folder, removed by `close`. */
  readonly dataDir?: string;
  /** Default 127.0.0.1. Others than loopback need `insecureListenOnNetwork`. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** The node has neither TLS nor users: whoever reaches the address may read and write everything. */
  readonly insecureListenOnNetwork?: boolean;
  /** What gossip tells clients to connect to; default `host`, or 127.0.0.1 where that is a wildcard. */
  readonly advertisedHost?: string;
  /** 'always' (default): an append is answered once the disk has it. 'none': a power cut may lose it. */
  readonly sync?: SyncMode;
  readonly limits?: Partial<NodeLimits>;
  readonly logger?: NodeLogger;
}

export interface NodeLogger {
  error(message: string, error?: unknown): void;
}

export interface EventStoreDbNode {
  /** Connection string for clients. */
  readonly url: string;
  readonly address: { readonly host: string; readonly port: number };
  /**
   * Settles when the node is gone: resolves after `close`, rejects when it crashed. Nobody has to listen:
   * the logger hears of a crash too.
   */
  readonly closed: Promise<void>;
  /**
   * Copies the log while the node goes on: the copy is a data folder with all that was acknowledged before, there
   * whole or not at all. @param to where nothing is yet. @throws DataFolderError, LogDamagedError
   */
  backup(to: string): Promise<void>;
  /** Answers what is open, waits for the disk and stops; nothing of the node is left. */
  close(): Promise<void>;
}

/** A start option is wrong. */
export class EventStoreDbOptionError extends Error {
  override readonly name = 'EventStoreDbOptionError';
}

/**
 * Starts a node in a thread of its own; resolves when it answers.
 * @throws EventStoreDbOptionError, DataFolderError, or the error of a port that cannot be had (EADDRINUSE…).
 */
export async function startEventStoreDb(options: EventStoreDbOptions = {}): Promise<EventStoreDbNode> {
  const { host, port, advertisedHost } = checkedAddress(options);
  const temporary =
    options.dataDir === undefined ? await mkdtemp(join(tmpdir(), 'eventstoredb-')) : undefined;
  // Held by this thread, so that a crash of the other gives it back.
  const folder = await openDataFolder({
    path: temporary ?? (options.dataDir as string),
    ...DATA_FORMAT,
    migrate: async () => undefined,
  });
  const settings: NodeSettings = {
    dataDir: folder.path,
    host,
    port,
    advertisedHost,
    sync: options.sync ?? 'always',
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    projectionStartDelayMs: DEFAULT_PROJECTION_START_DELAY_MS,
  };
  return startWorker(settings, options.logger ?? CONSOLE, async () => {
    folder.release();
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  });
}

const CONSOLE: NodeLogger = { error: (message, error) => console.error(message, error ?? '') };

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const WILDCARDS = new Set(['0.0.0.0', '::', '']);

function checkedAddress(options: EventStoreDbOptions) {
  const { host = '127.0.0.1', port = 0, insecureListenOnNetwork = false } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new EventStoreDbOptionError(`The port must be a whole number from 0 to 65535, not ${port}.`);
  if (!LOOPBACK.has(host) && !insecureListenOnNetwork)
    throw new EventStoreDbOptionError(
      `The node has no access control, so it listens on ${host} only with insecureListenOnNetwork.`,
    );
  const advertisedHost = options.advertisedHost ?? (WILDCARDS.has(host) ? '127.0.0.1' : host);
  return { host, port, advertisedHost };
}

async function startWorker(
  settings: NodeSettings,
  logger: NodeLogger,
  giveBackFolder: () => Promise<void>,
): Promise<EventStoreDbNode> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: settings });
  const ended = new Promise<void>((exited) => worker.once('exit', () => exited())).then(giveBackFolder);
  const address = await listening(worker).catch(async (error: unknown) => {
    await ended;
    throw error;
  });
  let closing = false;
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'unexpected') logger.error(message.message, message.error);
  });
  const closed = new Promise<void>((done, crashed) => {
    let failure: unknown;
    worker.on('error', (error) => {
      failure = error;
    });
    ended.then(() => {
      if (failure === undefined && closing) return done();
      failure ??= new Error('Its thread ended by itself.');
      logger.error('The EventStoreDB node crashed.', failure);
      crashed(failure);
    }, crashed);
  });
  closed.catch(() => undefined); // the logger was told
  return {
    url: `esdb://${isIPv6(settings.advertisedHost) ? `[${settings.advertisedHost}]` : settings.advertisedHost}:${address.port}?tls=false`,
    address,
    closed,
    backup: (to) => backup(settings.dataDir, to),
    close() {
      if (!closing) worker.postMessage({ kind: 'close' } satisfies ToWorker);
      closing = true;
      return closed;
    },
  };
}

function listening(worker: Worker): Promise<{ host: string; port: number }> {
  return new Promise((done, failed) => {
    worker.once('error', failed);
    worker.once('message', (message: FromWorker) => {
      worker.off('error', failed);
      if (message.kind === 'listening') done({ host: message.host, port: message.port });
      else if (message.kind === 'failed') failed(revived(message.error));
      else failed(new Error(`The EventStoreDB node said ${message.kind} before it listened.`));
    });
  });
}

function revived({ name, message, code }: SentError): Error {
  return Object.assign(new Error(message), { name, ...(code !== undefined && { code }) });
}
