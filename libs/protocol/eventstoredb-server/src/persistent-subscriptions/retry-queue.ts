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

  /** Before the first later one of the source; else at the end. */
  #placeOf({ sequence }: Message): number {
    let place = this.length;
    for (let index = this.length - 1; index >= 0; index--) {
      const other = this.#messages[index] as Message;
      if (other.isReplayed) continue;
      if (other.sequence < sequence) break;
      place = index;
    }
    return place;
  }
}
