export { measuredFiles } from './measured-files.js';
export { NodeMetrics } from './node-metrics.js';
