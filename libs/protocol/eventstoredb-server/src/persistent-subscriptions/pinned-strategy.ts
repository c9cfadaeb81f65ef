import type { Consumer } from './consumer.js';
import type { ConsumerStrategy } from './consumer-strategy.js';

export const BUCKETS = 1024;

/**
 * Events of one bucket go to one consumer for as long as it is there, so that its streams are handled in order
 * by one. A bucket gets its consumer with its first event: the one with the fewest buckets. Who joins takes over
 * its share, buckets at rest first (EventStoreDB: PinnedConsumerState).
 */
export class PinnedStrategy implements ConsumerStrategy {
  readonly #bucketsOf = new Map<Consumer, Set<number>>();
  readonly #consumerOf: (Consumer | undefined)[] = [];
  readonly #inFlight: number[] = [];

  add(consumer: Consumer): void {
    const own = new Set<number>();
    this.#bucketsOf.set(consumer, own);
    const assigned = [...this.#bucketsOf.values()].reduce((sum, { size }) => sum + size, 0);
    const fairShare = Math.ceil(assigned / this.#bucketsOf.size);
    for (const buckets of this.#bucketsOf.values()) {
      if (buckets === own) continue;
      const surplus = [...buckets].sort((a, b) => this.#inFlightOf(a) - this.#inFlightOf(b));
      for (const bucket of surplus.slice(0, Math.max(0, buckets.size - fairShare))) {
        buckets.delete(bucket);
        this.#assign(bucket, consumer);
      }
    }
  }

  remove(consumer: Consumer): void {
    for (const bucket of this.#bucketsOf.get(consumer) ?? []) this.#consumerOf[bucket] = undefined;
    this.#bucketsOf.delete(consumer);
  }

  choose(bucket: number): Consumer | 'wait' | 'full' {
    if (![...this.#bucketsOf.keys()].some(({ canTake }) => canTake)) return 'full';
    const consumer = this.#consumerOf[bucket] ?? this.#assign(bucket, this.#leastBurdened());
    return consumer.canTake ? consumer : 'wait';
  }

  sent(bucket: number): void {
    this.#inFlight[bucket] = this.#inFlightOf(bucket) + 1;
  }

  /** What a bucket's earlier consumer still had does not count for the present one. */
  settled(bucket: number, consumer: Consumer): void {
    if (this.#consumerOf[bucket] === consumer)
      this.#inFlight[bucket] = Math.max(0, this.#inFlightOf(bucket) - 1);
  }

  #assign(bucket: number, consumer: Consumer): Consumer {
    this.#consumerOf[bucket] = consumer;
    this.#inFlight[bucket] = 0;
    this.#bucketsOf.get(consumer)?.add(bucket);
    return consumer;
  }

  #inFlightOf(bucket: number): number {
    return this.#inFlight[bucket] ?? 0;
  }

  #leastBurdened(): Consumer {
    let [least, ...others] = this.#bucketsOf;
    for (const other of others) if (other[1].size < (least as typeof other)[1].size) least = other;
    return (least as [Consumer, Set<number>])[0];
  }
}
