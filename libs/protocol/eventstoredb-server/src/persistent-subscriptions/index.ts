export type { Consumer } from './consumer.js';
export type { ConnectionInfo, GroupInfo } from './group-info.js';
export {
  ALL,
  consumerStrategyNamed,
  type FilterSettings,
  type GroupSettings,
  GroupSettingsError,
} from './group-settings.js';
export { GroupExistsError, GroupNotFoundError, PersistentSubscriptions } from './persistent-subscriptions.js';
export type { ConsumerConnection, RunningGroup } from './running-group.js';
