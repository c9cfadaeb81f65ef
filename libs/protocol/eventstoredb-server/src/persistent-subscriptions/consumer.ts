import type { Message } from './message.js';
import type { TimingStatistics } from './timing-statistics.js';

/** A message that is with a consumer. */
export interface Delivery {
  readonly message: Message;
  readonly consumer: Consumer;
  readonly sentAtMs: number;
  readonly expiresAtMs: number;
  /** Of the event or of its link: by it the consumer acknowledges. Unknown until the event was read from the log. */
  id: string | undefined;
}

/** One that the events of a group are delivered to, as the rules see it. */
export class Consumer {
  readonly inFlight = new Set<Delivery>();
  /** Deliveries so far, repeated ones included. */
  totalItems = 0;
  /** The connection is not being read from fast enough: nothing more goes out until it is. */
  isBlocked = false;

  constructor(
    /** How many messages may be with it without having been acknowledged. */
    readonly slots: number,
    readonly timings?: TimingStatistics,
  ) {}

  get availableSlots(): number {
    return Math.max(0, this.slots - this.inFlight.size);
  }

  get canTake(): boolean {
    return !this.isBlocked && this.inFlight.size < this.slots;
  }
}
