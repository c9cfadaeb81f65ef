export { differences } from './differences.js';
export { type Documents, FoldApart } from './fold-apart.js';
export { readLog } from './read-log.js';
