import type { EventLog } from '../storage/index.js';
import type { CommitSignals } from '../streams/commit-signals.js';
import type { StreamIndex } from '../streams/stream-index.js';
import type { StreamWriter } from '../streams/stream-writer.js';

/** What persistent subscriptions need of the node. */
export interface StoredLog {
  readonly log: EventLog;
  readonly index: StreamIndex;
  readonly writer: StreamWriter;
  readonly signals: CommitSignals;
}

/** The frame of a durable event; a promise when it has to come from disk. */
export function frameAt({ log }: Pick<StoredLog, 'log'>, position: number): Buffer | Promise<Buffer> {
  const extent = log.extentAt(position);
  return extent instanceof Promise ? extent.then((loaded) => loaded.frame(position)) : extent.frame(position);
}
