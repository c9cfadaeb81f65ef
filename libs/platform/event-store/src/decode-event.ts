import type { DomainEvent, EventMetadata, EventType, EventTypes, RecordedEvent } from '#libs/platform/kernel';
import type { StoredEvent } from './event-streams.js';
import { UnreadableEventError, type UnreadableReason } from './unreadable-event-error.js';

/**
 * A stored event in today's shape. Never guesses: what this code does not know for certain is refused.
 * @throws UnreadableEventError unknown type, later schema version, missing metadata, or an upcaster that fails.
 */
export function decodeEvent<Event extends DomainEvent>(
  eventTypes: EventTypes<Event>,
  stored: StoredEvent,
): RecordedEvent<Event> {
  const { type, id, stream, revision, position, recordedAt } = stored;
  const known = typeNamed(eventTypes, type);
  if (!known) throw unreadable(stored, 'unknown_type');
  const metadata = metadataOf(stored);
  if (metadata.schemaVersion > known.version) throw unreadable(stored, 'newer_version', known.version);
  const data = lift(known, stored, metadata.schemaVersion);
  if (typeof data !== 'object' || data === null) throw unreadable(stored, 'bad_data', known.version);
  return { event: { type, data } as Event, id, stream, revision, position, recordedAt, metadata };
}

/** Own properties only: an event type may be called `constructor`. */
export function typeNamed(eventTypes: EventTypes, type: string): EventType | undefined {
  return Object.hasOwn(eventTypes, type) ? eventTypes[type] : undefined;
}

function metadataOf(stored: StoredEvent): EventMetadata {
  const metadata = stored.metadata as Partial<EventMetadata> | null | undefined;
  const version = metadata?.schemaVersion;
  if (!metadata || !Number.isSafeInteger(version) || (version ?? 0) < 1)
    throw unreadable(stored, 'bad_metadata');
  return metadata as EventMetadata;
}

function lift({ version, upcasters = [] }: EventType, stored: StoredEvent, from: number): unknown {
  let { data } = stored;
  try {
    for (let step = from; step < version; step++) data = upcasters[step - 1]!(data);
  } catch (cause) {
    throw unreadable(stored, 'upcaster_failed', version, cause);
  }
  return data;
}

function unreadable(stored: StoredEvent, reason: UnreadableReason, knownVersion?: number, cause?: unknown) {
  const storedVersion = (stored.metadata as Partial<EventMetadata> | null | undefined)?.schemaVersion;
  const { stream, revision, type: eventType } = stored;
  return new UnreadableEventError(
    { stream, revision, eventType, reason, storedVersion, knownVersion },
    { cause },
  );
}
