export { DataFolderError, type DataFolderProblem } from './data-folder-error.js';
export type { DataFolderKind } from './folder-format.js';
export { checkDataFolder, makeDataFolder, type NewDataFolder } from './make-data-folder.js';
export { type DataFolder, type DataFolderOptions, openDataFolder } from './open-data-folder.js';
export { isRunning, type ProcessIdentity, thisProcess } from './process-identity.js';
