export { projectionsCheck, readModelsCheck } from './projections-check.js';
export { eventStoreCheck, mongoCheck, storeCheck } from './store-checks.js';
