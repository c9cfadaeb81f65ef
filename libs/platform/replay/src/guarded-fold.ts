import { deepFreeze, isSame } from '#libs/platform/kernel';

/** A fold that is no pure function of state and event: replayed, it may give another state than it gave then. */
export class ImpureFoldError extends Error {
  override readonly name = 'ImpureFoldError';
}

/**
 * Runs a fold and catches it at what a fold must not do: read the clock, draw random numbers, change its input, or give
 * another state the second time.
 * @throws ImpureFoldError what it did; `where` names the event.
 */
export function guardedFold<State>(fold: () => State, where: string): State {
  const state = deepFreeze(guarded(fold, where));
  if (!isSame(state, guarded(fold, where)))
    throw new ImpureFoldError(`The fold of ${where} gives another state the second time.`);
  return state;
}

function guarded<State>(fold: () => State, where: string): State {
  const { Date: RealDate } = globalThis;
  const { now } = performance;
  const { random } = Math;
  const forbid = (what: string) => (): never => {
    throw new ImpureFoldError(`The fold of ${where} ${what}.`);
  };
  const readsClock = forbid('reads the clock');
  globalThis.Date = new Proxy(RealDate, {
    apply: readsClock,
    construct: (target, args) => (args.length === 0 ? readsClock() : Reflect.construct(target, args)),
    get: (target, name) => (name === 'now' ? readsClock : Reflect.get(target, name)),
  });
  performance.now = readsClock;
  Math.random = forbid('draws a random number');
  try {
    return fold();
  } catch (error) {
    if (
      error instanceof TypeError &&
      /read only|not extensible|Cannot (assign|delete|add|define)/.test(error.message)
    )
      throw new ImpureFoldError(`The fold of ${where} changes its input: ${error.message}`, { cause: error });
    throw error;
  } finally {
    globalThis.Date = RealDate;
    performance.now = now;
    Math.random = random;
  }
}
