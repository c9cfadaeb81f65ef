import type { RecordedEvent } from '#libs/platform/kernel';

/** Where an event is found. */
export interface EventName {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
}

export function nameOf({ event: { type }, id, stream, revision, position }: RecordedEvent): EventName {
  return { id, type, stream, revision, position };
}
