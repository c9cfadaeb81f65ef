import { type DomainEvent, derivedId, type EventMetadata, type RecordedEvent } from '#libs/platform/kernel';

const NAMESPACE = '5b0a6e0c-7d39-4a0e-9a44-6f5f1d1e2c11';
const TIME = '2026-03-01T10:00:00.000Z';

export type RecordedOverrides = Partial<Omit<RecordedEvent, 'event' | 'metadata'>> & {
  readonly metadata?: Partial<EventMetadata>;
};

/**
 * An event as if it had been read back: revision 0 of `test-1`, at a fixed time, its id derived from its place.
 * `at` and the time of append are 2026-03-01T10:00:00.000Z unless overridden.
 */
export function recorded<Event extends DomainEvent>(
  event: Event,
  overrides: RecordedOverrides = {},
): RecordedEvent<Event> {
  const { metadata, stream = 'test-1', revision = 0n, ...rest } = overrides;
  const commandId = derivedId(`command ${stream} ${revision}`, NAMESPACE);
  return {
    event,
    id: derivedId(`event ${stream} ${revision}`, NAMESPACE),
    stream,
    revision,
    position: revision,
    recordedAt: TIME,
    ...rest,
    metadata: {
      schemaVersion: 1,
      $correlationId: commandId,
      $causationId: commandId,
      commandId,
      commandType: 'Test',
      commandHash: '0'.repeat(64),
      actor: 'anonymous',
      at: TIME,
      ...metadata,
    },
  };
}
