import { once } from 'node:events';
import type { AllStreamSubscription, ResolvedEvent, StreamSubscription } from '@eventstore/db-client';

/** A subscription whose every message is noted in order. */
export function watched(subscription: StreamSubscription | AllStreamSubscription) {
  const all: ResolvedEvent[] = [];
  const log: string[] = [];
  let hasCaughtUp = false;
  const failure = new Promise<unknown>((resolve) => subscription.once('error', resolve));
  const source = subscription as StreamSubscription;
  source.on('confirmation', () => log.push('confirmed'));
  source.on('caughtUp', () => {
    log.push('caught up');
    hasCaughtUp = true;
  });
  source.on('data', (event) => {
    all.push(event);
    log.push('event');
  });
  return {
    all,
    log,
    /** Resolves with the error that ends it. */
    failure,
    /** Resolves when so many events have come in all. */
    async events(count: number): Promise<void> {
      while (all.length < count) await once(source, 'data');
    },
    async caughtUp(): Promise<void> {
      while (!hasCaughtUp) await once(source, 'caughtUp');
    },
    stop: () => subscription.unsubscribe(),
  };
}
