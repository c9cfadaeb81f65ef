import type { Bench, BenchOptions } from './bench.js';
import { measureAppends } from './eventstoredb/appends.js';
import { measureFilters } from './eventstoredb/filters.js';
import { measureLargeLog } from './eventstoredb/large-log.js';
import { measureOneInFlight } from './eventstoredb/one-in-flight.js';
import { measureReads } from './eventstoredb/reads.js';
import { measureSubscriptions } from './eventstoredb/subscriptions.js';
import { fsyncsPerSecond } from './measure.js';
import type { Figure } from './report.js';

const EVENT = 'events of 118 B JSON and 56 B metadata, each client in a process of its own, fsync on';

type Part = (options: BenchOptions) => Promise<Figure[]>;

function benchOf(bench: string, what: string, parts: readonly Part[]): Bench {
  return async (options) => {
    const figures: Figure[] = [];
    for (const part of parts) figures.push(...(await part(options)));
    figures.push({ name: 'fsync of 4 KiB', value: fsyncsPerSecond(), unit: '/s' });
    const rounds = options.quick ? '1 round' : '5 rounds, median';
    return { bench, workload: `${what}; ${EVENT}; ${rounds}`, figures };
  };
}

/** The embedded EventStoreDB node, against what cannot be avoided; and each part by itself. */
export const EVENTSTOREDB_BENCHES = {
  eventstoredb: benchOf('eventstoredb', 'reads, appends and filters', [
    measureReads,
    measureAppends,
    measureOneInFlight,
    measureFilters,
  ]),
  'eventstoredb-reads': benchOf('eventstoredb-reads', 'all of $all', [measureReads]),
  'eventstoredb-appends': benchOf('eventstoredb-appends', 'appends of one event with exact revisions', [
    measureAppends,
  ]),
  'eventstoredb-latency': benchOf('eventstoredb-latency', 'one append in flight', [measureOneInFlight]),
  'eventstoredb-large': benchOf(
    'eventstoredb-large',
    'a million streams of ten events, loaded by a lean BatchAppend client',
    [measureLargeLog],
  ),
  'eventstoredb-filters': benchOf('eventstoredb-filters', 'one event in 10,000, search window 10,000', [
    measureFilters,
  ]),
  'eventstoredb-subscriptions': async (options) => ({
    bench: 'eventstoredb-subscriptions',
    workload: 'one event to each of many live subscriptions of the genuine client, in 4 processes',
    figures: await measureSubscriptions(options),
  }),
} satisfies Record<string, Bench>;
