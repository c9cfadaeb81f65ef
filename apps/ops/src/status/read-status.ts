import { setTimeout as pause } from 'node:timers/promises';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { CONTEXTS } from '#libs/contexts';
import { ALL } from '../streams/all.js';
import { readLog } from '../streams/log.js';
import type { OpenedSystem } from '../system.js';

export interface StoreStatus {
  readonly name: 'eventstoredb' | 'mongodb';
  /** Without user and password. */
  readonly address: string;
  readonly up: boolean;
  readonly reason?: string;
}

export interface ReadModelStatus {
  /** `<name>@<version>`. */
  readonly name: string;
  readonly state: 'current' | 'behind' | 'stopped' | 'not_built';
  /** Commit position of the last event handled. */
  readonly position: string | null;
  /** Age of the oldest event not handled, in seconds; 0 when there is none. */
  readonly lagSeconds: number | null;
  readonly reason?: string;
}

export interface SystemStatus {
  readonly stores: readonly StoreStatus[];
  /** Empty while a store is out of reach: then nothing is known of them. */
  readonly readModels: readonly ReadModelStatus[];
}

const PING_TIMEOUT_MS = 2_000;

const LOOK_AGAIN_MS = 100;

/** Whether the read models are where the projector of this process will leave them: none behind, none missing. */
export const areSettled = ({ readModels }: SystemStatus): boolean =>
  readModels.every(({ state }) => state === 'current' || state === 'stopped');

/**
 * How all stands once the projector of this process, where there is one, has done its work: on stores that nobody ran
 * until now, it has only just begun.
 * @param limitMs how long to wait for it, in milliseconds; then the status is what it is.
 */
export async function settledStatus(
  system: OpenedSystem,
  log: EventStoreDBClient,
  limitMs: number,
  interrupted: AbortSignal,
): Promise<SystemStatus> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const status = await readStatus(system, log);
    if (!system.projects || areSettled(status) || performance.now() > deadline || interrupted.aborted)
      return status;
    await pause(LOOK_AGAIN_MS, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

/** How the stores and the read models stand, from the stores themselves: no app has to run. */
export async function readStatus(system: OpenedSystem, log: EventStoreDBClient): Promise<SystemStatus> {
  const { eventStore, readModels, eventStoreUrl, mongoUrl } = system;
  const found = await Promise.all([
    storeStatus('eventstoredb', eventStoreUrl, () => eventStore.ping(PING_TIMEOUT_MS)),
    storeStatus('mongodb', mongoUrl, () => readModels.ping(PING_TIMEOUT_MS)),
  ]);
  const allUp = found.every(({ up }) => up);
  return { stores: found, readModels: allUp ? await readModelStatuses(system, log) : [] };
}

async function storeStatus(
  name: StoreStatus['name'],
  url: string,
  ping: () => Promise<void>,
): Promise<StoreStatus> {
  const address = url.replace(/\/\/[^@/]*@/, '//');
  try {
    await ping();
    return { name, address, up: true };
  } catch (error) {
    return { name, address, up: false, reason: (error as Error).message };
  }
}

async function readModelStatuses(
  { readModels }: OpenedSystem,
  log: EventStoreDBClient,
): Promise<ReadModelStatus[]> {
  const standings = await readModels.standings();
  const names = CONTEXTS.flatMap(({ projections }) =>
    projections.map(({ name, version }) => `${name}@${version}`),
  );
  const lags = new Map<bigint, Promise<number>>();
  const lagAt = (position: bigint) => {
    const lag = lags.get(position) ?? lagSeconds(log, position);
    lags.set(position, lag);
    return lag;
  };
  return Promise.all(
    names.map(async (name): Promise<ReadModelStatus> => {
      const standing = standings.get(name);
      if (!standing) return { name, state: 'not_built', position: null, lagSeconds: null };
      const { position, stopped } = standing;
      const lag = await lagAt(position);
      const state = stopped ? 'stopped' : lag > 0 ? 'behind' : 'current';
      return {
        name,
        state,
        position: String(position),
        lagSeconds: lag,
        ...(stopped && { reason: stopped.message }),
      };
    }),
  );
}

const PREFIXES = CONTEXTS.flatMap(({ categories }) =>
  Object.keys(categories).map((category) => `${category}-`),
);
const isFollowed = (stream: string): boolean => PREFIXES.some((prefix) => stream.startsWith(prefix));

/** Age of the first event after `position` that the projections follow. */
async function lagSeconds(log: EventStoreDBClient, position: bigint): Promise<number> {
  const from = position < 0n ? {} : { from: position };
  for await (const event of readLog(log, ALL, {
    ...from,
    backwards: false,
    limit: Number.MAX_SAFE_INTEGER,
  })) {
    if (event.position <= position || !isFollowed(event.stream)) continue;
    return Math.max(0.001, (Date.now() - Date.parse(event.recordedAt)) / 1_000);
  }
  return 0;
}
