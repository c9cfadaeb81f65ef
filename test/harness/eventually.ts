import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Milliseconds until it gives up; 10,000 unless told. */
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/** Thrown by a probe when waiting longer is pointless. */
export class Hopeless extends Error {
  override readonly name = 'Hopeless';
}

/** Awaits a condition: runs `probe` until it does not throw, and returns what it gave. Fails with its last error. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T> | T,
  { timeoutMs = 10_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      if (Date.now() > deadline)
        throw new Error(`Not within ${timeoutMs} ms: ${what}. Last: ${(error as Error).message}`, {
          cause: error,
        });
    }
    await delay(everyMs);
  }
}
