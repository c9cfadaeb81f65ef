import {
  type EventStoreDBClient,
  PARK,
  persistentSubscriptionToStreamSettingsFromDefaults,
  START,
} from '@eventstore/db-client';
import type { LogEntry } from './log-check.js';

const STREAM = 'shared-0';
const GROUP = 'crash';
const PARKED = `$persistentsubscription-${STREAM}::${GROUP}-parked`;
const LONGEST_WAIT_MS = 15_000;

/**
 * What a consumer of a persistent subscription has done: each event is to be delivered at least once, over all crashes,
 * until it is acknowledged or parked.
 */
export class GroupConsumer {
  /** Ids of events that it acknowledged, whether or not the node heard of it. */
  readonly acknowledged: Set<string>;
  #isCreated: boolean;

  constructor(before?: GroupConsumer) {
    this.acknowledged = new Set(before?.acknowledged);
    this.#isCreated = before ? before.#isCreated : false;
  }

  async create(client: EventStoreDBClient): Promise<void> {
    if (this.#isCreated) return;
    const settings = persistentSubscriptionToStreamSettingsFromDefaults({
      startFrom: START,
      checkPointLowerBound: 1,
      checkPointUpperBound: 5,
    });
    try {
      await client.createPersistentSubscriptionToStream(STREAM, GROUP, settings);
    } catch (error) {
      // The answer to an earlier attempt was lost.
      if ((error as { type?: string }).type !== 'persistent-subscription-exists') throw error;
    }
    this.#isCreated = true;
  }

  /** Acknowledges what comes, and parks one event in seven, until the node is gone. */
  consume(client: EventStoreDBClient): void {
    const subscription = client.subscribeToPersistentSubscriptionToStream(STREAM, GROUP);
    subscription.on('error', () => undefined); // it ends with its node
    subscription.on('data', (resolved) => {
      const id = resolved.event?.id as string;
      const isPoison = Number.parseInt(id.slice(0, 4), 16) % 7 === 0;
      if (!isPoison) this.acknowledged.add(id);
      const sent = isPoison ? subscription.nack(PARK, 'every seventh', resolved) : subscription.ack(resolved);
      sent.catch(() => undefined); // the node is gone: it will come again
    });
  }

  /** Consumes what is left and says what never came. */
  async faults(client: EventStoreDBClient, log: readonly LogEntry[]): Promise<string[]> {
    if (!this.#isCreated) return [];
    const missing = new Set(log.filter(({ stream }) => stream === STREAM).map(({ id }) => id));
    for (const id of [...this.acknowledged, ...(await parked(client))]) missing.delete(id);
    const subscription = client.subscribeToPersistentSubscriptionToStream(STREAM, GROUP);
    const failure = new Promise<string>((resolve) =>
      subscription.on('error', (error) => resolve(String(error))),
    );
    const all = new Promise<undefined>((resolve) => {
      subscription.on('confirmation', () => missing.size === 0 && resolve(undefined));
      subscription.on('data', (resolved) => {
        const id = resolved.event?.id as string;
        missing.delete(id);
        this.acknowledged.add(id);
        subscription.ack(resolved).catch(() => undefined); // it will come again
        if (missing.size === 0) resolve(undefined);
      });
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('they do not come'), LONGEST_WAIT_MS);
    });
    const why = await Promise.race([all, failure, late]);
    clearTimeout(timer);
    await subscription.unsubscribe();
    return why === undefined
      ? []
      : [
          `${missing.size} events of ${STREAM} are neither acknowledged nor parked, and ${why}: ${[...missing].slice(0, 3)}`,
        ];
  }
}

async function parked(client: EventStoreDBClient): Promise<string[]> {
  const ids: string[] = [];
  try {
    for await (const { event } of client.readStream(PARKED, { resolveLinkTos: true }))
      if (event) ids.push(event.id);
  } catch (error) {
    if ((error as { type?: string }).type !== 'stream-not-found') throw error; // nothing was parked yet
  }
  return ids;
}
