import { temporaryFolder } from '../../../test/harness/index.js';
import type { BenchOptions } from '../bench.js';
import type { Figure } from '../report.js';
import type { FilteredSubscription } from './filtered-subscription.js';
import { inProcess, startNode } from './processes.js';
import { Rounds } from './rounds.js';

const ONE_IN = 10_000;

/** Filtered subscriptions that look at many events and send few, each from a node that has just started. */
export async function measureFilters({ quick, log }: BenchOptions): Promise<Figure[]> {
  const [rounds, events] = quick ? [1, 500_000] : [5, 10_000_000];
  const folder = temporaryFolder('bench-eventstoredb');
  try {
    log(`loading ${events} events`);
    const first = await startNode(folder.path);
    try {
      await inProcess('load', { url: first.url, events, oneIn: ONE_IN });
    } finally {
      await first.stop();
    }
    const consideredPerSecond = async (by: FilteredSubscription['by']) => {
      const node = await startNode(folder.path);
      try {
        const found = await inProcess('catchUpFiltered', { url: node.url, by });
        if (found.events !== events / ONE_IN)
          throw new Error(`The filter let ${found.events} events through, not ${events / ONE_IN}.`);
        return (events * 1_000) / found.tookMs;
      } finally {
        await node.stop();
      }
    };
    const measured = await Rounds.of(
      rounds,
      {
        'stream names by regex': () => consideredPerSecond('stream-regex'),
        'types by prefix': () => consideredPerSecond('type-prefix'),
      },
      log,
    );
    return (['stream names by regex', 'types by prefix'] as const).map((name) => ({
      name: `considered, ${name}`,
      value: measured.median(name),
      unit: 'events/s',
      aim: { atLeast: 1_000_000 },
    }));
  } finally {
    folder.remove();
  }
}
