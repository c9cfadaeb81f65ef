import type { Readable } from 'node:stream';

/** An event as the log holds it, in the genuine client's words. */
export interface LoggedEvent {
  readonly streamId: string;
  readonly id: string;
  readonly revision: bigint;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
  readonly isJson: boolean;
  /** Time of append. */
  readonly created: Date;
  readonly position: { readonly commit: bigint };
}

export interface LoggedItem {
  readonly event?: LoggedEvent;
}

/** The log, filtered to the registered categories. */
export abstract class LogFeed {
  /**
   * Everything after the position (exclusive), then what is appended, as a stream of `LoggedItem`. Emits `caughtUp`
   * when the past is delivered, and `error` when the log is lost; it does not reconnect.
   */
  abstract follow(after: bigint): Readable;

  /**
   * A look at the log that does not depend on the subscription: the first followed event after the position.
   * @param after exclusive.
   * @returns `scannedTo`: nothing followed lies between `after` and it.
   */
  abstract firstAfter(after: bigint): Promise<{ readonly event?: LoggedEvent; readonly scannedTo: bigint }>;

  /** Position of the last event of the whole log, followed or not. */
  abstract head(): Promise<bigint>;

  abstract close(): Promise<void>;
}

/** The connection to the log is gone; what was received before it counts. */
export class LogLostError extends Error {
  override readonly name = 'LogLostError';
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
