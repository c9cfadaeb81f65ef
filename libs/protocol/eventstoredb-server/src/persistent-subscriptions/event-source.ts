import type { Wakeup } from '../streams/commit-signals.js';

/** Who takes in what is read; numbers are revisions of a stream, or positions of `$all`. */
export interface EventSink {
  add(number: number, position: number, bucket: number): void;
  /** The group is not for this event. */
  passOver(number: number): void;
}

export interface ReadOn {
  /** The number to read from next. */
  readonly next: number;
  /** Everything that is stored has been read. */
  readonly isAtEnd: boolean;
}

/** Where the events of a group come from. */
export interface EventSource {
  /** The number that the next event to be appended has, or a lower one. */
  readonly end: number;
  /** Wakes the reader when there may be more. Returns how to stop. */
  follow(wakeup: Wakeup): () => void;
  /**
   * Reads up to `maxEvents` from a number on.
   * @param isLive the reader is at the end: it gets what comes, whatever the limits of the stream say of it then.
   */
  read(from: number, maxEvents: number, isLive: boolean, into: EventSink): Promise<ReadOn>;
  /** How checkpoints and clients write a number: `5`, or `C:5/P:5`; -1 is the end. */
  notationOf(number: number | bigint): string;
  /** Undefined for what is none. */
  numberOf(notation: string): number | undefined;
}
