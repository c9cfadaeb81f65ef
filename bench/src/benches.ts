import type { Bench } from './bench.js';

export const BENCHES: Readonly<Record<string, Bench>> = {};
