export type { ManagedProjection, ProjectionStatistics } from './managed-projection.js';
export { SystemProjections } from './system-projections.js';
