export type { StopReason } from './checkpoint.js';
export { isReadModelStoreAway, queryError } from './mongo/connect.js';
export { MongoReadModels } from './mongo/mongo-read-models.js';
export type { ProjectorReport, ReportedProjection } from './mongo/projector-report.js';
export { ProjectorModule, type ProjectorModuleOptions } from './projector.module.js';
export { type ProjectionState, type ProjectionStatus, ProjectorStatus } from './projector-status.js';
export { READ_MODEL_ERRORS } from './read-model-errors.js';
export { ReadModels, type Stored } from './read-models.js';
export { ReadModelsModule, type ReadModelsOptions } from './read-models.module.js';
export {
  connectProjector,
  type ProjectorSettings,
  type RunningProjector,
  rebuildFromLog,
} from './run-projector.js';
