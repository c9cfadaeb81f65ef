import type { RecordedEvent } from '#libs/platform/kernel';

/** The followed events of the log, lifted to today's shapes. */
export abstract class LogReader {
  /** Events behind `after` (exclusive) up to `upTo` (inclusive), in order, at the reader's pace. */
  abstract read(after: bigint, upTo: bigint): AsyncIterable<RecordedEvent>;

  /** Position of the last event of the whole log. */
  abstract head(): Promise<bigint>;

  abstract close(): Promise<void>;
}
