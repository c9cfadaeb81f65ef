import type { ContextDefinition } from '#libs/platform/kernel';
import { createLogger, createMetrics, type Logger, type Metrics } from '#libs/platform/observability';
import type { CheckpointFeed } from './checkpoint-feed.js';
import { EsdbLogFeed } from './esdb/esdb-log-feed.js';
import type { LaneLimits } from './lane.js';
import { mongoClient } from './mongo/connect.js';
import { MongoProjectionStore } from './mongo/mongo-projection-store.js';
import { Projector } from './projector.js';
import { ProjectionRegistry } from './registry.js';

export interface ProjectorSettings {
  /** `esdb://…` */
  readonly eventStoreUrl: string;
  /** `mongodb://…` of a replica set. */
  readonly mongoUrl: string;
  readonly contexts: readonly ContextDefinition[];
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly checkpoints?: CheckpointFeed;
  readonly limits?: Partial<LaneLimits>;
  readonly watchMs?: number;
}

export interface RunningProjector {
  readonly projector: Projector;
  /** Stops the projections and closes the connections, in under 3 seconds. */
  close(): Promise<void>;
}

/** A projector on the two stores, not yet started. */
export function connectProjector(settings: ProjectorSettings): RunningProjector {
  const { eventStoreUrl, mongoUrl, contexts, ...rest } = settings;
  const registry = new ProjectionRegistry(contexts);
  const client = mongoClient(mongoUrl, 'tidemark-projector');
  const projector = new Projector({
    logger: createLogger({ level: 'info', format: 'auto' }),
    metrics: createMetrics(),
    ...rest,
    registry,
    store: new MongoProjectionStore(client),
    connectLog: () => new EsdbLogFeed(eventStoreUrl, registry.prefixes),
  });
  return {
    projector,
    async close() {
      await projector.stop();
      await client.close(true);
    },
  };
}

/**
 * Builds all read models from the whole log, as the projector does, and ends at the log's end. From zero where the
 * contexts' databases are empty.
 * @throws Error a projection was stopped by a fault.
 */
export async function rebuildFromLog(
  settings: ProjectorSettings,
): Promise<{ events: number; tookMs: number }> {
  const startedAt = performance.now();
  const { projector, close } = connectProjector(settings);
  try {
    projector.start();
    await projector.caughtUp();
    const tookMs = performance.now() - startedAt;
    const stopped = projector.list().find(({ state }) => state === 'stopped');
    if (stopped) throw new Error(`${stopped.name} was stopped: ${stopped.reason}`);
    return { events: projector.handledEvents, tookMs };
  } finally {
    await close();
  }
}
