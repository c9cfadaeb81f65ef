import type { Readable } from 'node:stream';
import {
  EventStoreDBClient,
  type Filter,
  type ReadAllOptions,
  streamNameFilter,
} from '@eventstore/db-client';
import { NOTHING_HANDLED } from '../checkpoint.js';
import { LogFeed, type LoggedEvent } from '../log-feed.js';
import { closeClient } from './close-client.js';

const LOOK_EVENTS = 256;
const LOOK_DEADLINE_MS = 3_000;
/** Messages that the client holds in front of the reader. */
const BUFFERED = 256;

/** `$all` of an EventStoreDB, filtered there by the prefixes of stream names. */
export class EsdbLogFeed extends LogFeed {
  private readonly client: EventStoreDBClient;
  private readonly filter: Filter;

  /** @param prefixes of the stream names to follow, at least one: `order-`. */
  constructor(
    url: string,
    private readonly prefixes: readonly string[],
  ) {
    super();
    this.client = EventStoreDBClient.connectionString(url);
    // The server's own checkpoints are hints that we do without: they may run ahead of what was handled.
    this.filter = streamNameFilter({
      prefixes: [...prefixes],
      checkpointInterval: 1_000,
      maxSearchWindow: 500,
    });
  }

  follow(after: bigint): Readable {
    const options = { fromPosition: place(after), filter: this.filter } as const;
    const subscription = this.client.subscribeToAll(options, { highWaterMark: BUFFERED });
    // Destroying the client's stream leaves the call open; and errors may come after that.
    subscription.once('close', () => void subscription.unsubscribe().catch(ignore));
    subscription.on('error', ignore);
    return subscription as unknown as Readable;
  }

  /** The client reads `$all` unfiltered: what is not followed is skipped here, up to some hundred events a look. */
  async firstAfter(after: bigint): Promise<{ readonly event?: LoggedEvent; readonly scannedTo: bigint }> {
    let scannedTo = after;
    for (const event of await this.read({
      direction: 'forwards',
      fromPosition: place(after),
      maxCount: LOOK_EVENTS,
    })) {
      if (event.position.commit <= after) continue;
      if (this.isFollowed(event.streamId)) return { event, scannedTo };
      scannedTo = event.position.commit;
    }
    return { scannedTo };
  }

  async head(): Promise<bigint> {
    const [last] = await this.read({ direction: 'backwards', fromPosition: 'end', maxCount: 1 });
    return last?.position.commit ?? NOTHING_HANDLED;
  }

  /** The client gives its reads no deadline. */
  private async read(options: ReadAllOptions): Promise<LoggedEvent[]> {
    const events: LoggedEvent[] = [];
    const stream = this.client.readAll(options);
    const deadline = setTimeout(() => {
      stream.destroy(new Error('The log does not answer.'));
      void stream.cancel().catch(ignore);
    }, LOOK_DEADLINE_MS);
    try {
      for await (const { event } of stream) if (event) events.push(event);
      return events;
    } finally {
      clearTimeout(deadline);
    }
  }

  private isFollowed(stream: string): boolean {
    return this.prefixes.some((prefix) => stream.startsWith(prefix));
  }

  close(): Promise<void> {
    return closeClient(this.client);
  }
}

const ignore = (): void => undefined;

/** An event that was appended has the same commit and prepare position. */
function place(after: bigint) {
  return after < 0n ? ('start' as const) : { commit: after, prepare: after };
}
