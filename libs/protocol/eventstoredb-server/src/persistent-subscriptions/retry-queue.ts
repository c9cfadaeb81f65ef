import type { Message } from './message.js';

/**
 * Messages to deliver again, before all others: those of the source in its order, and behind them those that
 * were parked and are replayed, in the order in which they come (EventStoreDB: StreamBuffer.AddRetry).
 */
export class RetryQueue implements Iterable<Message> {
  readonly #messages: Message[] = [];

  get length(): number {
    return this.#messages.length;
  }

  add(message: Message): void {
    this.#messages.splice(message.isReplayed ? this.length : this.#placeOf(message), 0, message);
  }

  delete(message: Message): void {
    const index = this.#messages.indexOf(message);
    if (index !== -1) this.#messages.splice(index, 1);
  }

  [Symbol.iterator](): Iterator<Message> {
    return this.#messages[Symbol.iterator]();
  }

  #placeOf({ sequence }: Message): number {
    const isBehind = (other: Message | undefined) =>
      other !== undefined && (other.isReplayed || other.sequence > sequence);
    let place = this.length;
    while (isBehind(this.#messages[place - 1])) place--;
    return place;
  }
}
