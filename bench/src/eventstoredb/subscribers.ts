import { EventStoreDBClient, jsonEvent, START } from '@eventstore/db-client';

/** What each of the subscriptions waits for, and where their processes say how far they are. */
export const WATCHED = 'watched-by-all';
export const PROGRESS = 'progress';

export interface Subscribers {
  readonly url: string;
  readonly connections: number;
  readonly subscriptionsPerConnection: number;
  readonly rounds: number;
}

export const nowMs = () => performance.timeOrigin + performance.now();

/** A process that opens all at once is too busy to answer its own keep-alive pings in time. */
const OPENED_AT_ONCE = 100;

/**
 * Many live subscriptions to one stream, over a few connections. Says when all of them are live, and for each event
 * when the last of them had it: as an event of its own, since others wait for it.
 */
export async function subscribe(options: Subscribers): Promise<{ lastAtMs: number[] }> {
  const clients = Array.from({ length: options.connections }, () =>
    EventStoreDBClient.connectionString(`${options.url}&keepAliveInterval=-1`),
  );
  const reporter = clients[0] as EventStoreDBClient;
  const count = options.connections * options.subscriptionsPerConnection;
  const lastAtMs: number[] = [];
  let received = 0;
  const report = (type: string) => reporter.appendToStream(PROGRESS, jsonEvent({ type, data: {} }));
  await new Promise<void>((resolve, reject) => {
    const onEvent = () => {
      if (++received % count !== 0) return;
      lastAtMs.push(nowMs());
      report('delivered').then(() => lastAtMs.length === options.rounds && resolve(), reject);
    };
    const open = (client: EventStoreDBClient) =>
      new Promise<void>((live) => {
        const subscription = client.subscribeToStream(WATCHED, { fromRevision: START });
        subscription.once('caughtUp', live).once('error', reject).on('data', onEvent);
      });
    const openAll = async () => {
      for (let opened = 0; opened < count; opened += OPENED_AT_ONCE) {
        const wave = Array.from({ length: Math.min(OPENED_AT_ONCE, count - opened) }, (_, each) =>
          open(clients[(opened + each) % clients.length] as EventStoreDBClient),
        );
        await Promise.all(wave);
      }
      await report('live');
    };
    openAll().catch(reject);
  });
  await Promise.all(clients.map((client) => client.dispose()));
  return { lastAtMs };
}
