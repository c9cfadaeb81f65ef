/** `$all`, as a source of events among the streams: no stream can have this name. */
export const ALL = '$all';

export const CONSUMER_STRATEGIES = [
  'RoundRobin',
  'DispatchToSingle',
  'Pinned',
  'PinnedByCorrelation',
] as const;
export type ConsumerStrategyName = (typeof CONSUMER_STRATEGIES)[number];

/** Which events of `$all` a group is for, as its creator said it: a regular expression wins over prefixes. */
export interface FilterSettings {
  readonly on: 'stream' | 'type';
  readonly regex: string;
  readonly prefixes: readonly string[];
}

/** What the creator of a group may choose; names and meaning as in EventStoreDB's configuration. */
export interface GroupSettings {
  /** The first event to deliver: a revision for streams, a position for `$all`. 'end': what comes after creation. */
  readonly startFrom: bigint | 'end';
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  /** A message that is not acknowledged for so long is tried again; 0: at the next tick. */
  readonly messageTimeoutMs: number;
  /** A message that fails once more after so many tries is parked. */
  readonly maxRetryCount: number;
  /** 0: never because of time. */
  readonly checkpointAfterMs: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  /** 0: as many as like. */
  readonly maxSubscriberCount: number;
  readonly liveBufferSize: number;
  readonly readBatchSize: number;
  readonly historyBufferSize: number;
  readonly strategy: ConsumerStrategyName;
}

/** The settings cannot work; the message says why. */
export class GroupSettingsError extends Error {
  override readonly name = 'GroupSettingsError';
}

const INT64_MAX = 2n ** 63n - 1n;

/** @param lastPosition of the log. @throws GroupSettingsError */
export function checkGroupSettings(source: string, settings: GroupSettings, lastPosition: number): void {
  const { startFrom, readBatchSize, historyBufferSize, liveBufferSize } = settings;
  if (readBatchSize >= historyBufferSize)
    throw new GroupSettingsError(
      `The read batch size (${readBatchSize}) must be less than the history buffer size (${historyBufferSize}).`,
    );
  if (liveBufferSize < 0)
    throw new GroupSettingsError(`The live buffer size must not be negative, as ${liveBufferSize} is.`);
  if (startFrom === 'end') return;
  if (source === ALL && startFrom > BigInt(lastPosition))
    throw new GroupSettingsError(
      'Invalid Start From position: commit position must be less than or equal to the last commit position in the transaction file.',
    );
  if (startFrom > INT64_MAX)
    throw new GroupSettingsError(
      'Invalid Start From position: event number must be greater than or equal to -1.',
    );
}

/** @throws GroupSettingsError for a name that is none. */
export function consumerStrategyNamed(name: string): ConsumerStrategyName {
  const found = CONSUMER_STRATEGIES.find((strategy) => strategy === name);
  if (found === undefined) throw new GroupSettingsError(`Consumer strategy ${name} does not exist.`);
  return found;
}
