import type { Consumer } from './consumer.js';
import type { GroupEntry } from './group-entry.js';
import type { Measurement } from './timing-statistics.js';

/** What a group tells about itself. Positions are as its source writes them. */
export interface GroupInfo extends Rate {
  readonly entry: GroupEntry;
  readonly status: string;
  readonly startFrom: string;
  readonly lastCheckpoint: string | undefined;
  /** The newest event that the group has read. */
  readonly lastKnown: string | undefined;
  /** Events that wait for a consumer, and have not been delivered before. */
  readonly readBufferCount: number;
  /** Events that are stored and not yet read: history and what comes are read alike, from the log. */
  readonly liveBufferCount: number;
  readonly retryBufferCount: number;
  readonly outstandingCount: number;
  readonly parkedCount: number;
  readonly connections: readonly ConnectionInfo[];
}

export interface ConnectionInfo extends Rate {
  readonly name: string;
  readonly availableSlots: number;
  readonly inFlightCount: number;
  readonly measurements: readonly Measurement[];
}

interface Rate {
  readonly totalItems: number;
  readonly countSinceLastMeasurement: number;
  readonly averagePerSecond: number;
}

/** Counts since it was last read. */
export class GroupMeter {
  #lastMs: number;
  #lastTotal = 0;
  readonly #lastTotals = new WeakMap<Consumer, number>();

  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  measure(
    nowMs: number,
    totalItems: number,
    consumers: readonly { consumer: Consumer; name: string }[],
  ): Rate & { readonly connections: readonly ConnectionInfo[] } {
    const seconds = (nowMs - this.#lastMs) / 1_000;
    const rate = (total: number, last: number): Rate => ({
      totalItems: total,
      countSinceLastMeasurement: total - last,
      averagePerSecond: seconds > 0 ? Math.floor((total - last) / seconds) : 0,
    });
    const connections = consumers.map(({ consumer, name }) => {
      const last = this.#lastTotals.get(consumer) ?? 0;
      this.#lastTotals.set(consumer, consumer.totalItems);
      return {
        name,
        ...rate(consumer.totalItems, last),
        availableSlots: consumer.availableSlots,
        inFlightCount: consumer.inFlight.size,
        measurements: consumer.timings?.measurements() ?? [],
      };
    });
    const all = rate(totalItems, this.#lastTotal);
    this.#lastMs = nowMs;
    this.#lastTotal = totalItems;
    return { ...all, connections };
  }
}
