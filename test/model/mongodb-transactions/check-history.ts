import type { Lists, Recorded, Step } from './history.js';

/**
 * Whether a history of list appends can have come from snapshot isolation with the first writer winning.
 *
 * Every transaction has a start and a commit. Whoever saw an append started after its commit; whoever did not see it
 * started before; whoever wrote a list after somebody else started after that commit; and each client does one after
 * the other. If all that can be put in one order, there was no lost update, no dirty, non-repeatable or intermediate
 * read, and no two readers who saw commits in different orders. (After Adya; Elle, Kingsbury and Alvaro 2020; the
 * start-and-commit graph is that of Adya's PL-SI.)
 *
 * @param lists what the lists hold at the end.
 * @returns what cannot have been; empty when all is well.
 */
export function checkHistory(history: readonly Recorded[], lists: Lists): string[] {
  const writers = writersOf(history);
  const faults = [...checkLists(history, lists, writers)];
  const graph = new Precedence(history.length);
  for (const values of lists.values()) {
    for (let i = 1; i < values.length; i++) {
      const [before, after] = [writers.get(values[i - 1]!), writers.get(values[i]!)];
      if (before !== undefined && after !== undefined && before !== after)
        graph.committedBeforeStart(before, after);
    }
  }
  const lastOf = new Map<number, number>();
  history.forEach((recorded, number) => {
    const last = lastOf.get(recorded.client);
    if (last !== undefined && history[last]!.committed) graph.committedBeforeStart(last, number);
    lastOf.set(recorded.client, number);
    for (const step of recorded.steps)
      if (step.kind === 'read') faults.push(...placeRead(graph, number, recorded, step, lists, writers));
  });
  const cycle = graph.cycle();
  if (cycle) faults.push(`no order can be found for: ${cycle.map((n) => shown(history[n]!, n)).join(' ; ')}`);
  return faults;
}

function writersOf(history: readonly Recorded[]): Map<number, number> {
  const writers = new Map<number, number>();
  history.forEach(({ steps }, number) => {
    for (const step of steps) if (step.kind === 'append') writers.set(step.value, number);
  });
  return writers;
}

/** Every committed append is there once, no other is there. */
function* checkLists(
  history: readonly Recorded[],
  lists: Lists,
  writers: ReadonlyMap<number, number>,
): Iterable<string> {
  const there = new Set<number>();
  for (const [list, values] of lists) {
    for (const value of values) {
      const writer = writers.get(value);
      if (there.has(value)) yield `${value} is in ${list} twice`;
      if (writer === undefined || !history[writer]!.committed)
        yield `${value} is in ${list} and was never committed`;
      there.add(value);
    }
  }
  for (const [value, writer] of writers)
    if (history[writer]!.committed && !there.has(value)) yield `${value} was committed and is lost`;
}

/** What a transaction read apart from its own appends is a beginning of the list; it started right there. */
function* placeRead(
  graph: Precedence,
  number: number,
  recorded: Recorded,
  { list, values }: Extract<Step, { kind: 'read' }>,
  lists: Lists,
  writers: ReadonlyMap<number, number>,
): Iterable<string> {
  const final = lists.get(list) ?? [];
  const others = values.filter((value) => writers.get(value) !== number);
  if (values.slice(0, others.length).some((value, i) => value !== others[i]))
    yield `${shown(recorded, number)} read its own append before one of another`;
  if (others.some((value, i) => value !== final[i])) {
    yield `${shown(recorded, number)} read ${list} as ${values.join()}, which it never was`;
    return;
  }
  const seen = others.length === 0 ? undefined : writers.get(others.at(-1)!);
  if (seen !== undefined) graph.committedBeforeStart(seen, number);
  const next = final.slice(others.length).find((value) => writers.get(value) !== number);
  if (next !== undefined && final[others.length] === next)
    graph.startedBeforeCommit(number, writers.get(next)!);
}

function shown({ client, steps, committed }: Recorded, number: number): string {
  const what = steps.map((step) =>
    step.kind === 'append' ? `${step.list}+${step.value}` : `${step.list}=[${step.values.slice(-3).join()}]`,
  );
  return `#${number} of client ${client} (${committed ? 'committed' : 'aborted'}: ${what.join(' ')})`;
}

/** Starts (even) and commits (odd) of transactions, and which must come before which. */
class Precedence {
  private readonly after: number[][];

  constructor(transactions: number) {
    this.after = Array.from({ length: transactions * 2 }, (_none, node) =>
      node % 2 === 0 ? [node + 1] : [],
    );
  }

  committedBeforeStart(first: number, second: number): void {
    this.after[first * 2 + 1]!.push(second * 2);
  }

  startedBeforeCommit(first: number, second: number): void {
    this.after[first * 2]!.push(second * 2 + 1);
  }

  /** Transactions that would have to come before themselves. */
  cycle(): number[] | undefined {
    const waiting = new Array<number>(this.after.length).fill(0);
    for (const next of this.after) for (const node of next) waiting[node]!++;
    const free = waiting.flatMap((count, node) => (count === 0 ? [node] : []));
    let ordered = 0;
    for (let node = free.pop(); node !== undefined; node = free.pop()) {
      ordered++;
      for (const next of this.after[node]!) if (--waiting[next]! === 0) free.push(next);
    }
    return ordered === this.after.length ? undefined : this.walk(waiting);
  }

  /** Among those that wait for ever, backwards until one is met again. */
  private walk(waiting: readonly number[]): number[] {
    const before = new Map<number, number>();
    this.after.forEach((next, node) => {
      if (waiting[node]! > 0) for (const one of next) before.set(one, node);
    });
    const path: number[] = [];
    let node = waiting.findIndex((count) => count > 0);
    while (!path.includes(node)) {
      path.push(node);
      node = before.get(node)!;
    }
    const round = path.slice(path.indexOf(node)).reverse();
    return [...new Set(round.map((one) => one >> 1))];
  }
}
