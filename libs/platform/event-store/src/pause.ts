import { setTimeout as delay } from 'node:timers/promises';

const FIRST_MS = 8;
const LONGEST_MS = 250;

/** Before the attempt after this one: a random part of a span that doubles, so that rivals part ways. */
export async function pauseAfter(attempt: number): Promise<void> {
  await delay(Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt));
}
