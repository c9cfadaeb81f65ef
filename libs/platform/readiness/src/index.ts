export { projectionsCheck, readModelsCheck } from './projections-check.js';
export { startReports } from './projector-reports.js';
export { eventStoreCheck, mongoCheck, storeCheck } from './store-checks.js';
