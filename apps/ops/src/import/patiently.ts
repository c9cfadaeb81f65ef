import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '#libs/platform/kernel';
import { InterruptedError, StoreStayedAwayError } from './import-errors.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

export interface Patience {
  /** How long one command is tried again while the store is away, in milliseconds. */
  readonly patienceMs: number;
  readonly interrupted: AbortSignal;
  /** Told at the first failure of a command. */
  readonly onAway: (reason: string) => void;
}

/**
 * Sends a command again while the event store is away: safe, as a command is known by its id.
 * @throws StoreStayedAwayError after `patienceMs`; InterruptedError instead of a further try; any other refusal as
 *   it is.
 */
export async function patiently<T>(
  send: () => Promise<T>,
  { patienceMs, interrupted, onAway }: Patience,
): Promise<T> {
  const startedAt = performance.now();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'EVENT_STORE_UNAVAILABLE')) throw error;
      if (performance.now() - startedAt >= patienceMs)
        throw new StoreStayedAwayError(error.message, { cause: error });
      if (pauseMs === FIRST_PAUSE_MS) onAway(error.message);
    }
    await pause(pauseMs * (0.5 + Math.random()), undefined, { signal: interrupted }).catch(() => {
      throw new InterruptedError();
    });
  }
}
