import type { NodeLimits } from './node-context.js';
import type { SyncMode } from './storage/index.js';

/** All that a node needs to know to run, every default filled in; crosses to the worker thread. */
export interface NodeSettings {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** What gossip tells clients to connect to. */
  readonly advertisedHost: string;
  readonly sync: SyncMode;
  readonly limits: NodeLimits;
  readonly projectionStartDelayMs: number;
}

/**
 * As at a real node, an enabled projection takes about a second to start: clients rely on link streams lagging
 * when they create a persistent subscription to the end of one right behind what they appended.
 */
export const DEFAULT_PROJECTION_START_DELAY_MS = 1_000;

export const DEFAULT_LIMITS: NodeLimits = {
  maxAppendBytes: 1024 * 1024,
  maxAppendEventBytes: 2 ** 31 - 1,
};
