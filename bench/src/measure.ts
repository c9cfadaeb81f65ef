import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('No values to take the median of.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
  /** Median of the rounds' own ratios. */
  readonly ratio: number;
}

/** Runs both sides in turn, `rounds` times, so that what else the machine does falls on both. */
export async function interleaved(
  rounds: number,
  numerator: () => Promise<number>,
  denominator: () => Promise<number>,
): Promise<Ratio> {
  const above: number[] = [];
  const below: number[] = [];
  for (let round = 0; round < rounds; round++) {
    above.push(await numerator());
    below.push(await denominator());
  }
  return {
    numerator: median(above),
    denominator: median(below),
    ratio: median(above.map((value, round) => value / (below[round] as number))),
  };
}

/** Writes of 4 KiB, each followed by fdatasync, per second, on the disk of the temporary folder. */
export function fsyncsPerSecond(forMs = 1_000): number {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-fsync-'));
  const file = openSync(join(folder, 'probe'), 'w');
  const block = Buffer.alloc(4_096, 1);
  try {
    const startedAt = performance.now();
    let count = 0;
    while (performance.now() - startedAt < forMs) {
      writeSync(file, block);
      fdatasyncSync(file);
      count++;
    }
    return (count * 1_000) / (performance.now() - startedAt);
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}

/** Seconds that `work` takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}
