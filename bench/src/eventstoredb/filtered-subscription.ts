import { performance } from 'node:perf_hooks';
import { EventStoreDBClient, eventTypeFilter, START, streamNameFilter } from '@eventstore/db-client';
import { RARE_CATEGORY, RARE_TYPE } from './lean-load.js';

const SEARCH_WINDOW = 10_000;

export interface FilteredSubscription {
  readonly url: string;
  readonly by: 'stream-regex' | 'type-prefix';
}

/** Catches up with the rare events only. @returns how many came, and how long it took to have looked at all. */
export async function catchUpFiltered({
  url,
  by,
}: FilteredSubscription): Promise<{ events: number; tookMs: number }> {
  const client = EventStoreDBClient.connectionString(url);
  const filter =
    by === 'stream-regex'
      ? streamNameFilter({ regex: `^${RARE_CATEGORY}-`, maxSearchWindow: SEARCH_WINDOW })
      : eventTypeFilter({ prefixes: [RARE_TYPE.slice(0, 6)], maxSearchWindow: SEARCH_WINDOW });
  try {
    const startedAt = performance.now();
    const subscription = client.subscribeToAll({ fromPosition: START, filter });
    let events = 0;
    await new Promise<void>((resolve, reject) => {
      subscription.on('data', () => events++);
      subscription.once('caughtUp', resolve);
      subscription.once('error', reject);
    });
    const tookMs = performance.now() - startedAt;
    await subscription.unsubscribe();
    return { events, tookMs };
  } finally {
    await client.dispose();
  }
}
