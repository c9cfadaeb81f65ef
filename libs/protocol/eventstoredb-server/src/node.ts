import { randomUUID } from 'node:crypto';
import { startGrpcServer } from './grpc/index.js';
import { httpListener, httpRoutes } from './http/index.js';
import { measuredFiles, NodeMetrics } from './metrics/index.js';
import type { NodeContext, StoredNode } from './node-context.js';
import type { NodeSettings } from './node-settings.js';
import { EventFilter } from './operations/event-filter.js';
import { PersistentSubscriptions } from './persistent-subscriptions/index.js';
import { isStreamsPath, LONG_LIVED_PATHS, MAX_STREAMS_REQUEST_BYTES, services } from './services.js';
import { EventLog, type NodeFiles, nodeFiles } from './storage/index.js';
import { CommitSignals } from './streams/commit-signals.js';
import { StreamIndex } from './streams/stream-index.js';
import { StreamWriter } from './streams/stream-writer.js';
import { writeFirstSystemEvents } from './system-events.js';
import { SystemProjections } from './system-projections/index.js';

const REMEMBERED_EVENT_IDS = 400_000;
const DEFAULT_GRPC_REQUEST_BYTES = 4 * 1024 * 1024;

export interface RunningNode {
  readonly address: { readonly host: string; readonly port: number };
  /** Answers what is open with a status, then waits for the disk. */
  close(): Promise<void>;
}

/** Runs the node in this thread, on `files`; the caller owns the data folder. */
export async function runNode(
  settings: NodeSettings,
  onUnexpectedError: (message: string, error: unknown) => void,
  files: NodeFiles = nodeFiles,
): Promise<RunningNode> {
  const metrics = new NodeMetrics();
  const stored = await openNode(settings, measuredFiles(files, metrics));
  const projections = new SystemProjections(stored, settings.projectionStartDelayMs);
  let persistentSubscriptions: PersistentSubscriptions | undefined;
  const closeStored = async () => {
    await persistentSubscriptions?.close();
    await projections.close();
    await stored.log.close();
  };
  try {
    await projections.open();
    persistentSubscriptions = await startPersistentSubscriptions(stored, onUnexpectedError);
    const node = { ...stored, persistentSubscriptions, projections, metrics };
    metrics.follow(node);
    let isReady = true;
    const server = await serve(node, settings, onUnexpectedError, () => isReady);
    return {
      address: server.address,
      async close() {
        isReady = false;
        await server.close();
        await closeStored();
      },
    };
  } catch (error) {
    await closeStored();
    throw error;
  }
}

/** Opens what a node stores, without serving it. */
export async function openNode(
  { dataDir: folder, sync, limits }: Pick<NodeSettings, 'dataDir' | 'sync' | 'limits'>,
  files: NodeFiles = nodeFiles,
): Promise<StoredNode> {
  const index = new StreamIndex(REMEMBERED_EVENT_IDS);
  const log = await EventLog.open({ folder, sync, files }, index);
  const signals = new CommitSignals();
  log.onCommit(() => signals.committed());
  const writer = new StreamWriter(log, index, signals);
  if (log.endPosition === 0) await writeFirstSystemEvents(writer);
  return { log, index, writer, signals, limits };
}

function startPersistentSubscriptions(
  stored: StoredNode,
  onError: (message: string, error: unknown) => void,
): Promise<PersistentSubscriptions> {
  return PersistentSubscriptions.open({
    stored,
    onError,
    now: Date.now,
    every(intervalMs, callback) {
      const timer = setInterval(callback, intervalMs);
      return () => clearInterval(timer);
    },
    compileFilter: ({ on, regex, prefixes }) => new EventFilter(on, regex, prefixes),
  });
}

async function serve(
  node: NodeContext,
  settings: NodeSettings,
  onUnexpectedError: (message: string, error: unknown) => void,
  isReady: () => boolean,
) {
  const instanceId = randomUUID();
  const reached = () => ({ instanceId, host: settings.advertisedHost, port: server.address.port });
  const server = await startGrpcServer({
    host: settings.host,
    port: settings.port,
    handlers: services(node, reached),
    http1: httpListener(httpRoutes(node, reached, isReady)),
    maxReceiveBytes: (path) => (isStreamsPath(path) ? MAX_STREAMS_REQUEST_BYTES : DEFAULT_GRPC_REQUEST_BYTES),
    isLongLived: (path) => LONG_LIVED_PATHS.has(path),
    onUnexpectedError: (path, error) => onUnexpectedError(`A call of ${path} failed unexpectedly.`, error),
  });
  return server;
}
