import { randomBytes } from 'node:crypto';
import { Cursors } from './commands/cursors.js';
import { Dispatcher } from './commands/dispatcher.js';
import { Expiry } from './commands/expiry.js';
import { FailPoints } from './commands/fail-points.js';
import { Operations } from './commands/operations.js';
import type { ServerState } from './commands/server-state.js';
import { RetryableWrites } from './sessions/retryable-writes.js';
import { scramUser } from './sessions/scram.js';
import { Sessions } from './sessions/sessions.js';
import type { ChangeRetention } from './storage/change-log.js';
import { Engine } from './storage/engine.js';
import { KeyValueStore } from './storage/key-value-store.js';
import { startWireServer } from './wire/index.js';

const HOUSEKEEPING_MS = 60_000;

export interface ServerOptions {
  readonly path: string;
  readonly host: string;
  readonly port: number;
  readonly sync: 'always' | 'none';
  readonly failPoints: boolean;
  readonly user: { readonly name: string; readonly password: string } | undefined;
  readonly changeRetention: ChangeRetention;
  readonly report: (message: string, error: unknown) => void;
}

export interface RunningServer {
  readonly address: { readonly host: string; readonly port: number };
  /** A copy of the committed state of one moment, while work goes on. */
  copyStoreTo(folder: string): Promise<void>;
  close(): Promise<void>;
}

/** The server in this thread: store, commands, sockets. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { report } = options;
  const engine = new Engine(KeyValueStore.open(options.path, options.sync), report, options.changeRetention);
  try {
    await engine.recover();
    return await serve(engine, options);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function serve(engine: Engine, options: ServerOptions): Promise<RunningServer> {
  const { report } = options;
  const retries = new RetryableWrites();
  const sessions = new Sessions(engine, retries);
  const cursors = new Cursors();
  const state: ServerState = {
    engine,
    retries,
    sessions,
    cursors,
    operations: new Operations(),
    user: options.user && scramUser(options.user.name, options.user.password),
    failPoints: options.failPoints ? new FailPoints() : undefined,
    startedAt: new Date(),
    processId: randomBytes(12),
    replicaSet: 'tidemark',
    address: { host: options.host, port: options.port },
  };
  const dispatcher = new Dispatcher(state, report);
  const wire = await startWireServer({
    host: options.host,
    port: options.port,
    handler: dispatcher.handle,
    onUnexpectedError: (error) => report('A connection failed in a way that it should not.', error),
  });
  state.address = wire.address;
  const expiry = new Expiry(engine);
  const housekeeping = setInterval(() => {
    cursors.expire();
    engine.changeLogKeeper.trim();
    expiry.pass().catch((error) => report('Removing expired documents failed.', error));
    sessions.expire().catch((error) => report('Forgetting old sessions failed.', error));
  }, HOUSEKEEPING_MS);
  housekeeping.unref();
  return {
    address: wire.address,
    copyStoreTo: (folder) => engine.copyStoreTo(folder),
    async close() {
      clearInterval(housekeeping);
      sessions.endAll();
      await wire.close();
      await engine.close();
    },
  };
}
