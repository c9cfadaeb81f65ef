import { EventStoreDBClient, START } from '@eventstore/db-client';
import type { RecordedEvent } from '#libs/platform/kernel';
import { decode } from '../decoded.js';
import { closeClient } from '../esdb/close-client.js';
import { EsdbLogFeed } from '../esdb/esdb-log-feed.js';
import type { ProjectionRegistry } from '../registry.js';
import { LogReader } from './log-reader.js';

/** Reads `$all` by the client's plain read: another way through the log than the projector's subscription. */
export class EsdbLogReader extends LogReader {
  private readonly client: EventStoreDBClient;
  private readonly looks: EsdbLogFeed;

  constructor(
    url: string,
    private readonly registry: ProjectionRegistry,
  ) {
    super();
    this.client = EventStoreDBClient.connectionString(url);
    this.looks = new EsdbLogFeed(url, registry.prefixes);
  }

  /** @throws UnreadableEventError an event that this software does not understand. */
  async *read(after: bigint, upTo: bigint): AsyncGenerator<RecordedEvent> {
    if (upTo <= after) return;
    const fromPosition = after < 0n ? START : { commit: after, prepare: after };
    const events = this.client.readAll({ fromPosition });
    try {
      for await (const { event } of events) {
        if (!event) continue;
        const { commit } = event.position;
        if (commit > upTo) return;
        if (commit <= after) continue;
        const decoded = decode(this.registry, event);
        if (decoded?.unreadable) throw decoded.unreadable;
        if (decoded?.recorded) yield decoded.recorded;
        if (commit === upTo) return;
      }
    } finally {
      // Leaving the loop destroys the stream, and with it only our side: the call goes on until it is cancelled.
      void events.cancel().catch(() => undefined);
    }
  }

  head(): Promise<bigint> {
    return this.looks.head();
  }

  async close(): Promise<void> {
    await Promise.all([closeClient(this.client), this.looks.close()]);
  }
}
