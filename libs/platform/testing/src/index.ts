export { deepFreeze } from './deep-freeze.js';
export { type Decision, given } from './given.js';
export { type Documents, givenProjection } from './given-projection.js';
export { type RecordedOverrides, recorded } from './recorded.js';
