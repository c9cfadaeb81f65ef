import type { OnApplicationShutdown } from '@nestjs/common';
import { StoreUnavailableError, StreamRefusedError } from '../event-streams.js';
import { ClientLane } from './client-lane.js';
import { readEvents } from './read-events.js';

/**
 * The connection to EventStoreDB of one process. Reads and appends have a channel each: a failed read makes the client
 * drop its channel, and with it the appends in flight.
 */
export class EventStoreClient implements OnApplicationShutdown {
  readonly reads: ClientLane;
  readonly appends: ClientLane;

  /** @param url `esdb://host:port?tls=false`, or any connection string of EventStoreDB or KurrentDB. */
  constructor(readonly url: string) {
    this.reads = new ClientLane(url);
    this.appends = new ClientLane(url);
  }

  /**
   * Resolves when the store answers a read.
   * @throws StoreUnavailableError it does not, within `timeoutMs`.
   */
  async ping(timeoutMs = 1_000): Promise<void> {
    try {
      for await (const _event of readEvents(this.reads, 'tidemarkPing', 0n, timeoutMs)) return;
    } catch (error) {
      if (error instanceof StreamRefusedError) return; // an answer, too
      throw error instanceof StoreUnavailableError
        ? error
        : new StoreUnavailableError(String(error), { cause: error });
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.reads.close(), this.appends.close()]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }
}
