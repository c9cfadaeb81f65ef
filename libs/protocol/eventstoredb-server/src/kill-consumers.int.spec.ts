import {
  EventStoreDBClient,
  type PersistentSubscriptionToStreamSettings,
  PINNED,
  START,
  persistentSubscriptionToStreamSettingsFromDefaults as settings,
} from '@eventstore/db-client';
import { describe, expect, it, jest } from '@jest/globals';
import { killableNodes } from './conformance/killable-node.js';
import { collected, manyNumbered } from './conformance/node-under-test.js';
import { eventually, watchedConsumer } from './conformance/watched-consumer.js';

jest.setTimeout(120_000);

const started = killableNodes();
const STREAM = 'stream';
const GROUPS: Record<string, PersistentSubscriptionToStreamSettings> = {
  'by turns': settings({ startFrom: START, checkPointUpperBound: 10 }),
  pinned: settings({ startFrom: START, checkPointUpperBound: 1, consumerStrategyName: PINNED }),
};

/** What the consumers of one group know by themselves, over all lives of the node. */
class Witness {
  readonly acknowledged = new Set<number>();
  /** Parking was asked for; whether it happened, only the log knows. */
  readonly parked = new Set<number>();
  /** Seen, and neither acknowledged nor refused. */
  readonly unanswered = new Set<number>();
  #deliveries = 0;

  consume(client: EventStoreDBClient, group: string, onDelivery: () => void) {
    const subscription = client.subscribeToPersistentSubscriptionToStream(STREAM, group, { bufferSize: 20 });
    const consumer = watchedConsumer(subscription, (event) => {
      const { number } = event.event!.data as { number: number };
      onDelivery();
      this.unanswered.delete(number);
      switch (this.#deliveries++ % 10) {
        case 3:
          this.parked.add(number);
          return subscription.nack('park', 'for the spec', event);
        case 7:
          this.unanswered.add(number);
          return undefined;
        default:
          this.acknowledged.add(number);
          return subscription.ack(event);
      }
    });
    return consumer;
  }
}

async function parkedNumbers(client: EventStoreDBClient, group: string): Promise<Set<number>> {
  const links = await collected(client.readStream(`$persistentsubscription-${STREAM}::${group}-parked`));
  return new Set(
    links.map(({ event }) => Number.parseInt(String(Buffer.from(event!.data as unknown as Uint8Array)), 10)),
  );
}

describe('a node killed while consumers work', () => {
  it('delivers again what was not acknowledged, loses nothing, and keeps what is parked', async () => {
    const witnesses = new Map(Object.keys(GROUPS).map((group) => [group, new Witness()]));
    let port = '0';
    let appended = 0;
    for (let life = 0; life < 3; life++) {
      const node = await started(port);
      port = node.port;
      const client = EventStoreDBClient.connectionString(node.url);
      if (life === 0)
        for (const [group, chosen] of Object.entries(GROUPS))
          await client.createPersistentSubscriptionToStream(STREAM, group, chosen);
      let left = 120 + 70 * life;
      let enough: () => void;
      const reached = new Promise<void>((resolve) => {
        enough = resolve;
      });
      const consumers = [...witnesses].flatMap(([group, witness]) =>
        [0, 1, 2].map(() => witness.consume(client, group, () => --left === 0 && enough())),
      );
      for (let batch = 0; batch < 4; batch++, appended += 50)
        await client.appendToStream(STREAM, manyNumbered(50, appended));
      await reached;
      await node.kill();
      await Promise.all(consumers.map((consumer) => consumer.failure));
      await client.dispose();
    }
    const node = await started(port);
    const client = EventStoreDBClient.connectionString(node.url);
    const all = Array.from({ length: appended }, (_, number) => number);
    for (const [group, witness] of witnesses) {
      const { unanswered } = witness;
      const seenAgain = new Set<number>();
      const last = watchedConsumer(
        client.subscribeToPersistentSubscriptionToStream(STREAM, group),
        (event) => {
          const { number } = event.event!.data as { number: number };
          seenAgain.add(number);
          witness.acknowledged.add(number);
          return last.source.ack(event);
        },
      );
      await eventually(async () => {
        const parked = await parkedNumbers(client, group).catch(() => new Set<number>());
        const isDone = (number: number) => witness.acknowledged.has(number) || parked.has(number);
        expect(all.filter((number) => !isDone(number))).toEqual([]);
      });
      for (const number of unanswered) expect(seenAgain).toContain(number);
      await last.stop();
    }
    await client.dispose();
    await node.kill();
  });
});
