import type { StopReason } from './checkpoint.js';

export type ProjectionState = 'catching_up' | 'live' | 'reconnecting' | 'stopped';

export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly state: ProjectionState;
  /** Commit position of the last event handled; -1 before the first. */
  readonly position: bigint;
  /**
   * Events appended and not handled. Exact at the end of the log (`lagIsExact`): what was received and is not
   * committed. Reading the past, positions do not count events: then an estimate, from the bytes of log that are left
   * and those that an event has taken so far; 0 only when nothing is left.
   */
  readonly lagEvents: number;
  readonly lagIsExact: boolean;
  /**
   * Age of the oldest event not handled, in seconds; 0 when there is none. While the log does not answer, the time
   * since the projection was last known to be current: silence does not read as health.
   */
  readonly lagSeconds: number;
  /** Why it stopped, or what it is waiting for. */
  readonly reason?: string;
  readonly stopped?: StopReason;
}

/** How the projections of this process stand. */
export abstract class ProjectorStatus {
  abstract list(): readonly ProjectionStatus[];
}
