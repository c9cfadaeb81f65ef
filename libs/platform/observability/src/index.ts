export { createLogger, type LogFormat, type Logger, type LoggerSettings, NestLogger } from './logger.js';
export { type CommandFigures, commandFigures, measuredCommand, outcomeOf, storeIsUp } from './measured.js';
export { collectProcessMetrics, createMetrics, type Metrics, metrics, type StoreName } from './metrics.js';
export { redactionPaths } from './redaction.js';
