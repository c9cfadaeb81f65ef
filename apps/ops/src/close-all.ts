/** What the closings threw, and whether all came to an end in time. */
export interface Closed {
  readonly faults: readonly unknown[];
  readonly inTime: boolean;
}

/**
 * Closes what was opened, last opened first, one after the other, whatever one of them throws.
 * @param limitMs after that it returns anyway, in milliseconds: the process then ends with what is still open.
 */
export async function closeAll(
  opened: readonly (() => Promise<unknown>)[],
  limitMs: number,
): Promise<Closed> {
  const faults: unknown[] = [];
  const closing = (async () => {
    for (const close of opened.toReversed()) await close().catch((fault: unknown) => faults.push(fault));
  })();
  const inTime = await endsWithin(limitMs, closing);
  return { faults, inTime };
}

/** Whether `work` ended within `limitMs` milliseconds; it goes on where it did not. @throws what it threw by then. */
export async function endsWithin(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, limitMs, false);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
