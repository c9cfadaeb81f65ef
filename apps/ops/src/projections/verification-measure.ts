import type { VerificationProgress } from '#libs/platform/projections';
import { type Measure, timeLeft } from '../progress-display.js';

/** By positions of the log: not a count of events, but what is read of it in proportion. */
export const verificationMeasure: Measure<VerificationProgress> = {
  extent,
  told(progress, elapsedMs) {
    const { pass, passes, events } = progress;
    const { done, total } = extent(progress);
    const reading = passes > 1 ? `pass ${pass} of ${passes}, ` : '';
    const rate = elapsedMs < 1_000 ? '' : `, ${count((events * 1_000) / elapsedMs)}/s`;
    const left = timeLeft(done, total, elapsedMs);
    return `${reading}${count(events)} events folded${rate}${left ? `, ${left}` : ''}`;
  },
};

function extent({ pass, passes, position, end }: VerificationProgress) {
  const part = end > 0n ? Number(position) / Number(end) : 1;
  return { done: Math.round(1_000 * (pass - 1 + part)), total: 1_000 * passes };
}

const count = (n: number): string => Math.round(n).toLocaleString('en');
