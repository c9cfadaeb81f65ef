import type { NodeMetrics } from './metrics/index.js';
import type { PersistentSubscriptions } from './persistent-subscriptions/index.js';
import type { EventLog } from './storage/index.js';
import type { CommitSignals } from './streams/commit-signals.js';
import type { StreamIndex } from './streams/stream-index.js';
import type { StreamWriter } from './streams/stream-writer.js';
import type { SystemProjections } from './system-projections/index.js';

export interface NodeLimits {
  /** Sum of the data of one append, in bytes; default 1 MiB, as EventStoreDB. */
  readonly maxAppendBytes: number;
  /** Data of one event, in bytes; default 2^31 - 1, as EventStoreDB. */
  readonly maxAppendEventBytes: number;
}

/** What a node stores. */
export interface StoredNode {
  readonly log: EventLog;
  readonly index: StreamIndex;
  readonly writer: StreamWriter;
  readonly signals: CommitSignals;
  readonly limits: NodeLimits;
}

/** What the services of one node share. */
export interface NodeContext extends StoredNode {
  readonly persistentSubscriptions: PersistentSubscriptions;
  readonly projections: SystemProjections;
  readonly metrics: NodeMetrics;
}
