export { type Answer, Api } from './api.js';
export { type AppName, type StartedApp, startApp, untilReady } from './apps.js';
export { Child, type ChildOptions, type Exit, ROOT, run } from './child.js';
export { type EventuallyOptions, eventually, Hopeless } from './eventually.js';
export { freePort } from './free-port.js';
export { type StoreName, StoreProcess } from './stores.js';
export { type TemporaryFolder, temporaryFolder } from './temporary-folder.js';
