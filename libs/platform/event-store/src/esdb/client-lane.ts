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
  private replaced = 0;
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
    this.client = EventStoreDBClient.connectionString(unlike(this.url, ++this.replaced));
    this.madeAt = performance.now();
  }

  async close(): Promise<void> {
    await this.goodbye;
    await dispose(this.client);
  }
}

const KEEP_ALIVE_MS = 10_000;

/**
 * The same connection string with a keep-alive timeout a little longer. grpc-js gives channels of equal options the
 * same connection, so a client of the same string would be put on the silent one again.
 */
function unlike(url: string, generation: number): string {
  const longer = (given: number) => given + (generation % 1_000);
  const named = /([?&]keepAliveTimeout=)(-?\d+)/i;
  if (named.test(url))
    return url.replace(named, (_all, name, ms) => name + (ms === '-1' ? ms : longer(Number(ms))));
  return `${url}${url.includes('?') ? '&' : '?'}keepAliveTimeout=${longer(KEEP_ALIVE_MS)}`;
}

async function dispose(client: EventStoreDBClient): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GOODBYE_MS);
  });
  await Promise.race([client.dispose(), patience]).finally(() => clearTimeout(timer));
}
