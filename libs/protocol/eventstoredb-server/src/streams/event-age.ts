import { readEventFrame } from '../wire/index.js';

const TICKS_PER_MS = 10_000;

/** Whether `$maxAge` of its stream still shows the event. */
export function isYoungEnough(frame: Buffer, maxAgeSeconds: number | undefined): boolean {
  if (maxAgeSeconds === undefined) return true;
  const createdMs = Number(readEventFrame(frame).created) / TICKS_PER_MS;
  return createdMs >= Date.now() - maxAgeSeconds * 1_000;
}
