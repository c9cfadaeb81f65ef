import { setTimeout as delay } from 'node:timers/promises';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { type LogEntry, readLog } from './log-check.js';

const PROJECTIONS: readonly {
  readonly name: string;
  readonly links: string;
  takes(entry: LogEntry): boolean;
}[] = [
  { name: '$by_category', links: '$ce-shared', takes: ({ stream }) => stream.startsWith('shared-') },
  { name: '$by_event_type', links: '$et-written', takes: ({ type }) => type === 'written' },
];
const LONGEST_WAIT_MS = 20_000;

export async function enableProjections(client: EventStoreDBClient): Promise<void> {
  for (const { name } of PROJECTIONS) await client.enableProjection(name);
}

/** Each projection has linked each event once, in the order of the log, up to some point. */
export function faultsOfLinks(log: readonly LogEntry[]): string[] {
  return PROJECTIONS.flatMap(({ name, links, takes }) => {
    const wanted = log.filter(takes).map(({ revision, stream }) => `${revision}@${stream}`);
    const got = log.filter(({ stream }) => stream === links).map(({ data }) => data);
    const wrong = got.findIndex((link, index) => link !== wanted[index]);
    return wrong === -1
      ? []
      : [
          `${name}: link ${wrong} of ${got.length} is ${got[wrong]}, and should be ${wanted[wrong] ?? 'none'}`,
        ];
  });
}

/** The same, once the projections have caught up: all events are linked. */
export async function faultsOfAllLinks(client: EventStoreDBClient): Promise<string[]> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  for (;;) {
    const log = await readLog(client);
    const behind = PROJECTIONS.filter(
      ({ links, takes }) => log.filter(({ stream }) => stream === links).length < log.filter(takes).length,
    );
    if (behind.length === 0) return faultsOfLinks(log);
    if (Date.now() > deadline) return behind.map(({ name }) => `${name} does not catch up`);
    await delay(50);
  }
}
