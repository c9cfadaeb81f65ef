export { copyLog } from './copy-log.js';
export {
  EventLog,
  type EventLogOptions,
  LogUnavailableError,
  type PendingAppend,
} from './event-log.js';
export type { Extent } from './extent.js';
export { type IndexBlock, readIndexFile } from './index-file.js';
export type { KeptIndex, LogIndex } from './index-keeper.js';
export type { LogScan } from './log-scan.js';
export { walkLog } from './log-walk.js';
export { type NodeFile, type NodeFiles, nodeFiles } from './node-files.js';
export { LogDamagedError } from './segment.js';
export type { SyncMode } from './segmented-log.js';
