import type { CommandContext } from './aggregate-store.js';

export interface CommandSeen {
  readonly category: string;
  readonly commandType: CommandContext['commandType'];
  /** `recorded`, `nothing` (a repeat of what is so already), `repeated` (the first answer again), else the error's code (`fault` without one). */
  readonly outcome: string;
  readonly durationMs: number;
  /** Decisions taken: 1 where nobody came between. */
  readonly attempts: number;
}

export interface AppendSeen {
  readonly category: string;
  readonly outcome: 'appended' | 'conflict' | 'unknown' | 'unavailable' | 'refused';
  readonly durationMs: number;
  readonly events: number;
}

/** Told of what happens; for metrics. It must not throw. */
export interface EventStoreObserver {
  onCommand?(seen: CommandSeen): void;
  onAppend?(seen: AppendSeen): void;
}
