export { EXIT, type ExitCode, FatalError } from './exit-code.js';
export { type Ending, endingOf } from './fatal.js';
export { type Running, runApp } from './run-app.js';
