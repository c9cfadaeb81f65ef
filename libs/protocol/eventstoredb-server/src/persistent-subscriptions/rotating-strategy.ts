import type { Consumer } from './consumer.js';
import type { ConsumerStrategy } from './consumer-strategy.js';

/** RoundRobin turns to the next consumer after each event, DispatchToSingle when the first can take no more. */
export class RotatingStrategy implements ConsumerStrategy {
  readonly #consumers: Consumer[] = [];

  constructor(private readonly turns: 'after-each' | 'when-full') {}

  add(consumer: Consumer): void {
    this.#consumers.push(consumer);
  }

  remove(consumer: Consumer): void {
    const index = this.#consumers.indexOf(consumer);
    if (index !== -1) this.#consumers.splice(index, 1);
  }

  choose(): Consumer | 'full' {
    for (let tried = 0; tried < this.#consumers.length; tried++) {
      const first = this.#consumers[0] as Consumer;
      const { canTake } = first;
      if (!canTake || this.turns === 'after-each') this.#consumers.push(this.#consumers.shift() as Consumer);
      if (canTake) return first;
    }
    return 'full';
  }

  sent(): void {}

  settled(): void {}
}
