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
export type { EventName } from './verification/event-name.js';
export type { FieldDifference } from './verification/field-differences.js';
export type { FieldFinding, Finding, ProjectionReport } from './verification/findings.js';
export {
  type OpenedVerification,
  openVerification,
  type VerificationSettings,
} from './verification/open-verification.js';
export type { Scope } from './verification/selection.js';
export type { VerificationOptions, VerificationProgress } from './verification/verification.js';
