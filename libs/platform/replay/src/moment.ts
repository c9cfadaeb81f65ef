import type { RecordedEvent } from '#libs/platform/kernel';

/** Up to where a stream is replayed; what is left out does not bound it. */
export interface Moment {
  /** The last revision, from 0. */
  readonly atRevision?: bigint;
  /** The command's own time, along the stream: ends before the first event of a later one. */
  readonly atTime?: Date;
  /** The time of append. */
  readonly recordedAt?: Date;
  /** A prefix of the whole log: the commit position of its last event. */
  readonly atPosition?: bigint;
}

export function isPast(moment: Moment, { revision, position, recordedAt, metadata }: RecordedEvent): boolean {
  const { atRevision, atTime, recordedAt: upTo, atPosition } = moment;
  if (atRevision !== undefined && revision > atRevision) return true;
  if (atPosition !== undefined && position > atPosition) return true;
  if (upTo !== undefined && Date.parse(recordedAt) > upTo.getTime()) return true;
  return atTime !== undefined && Date.parse(metadata.at) > atTime.getTime();
}
