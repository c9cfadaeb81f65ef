/** The position of a projection that has handled nothing yet. */
export const NOTHING_HANDLED = -1n;

/** Why a projection does not go on; it is tried again when the projector starts anew. */
export interface StopReason {
  readonly message: string;
  /** The event that could not be handled, where one is to blame. */
  readonly eventId?: string;
  readonly eventType?: string;
  readonly stream?: string;
  readonly revision?: bigint;
  readonly position?: bigint;
  /** Time of append of the event, ISO 8601 UTC. */
  readonly eventAt?: string;
  /** The document that could not be written, where one is to blame. */
  readonly key?: string;
  /** ISO 8601 UTC, the projector's clock. */
  readonly at: string;
}

/** How far a projection's documents are; saved with them, in one transaction. */
export interface Checkpoint {
  /** Commit position of the last event handled; `NOTHING_HANDLED` at first. */
  readonly position: bigint;
  /** How many events of the feed that took. */
  readonly events: number;
  readonly stopped?: StopReason;
}
