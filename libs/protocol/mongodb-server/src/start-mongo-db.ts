import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openDataFolder } from '#libs/protocol/data-folder';
import { BackupError, FORMAT_VERSION, makeDataFolder, STORE } from './backup.js';
import { MongoDbStartError } from './start-error.js';
import { DEFAULT_RETENTION } from './storage/change-log.js';
import type { FromThread, ThreadOptions, ToThread } from './thread-messages.js';

/** Where reports of faults go; pino's logger fits. */
export interface MongoDbLogger {
  error(details: object, message: string): void;
}

export interface MongoDbOptions {
  /** Folder of the data, made when it is missing. Absent: a temporary one that is removed on close. */
  readonly dataDir?: string;
  /** Address to listen on; only loopback, unless clients have to log in as `user`. Default `127.0.0.1`. */
  readonly host?: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** `always` (default): acknowledged means on disk. `none`: the operating system writes when it likes; for tests. */
  readonly sync?: 'always' | 'none';
  /** Lets clients ask for failures with `configureFailPoint`; for tests. */
  readonly failPoints?: boolean;
  /**
   * How much of the past change streams can resume from, whichever is reached first; each watched database on its own.
   * Default: 24 hours, 256 MiB.
   */
  readonly changeRetention?: { readonly maxAgeMs?: number; readonly maxBytes?: number };
  /**
   * The one user: clients log in with SCRAM-SHA-256, or are refused with code 13. Demanded outside loopback. There is
   * no TLS. The password is of printable ASCII characters; the URL that `startMongoDb` returns does not hold it.
   */
  readonly user?: { readonly name: string; readonly password: string };
  /** Listens on other addresses than loopback without a user, open to everybody who reaches them. */
  readonly insecureListenOnNetwork?: boolean;
  /** Default: standard error. */
  readonly logger?: MongoDbLogger;
}

const STANDARD_ERROR: MongoDbLogger = { error: (details, message) => console.error(message, details) };

export interface MongoDb {
  /** Connection string for the driver. */
  readonly url: string;
  readonly address: { readonly host: string; readonly port: number };
  /** Settles when the server is gone: resolves after `close`, rejects when it crashed. Nobody has to listen. */
  readonly closed: Promise<void>;
  /**
   * Copies the data into a folder that is not there yet, while work goes on: the state of one moment, with everything
   * acknowledged before. The copy is a data folder; it is whole and on disk when the promise resolves.
   * @throws BackupError when something is there already, or the copy failed.
   */
  backup(to: string): Promise<void>;
  /** Answers what was accepted, ends the thread and gives the folder back. Again is harmless. */
  close(): Promise<void>;
}

/**
 * Starts the server in a thread of its own.
 * @throws MongoDbStartError a taken port, or an address that is not loopback.
 * @throws DataFolderError a folder in use, unwritable, or of another format.
 */
export async function startMongoDb(options: MongoDbOptions = {}): Promise<MongoDb> {
  const { host = '127.0.0.1', port = 0, sync = 'always', failPoints = false } = options;
  const changeRetention = { ...DEFAULT_RETENTION, ...options.changeRetention };
  const { user } = options;
  if (user) checkUser(user);
  else if (!isLoopback(host) && !options.insecureListenOnNetwork) {
    throw new MongoDbStartError(
      'remote-refused',
      `Without a user the embedded MongoDB server listens on loopback only, not on ${host}; set user so that clients log in, or insecureListenOnNetwork to open it to everybody.`,
    );
  }
  const temporary =
    options.dataDir === undefined ? await mkdtemp(join(tmpdir(), 'tidemark-mongodb-')) : undefined;
  const path = temporary ?? options.dataDir!;
  const removeTemporary = async () => {
    if (temporary) await rm(temporary, { recursive: true, force: true });
  };
  try {
    const folder = await openDataFolder({ path, kind: 'mongodb', formatVersion: FORMAT_VERSION });
    const release = async () => {
      folder.release();
      await removeTemporary();
    };
    try {
      return await startThread(
        { path: join(folder.path, STORE), host, port, sync, failPoints, changeRetention, user },
        options.logger ?? STANDARD_ERROR,
        release,
      );
    } catch (error) {
      folder.release();
      throw error;
    }
  } catch (error) {
    await removeTemporary();
    throw error;
  }
}

/** What SASLprep would change is refused, so that the password that counts is the one that was set. */
function checkUser({ name, password }: { readonly name: string; readonly password: string }): void {
  if (name !== '' && /^[\x20-\x7e]+$/.test(password)) return;
  throw new MongoDbStartError(
    'user-unusable',
    'The user needs a name, and a password of printable ASCII characters.',
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function startThread(
  options: ThreadOptions,
  logger: MongoDbLogger,
  release: () => Promise<void>,
): Promise<MongoDb> {
  const worker = new Worker(new URL('./server-thread.js', import.meta.url), { workerData: options });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    worker.once('error', (error) => {
      logger.error({ err: error }, 'The embedded MongoDB server broke down.');
      reject(error);
    });
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'report') logger.error({ err: message.error }, message.message);
      else if (message.kind === 'failed') {
        ended.then(() => reject(failure(message, options))).catch(reject);
      } else if (message.kind === 'listening') resolve(running(worker, message.address, ended, release));
    });
  });
}

let lastCopy = 0;

/** Has the thread copy its store. */
function copyStore(worker: Worker, ended: Promise<void>, folder: string): Promise<void> {
  const id = ++lastCopy;
  return new Promise((resolve, reject) => {
    const listen = (message: FromThread) => {
      if (message.kind !== 'copied' || message.id !== id) return;
      worker.off('message', listen);
      if (message.error === undefined) resolve();
      else reject(new BackupError(`The backup failed: ${message.error}`));
    };
    worker.on('message', listen);
    void ended.then(() => reject(new BackupError('The backup failed: the server is closed.')));
    worker.postMessage({ kind: 'copy', id, folder } satisfies ToThread);
  });
}

function failure(message: Extract<FromThread, { kind: 'failed' }>, { host, port }: ThreadOptions): Error {
  if (message.code === 'EADDRINUSE') {
    return new MongoDbStartError('port-taken', `Port ${port} on ${host} is in use by another program.`);
  }
  if (message.code === 'EADDRNOTAVAIL' || message.code === 'ENOTFOUND' || message.code === 'EACCES') {
    return new MongoDbStartError(
      'address-unusable',
      `The address ${host}:${port} cannot be listened on (${message.code}).`,
    );
  }
  return new Error(`The embedded MongoDB server did not start: ${message.message}`);
}

function running(
  worker: Worker,
  address: { host: string; port: number },
  ended: Promise<void>,
  release: () => Promise<void>,
): MongoDb {
  let closing: Promise<void> | undefined;
  let failure = new Error('The thread of the embedded MongoDB server ended by itself.');
  worker.once('error', (error) => {
    failure = error;
  });
  const closed = ended.then(async () => {
    if (closing === undefined) throw failure;
    await closing;
  });
  closed.catch(() => undefined); // the logger was told
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `mongodb://${host}:${address.port}/?replicaSet=tidemark`,
    address,
    closed,
    backup: (to) => makeDataFolder(to, (folder) => copyStore(worker, ended, folder)),
    close() {
      closing ??= (async () => {
        worker.postMessage({ kind: 'close' } satisfies ToThread);
        await ended;
        await release();
      })();
      return closing;
    },
  };
}
