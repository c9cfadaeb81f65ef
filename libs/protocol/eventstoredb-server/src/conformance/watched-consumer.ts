import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { PersistentSubscriptionToAll, PersistentSubscriptionToStream } from '@eventstore/db-client';

export type Delivered = Parameters<PersistentSubscriptionToStream['ack']>[0] & { retryCount: number };

/** A consumer whose every event is noted in order; `handle` says what it does with each. */
export function watchedConsumer(
  subscription: PersistentSubscriptionToStream | PersistentSubscriptionToAll,
  handle: (event: Delivered) => Promise<void> | undefined = (event) =>
    (subscription as PersistentSubscriptionToStream).ack(event),
) {
  const source = subscription as PersistentSubscriptionToStream;
  const all: Delivered[] = [];
  let isConfirmed = false;
  const failure = new Promise<unknown>((resolve) => source.once('error', resolve));
  const ended = new Promise<void>((resolve) => source.once('close', resolve));
  source.on('confirmation', () => {
    isConfirmed = true;
  });
  source.on('data', (event) => {
    all.push(event as Delivered);
    // An acknowledgement that fails because the call is over is what the spec is about.
    handle(event as Delivered)?.catch(() => undefined);
  });
  return {
    all,
    source,
    /** Resolves with the error that ends it. */
    failure,
    ended,
    async confirmed(): Promise<void> {
      if (!isConfirmed) await once(source, 'confirmation');
    },
    /** Resolves when so many events have come in all. */
    async events(count: number): Promise<void> {
      while (all.length < count) await once(source, 'data');
    },
    async eventWith(predicate: (event: Delivered) => boolean): Promise<Delivered> {
      for (;;) {
        const found = all.find(predicate);
        if (found !== undefined) return found;
        await once(source, 'data');
      }
    },
    stop: () => source.unsubscribe(),
  };
}

/** The numbers in the data of numbered events. */
export const numbersOf = (events: readonly Delivered[]) =>
  events.map(({ event }) => (event!.data as { number: number }).number);

/** Tries until the expectations hold, for what a node does in its own time; the last failure is the spec's. */
export async function eventually(expectations: () => Promise<void>, timeoutMs = 20_000): Promise<void> {
  for (const endMs = Date.now() + timeoutMs; ; await delay(20))
    try {
      return await expectations();
    } catch (error) {
      if (Date.now() > endMs) throw error;
    }
}
