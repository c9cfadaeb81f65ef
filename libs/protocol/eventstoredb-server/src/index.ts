export { backup, restore } from './backup.js';
export type { NodeLimits } from './node-context.js';
export {
  type EventStoreDbNode,
  EventStoreDbOptionError,
  type EventStoreDbOptions,
  type NodeLogger,
  startEventStoreDb,
} from './start-event-store-db.js';
export type { SyncMode } from './storage/index.js';
export { type Verified, verify } from './verify.js';
