import { catchUpFiltered } from './filtered-subscription.js';
import { serveFramesOf } from './frames-from-memory.js';
import { genuineAppends, readAllPerSecond, subscribeToAllPerSecond } from './genuine-client.js';
import { appendAndFsyncP50Ms, supportedMethodsP50Ms } from './latency.js';
import { appendsPerSecond } from './lean-appends.js';
import { drain } from './lean-drain.js';
import { load } from './lean-load.js';
import { lmdbAppendsPerSecond } from './lmdb-loop.js';
import { randomReads } from './random-reads.js';
import { subscribe } from './subscribers.js';
import { serveWithoutStoring } from './without-storing.js';

/** What one process of these benches does; its answer is a line of JSON. Stand-ins go on until they are stopped. */
export const TASKS = {
  readAllPerSecond,
  subscribeToAllPerSecond,
  drain,
  appendsPerSecond,
  lmdbAppendsPerSecond,
  genuineAppends,
  appendAndFsyncP50Ms,
  supportedMethodsP50Ms,
  load,
  catchUpFiltered,
  randomReads,
  subscribe,
  serveFramesOf,
  serveWithoutStoring,
};
