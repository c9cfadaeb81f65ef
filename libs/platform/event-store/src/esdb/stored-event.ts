import type { ResolvedEvent } from '@eventstore/db-client';
import type { StoredEvent } from '../event-streams.js';

/** What the client gives for one event of a read or a subscription, of a stream or of `$all`. */
export interface ReceivedEvent {
  readonly event?: ResolvedEvent['event'] | undefined;
  readonly commitPosition?: bigint | undefined;
}

/** The envelope of a received event; undefined for a link whose target is gone. */
export function storedEventOf({ event, commitPosition }: ReceivedEvent): StoredEvent | undefined {
  if (!event) return undefined;
  const { streamId: stream, revision, id, type, data, metadata, created, position } = event;
  const recordedAt = created.toISOString();
  return {
    stream,
    revision,
    position: position?.commit ?? commitPosition ?? 0n,
    id,
    type,
    data,
    metadata,
    recordedAt,
  };
}
