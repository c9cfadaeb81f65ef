import type { Report } from './report.js';

export interface BenchOptions {
  readonly quick: boolean;
  readonly log: (line: string) => void;
}

export type Bench = (options: BenchOptions) => Promise<Report>;
