import { EventStoreError } from './event-store-errors.js';

export type UnreadableReason =
  | 'unknown_type'
  | 'newer_version'
  | 'bad_metadata'
  | 'bad_data'
  | 'upcaster_failed';

export interface UnreadableEvent {
  readonly stream: string;
  readonly revision: bigint;
  readonly eventType: string;
  readonly reason: UnreadableReason;
  readonly storedVersion: number | undefined;
  readonly knownVersion: number | undefined;
}

const SENTENCES: Readonly<Record<UnreadableReason, (event: UnreadableEvent) => string>> = {
  unknown_type: () => 'this software does not know that type',
  newer_version: ({ storedVersion, knownVersion }) =>
    `it has schema version ${storedVersion}, this software knows up to ${knownVersion}: a newer one wrote it`,
  bad_metadata: () => 'its metadata has no schemaVersion: it was not written by a command',
  bad_data: () => 'its data is not a JSON object',
  upcaster_failed: ({ storedVersion, knownVersion }) =>
    `lifting it from schema version ${storedVersion} to ${knownVersion} failed`,
};

/** Nothing is folded past such an event: the reader stops and names it. */
export class UnreadableEventError extends EventStoreError {
  override readonly name = 'UnreadableEventError';
  constructor(
    readonly unreadable: UnreadableEvent,
    options?: ErrorOptions,
  ) {
    const { eventType, revision, stream, reason } = unreadable;
    const detail = `Event ${eventType} at revision ${revision} of ${stream} cannot be read: ${SENTENCES[reason](unreadable)}.`;
    super('EVENT_UNREADABLE', { ...options, detail });
  }
}
