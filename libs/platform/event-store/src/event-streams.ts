/** Revision of the last event of a stream, counted from 0; `no_stream` where it has none. */
export type Revision = bigint | 'no_stream';

/** An event to append. `data` and `metadata` are plain JSON. */
export interface NewEvent {
  /** UUID. The same ids at the same place are the same append, and are written once. */
  readonly id: string;
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
}

/** An event as the store holds it: whatever shape it was written in, nothing lifted yet. */
export interface StoredEvent {
  readonly stream: string;
  readonly revision: bigint;
  /** Commit position in the whole log. */
  readonly position: bigint;
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
  /** Time of append, ISO 8601 UTC. */
  readonly recordedAt: string;
}

export type AppendAnswer =
  /** Revision and commit position of the last of the events. Those of the first time, when it is a repeat. */
  | { readonly outcome: 'appended'; readonly revision: bigint; readonly position: bigint }
  /** Another writer was first; nothing was written. `actual` where the store tells. */
  | { readonly outcome: 'conflict'; readonly actual?: Revision };

/** The streams of the log, by name (`order-<id>`). Every adapter passes the suite in `contract-suite/`. */
export abstract class EventStreams {
  /**
   * The events of a stream from `fromRevision` (inclusive) to its end at the time of reading, in order; none where
   * there is no such stream. Read piece by piece as it is consumed.
   * @throws StoreUnavailableError the store is out of reach, or stopped answering.
   * @throws StreamRefusedError the stream was deleted for good, or may not be read.
   */
  abstract load(stream: string, fromRevision?: bigint): AsyncIterable<StoredEvent>;

  /**
   * Appends all events or none; on disk once the promise resolves.
   * Events whose ids already follow `expected` in the stream, in this order, are not written again; the answer is
   * then the first one.
   * @param expected what the caller saw as the last revision.
   * @param timeoutMs budget for the whole call, in milliseconds.
   * @throws AppendOutcomeUnknownError no answer in time: the events may be stored. Read before deciding again.
   * @throws StoreUnavailableError the store is out of reach; nothing was sent.
   * @throws EventNotJsonError data or metadata is no JSON (a bigint, a circle); nothing was sent.
   * @throws StreamRefusedError too large, deleted for good, or not allowed; nothing was written.
   */
  abstract append(
    stream: string,
    events: readonly NewEvent[],
    expected: Revision,
    timeoutMs?: number,
  ): Promise<AppendAnswer>;
}

/** The store is out of reach; what was asked for was not done. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** An append was sent and not answered: its events may be stored, now or a little later. */
export class AppendOutcomeUnknownError extends Error {
  override readonly name = 'AppendOutcomeUnknownError';
}

/** The store said no for good: asking again gives the same answer. */
export class StreamRefusedError extends Error {
  override readonly name = 'StreamRefusedError';
  constructor(
    readonly reason: 'too_large' | 'deleted' | 'access_denied',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
