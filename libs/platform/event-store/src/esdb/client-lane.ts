import { EventStoreDBClient } from '@eventstore/db-client';

const LEAST_AGE_MS = 250;
const GOODBYE_MS = 1_000;

/**
 * One client, replaced when it may be stuck. The client re-establishes most broken channels itself, but keeps for good
 * what failed while it looked for a node or asked for its features, and waits for ever on a channel gone silent.
 */
export class ClientLane {
  private client: EventStoreDBClient;
  private madeAt = performance.now();
  private goodbye: Promise<unknown> = Promise.resolve();

  constructor(private readonly url: string) {
    this.client = EventStoreDBClient.connectionString(url);
  }

  /**
   * The client to use now. A replaced one is gone by then: as it goes it fails every append in flight of every client
   * in the process (db-client 6.2: one table of promises for all), so nothing may be sent before.
   */
  async current(): Promise<EventStoreDBClient> {
    await this.goodbye;
    return this.client;
  }

  /** Replaces the client that failed, unless that has been done, or it is too young to be the reason. */
  replace(failed: EventStoreDBClient): void {
    if (failed !== this.client || performance.now() - this.madeAt < LEAST_AGE_MS) return;
    this.goodbye = dispose(failed);
    this.client = EventStoreDBClient.connectionString(this.url);
    this.madeAt = performance.now();
  }

  async close(): Promise<void> {
    await this.goodbye;
    await dispose(this.client);
  }
}

async function dispose(client: EventStoreDBClient): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GOODBYE_MS);
  });
  await Promise.race([client.dispose(), patience]).finally(() => clearTimeout(timer));
}
