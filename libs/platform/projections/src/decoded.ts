import { decodeEvent, UnreadableEventError } from '#libs/platform/event-store';
import type { DomainEvent, RecordedEvent } from '#libs/platform/kernel';
import type { LoggedEvent } from './log-feed.js';
import type { Category, ProjectionRegistry } from './registry.js';

/** An event of the feed, lifted once for all projections, or the reason why it cannot be. */
export interface Decoded {
  readonly logged: LoggedEvent;
  readonly category: Category;
  readonly recorded?: RecordedEvent<DomainEvent>;
  readonly unreadable?: UnreadableEventError;
}

/** Nothing for what is no event of a context: links, tombstones and other system events. */
export function decode(registry: ProjectionRegistry, logged: LoggedEvent): Decoded | undefined {
  const category = registry.categoryOf(logged.streamId);
  if (!category || logged.type.startsWith('$')) return undefined;
  try {
    return { logged, category, recorded: decodeEvent(category.eventTypes, stored(logged)) };
  } catch (error) {
    if (error instanceof UnreadableEventError) return { logged, category, unreadable: error };
    throw error;
  }
}

function stored({ streamId, id, revision, type, data, metadata, isJson, created, position }: LoggedEvent) {
  return {
    stream: streamId,
    id,
    revision,
    type,
    data: isJson ? data : undefined,
    metadata,
    position: position.commit,
    recordedAt: created.toISOString(),
  };
}
