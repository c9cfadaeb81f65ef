/**
 * Leaves out as many items as can be left out while `fails` stays true: halves first, then ever smaller pieces (delta
 * debugging, Zeller and Hildebrandt). Gives the best it has found when the time is up.
 */
export async function minimised<T>(
  items: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
  deadlineMs: number,
): Promise<readonly T[]> {
  let best = items;
  for (let pieces = 2; best.length > 1; ) {
    const smaller = await withoutOnePiece(best, pieces, fails, deadlineMs);
    if (smaller !== undefined) {
      best = smaller;
      pieces = Math.max(2, pieces - 1);
    } else if (pieces >= best.length || Date.now() > deadlineMs) break;
    else pieces = Math.min(best.length, pieces * 2);
  }
  return best;
}

async function withoutOnePiece<T>(
  items: readonly T[],
  pieces: number,
  fails: (items: readonly T[]) => Promise<boolean>,
  deadlineMs: number,
): Promise<readonly T[] | undefined> {
  const size = Math.ceil(items.length / pieces);
  for (let from = 0; from < items.length && Date.now() < deadlineMs; from += size) {
    const rest = [...items.slice(0, from), ...items.slice(from + size)];
    if (rest.length > 0 && (await fails(rest))) return rest;
  }
  return undefined;
}
