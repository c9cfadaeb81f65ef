import { encodeCheckpointFrame } from '../wire/index.js';

/**
 * When a filtered subscription tells how far it has looked (EventStoreDB:
 * Enumerator.AllSubscriptionFiltered). A checkpoint never falls behind an event or checkpoint sent before
 * it, and is not repeated. Each method returns the frame to send now, if any.
 */
export class CheckpointSchedule {
  #considered = 0;
  #lastSent = -1;
  #lastCheckpoint = -1;

  constructor(private readonly intervalEvents: number) {}

  sent(position: number): void {
    this.#lastSent = position;
  }

  /** Catching up: a page of that many events was looked at. */
  pageDone(events: number, pageStart: number): Buffer | undefined {
    this.#considered += events;
    if (this.#considered < this.intervalEvents) return undefined;
    this.#considered %= this.intervalEvents;
    return this.#checkpointAt(Math.max(this.#lastSent, pageStart));
  }

  caughtUp(): Buffer | undefined {
    this.#considered = 0;
    return this.#checkpointAt(this.#lastSent);
  }

  /** Live: one more event, sent or not. */
  passed(position: number): Buffer | undefined {
    this.#considered++;
    if (this.#considered < this.intervalEvents) return undefined;
    this.#considered = 0;
    return this.#checkpointAt(position);
  }

  #checkpointAt(position: number): Buffer | undefined {
    if (position <= this.#lastCheckpoint) return undefined;
    this.#lastCheckpoint = position;
    return encodeCheckpointFrame(BigInt(position));
  }
}
