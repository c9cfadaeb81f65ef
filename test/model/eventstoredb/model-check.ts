import { CheckedNode } from './checked-node.js';
import { minimised } from './minimise.js';
import type { Operation } from './operation.js';
import { randomOperation } from './random-operations.js';

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
  readonly shortest: readonly Operation[];
  readonly shortestMessage: string;
}

/** Does random operations to a node and its model until they disagree. @returns undefined when they never do. */
export async function modelCheck(options: ModelCheckOptions): Promise<Failure | undefined> {
  const { seed, operations, minimiseMs, onProgress } = options;
  const all = Array.from({ length: operations }, (_none, number) => randomOperation(seed, number));
  const failure = await firstFailure(all, onProgress);
  if (failure === undefined) return undefined;
  const upToIt = all.slice(0, failure.done);
  let shortestMessage = failure.message;
  const fails = async (some: readonly Operation[]) => {
    const found = await firstFailure(some);
    if (found !== undefined) shortestMessage = found.message;
    return found !== undefined;
  };
  const shortest = await minimised(upToIt, fails, Date.now() + minimiseMs);
  return { operations: failure.done, message: failure.message, shortest, shortestMessage };
}

async function firstFailure(
  operations: readonly Operation[],
  onProgress?: (done: number) => void,
): Promise<{ done: number; message: string } | undefined> {
  const node = await CheckedNode.start();
  let done = 0;
  try {
    for (const operation of operations) {
      done++;
      await node.run(operation);
      if (done % 1_000 === 0) onProgress?.(done);
    }
    await node.finish();
    return undefined;
  } catch (error) {
    await node.close();
    return { done, message: (error as Error).message };
  }
}
