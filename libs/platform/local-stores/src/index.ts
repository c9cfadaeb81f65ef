export { type LocalStores, type LocalStoresOptions, openLocalStores } from './open-local-stores.js';
export { type RunInfo, readRunFile, removeRunFile, writeRunFile } from './run-file.js';
