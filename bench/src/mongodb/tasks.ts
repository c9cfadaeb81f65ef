import { commits, fill, finds, scan, updates, writes } from './driver-load.js';
import { serveFixedAnswers } from './fixed-answers.js';
import { lmdbScan, lmdbWrites } from './lmdb-loop.js';

/** What one process of these benches does; its answer is a line of JSON. The stand-in goes on until it is stopped. */
export const TASKS = { fill, finds, writes, commits, scan, updates, lmdbWrites, lmdbScan, serveFixedAnswers };
