import { minimised } from './minimise.js';

/** A server and a simple model of it, which do the same and are compared. */
export interface Checked<Operation> {
  /** @throws when server and model differ. */
  run(operation: Operation): Promise<void>;
  /** Compares once more and closes. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

export interface Subject<Operation> {
  /** The same seed and number give the same operation. */
  randomOperation(seed: number, number: number): Operation;
  start(): Promise<Checked<Operation>>;
}

export interface ModelCheckOptions {
  readonly seed: number;
  readonly operations: number;
  /** Longest time to look for a shorter run that fails too, in milliseconds. */
  readonly minimiseMs: number;
  readonly onProgress?: (done: number) => void;
}

export interface Failure {
  /** The operations of the run up to the one that failed. */
  readonly operations: number;
  readonly message: string;
  /** The shortest run found that fails too, and how that one fails. */
  readonly shortest: readonly unknown[];
  readonly shortestMessage: string;
}

/** Does random operations to a server and its model until they disagree. @returns undefined when they never do. */
export async function modelCheck<Operation>(
  subject: Subject<Operation>,
  options: ModelCheckOptions,
): Promise<Failure | undefined> {
  const { seed, operations, minimiseMs, onProgress } = options;
  const all = Array.from({ length: operations }, (_none, number) => subject.randomOperation(seed, number));
  const failure = await firstFailure(subject, all, onProgress);
  if (failure === undefined) return undefined;
  const upToIt = all.slice(0, failure.done);
  let shortestMessage = failure.message;
  const fails = async (some: readonly Operation[]) => {
    const found = await firstFailure(subject, some);
    if (found !== undefined) shortestMessage = found.message;
    return found !== undefined;
  };
  const shortest = await minimised(upToIt, fails, Date.now() + minimiseMs);
  return { operations: failure.done, message: failure.message, shortest, shortestMessage };
}

async function firstFailure<Operation>(
  subject: Subject<Operation>,
  operations: readonly Operation[],
  onProgress?: (done: number) => void,
): Promise<{ done: number; message: string } | undefined> {
  const checked = await subject.start();
  let done = 0;
  try {
    for (const operation of operations) {
      done++;
      await checked.run(operation);
      if (done % 1_000 === 0) onProgress?.(done);
    }
    await checked.finish();
    return undefined;
  } catch (error) {
    await checked.close();
    return { done, message: (error as Error).message };
  }
}
