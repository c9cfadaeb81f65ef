import { type Measure, timeLeft } from '../progress-display.js';
import type { ImportProgress } from './import-online-retail.js';

/** By the bytes of the file: those read so far took as long as the rest will. */
export const importMeasure: Measure<ImportProgress> = {
  extent: ({ bytesRead, sizeBytes }) => ({ done: bytesRead, total: sizeBytes }),
  told({ documents, rows, bytesRead, sizeBytes }, elapsedMs) {
    const counts = `${count(documents)} invoices, ${count(rows)} rows`;
    const left = timeLeft(bytesRead, sizeBytes, elapsedMs);
    return left ? `${counts}, ${count((rows * 1_000) / elapsedMs)} rows/s, ${left}` : counts;
  },
};

const count = (n: number): string => Math.round(n).toLocaleString('en');
