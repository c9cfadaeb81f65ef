import type { EventStoreDBClient } from '@eventstore/db-client';
import { ALL } from './all.js';
import { readLog } from './log.js';

export interface StreamSummary {
  readonly stream: string;
  /** Revision of its last event, counted from 0. */
  readonly lastRevision: bigint;
  readonly lastEventType: string;
  /** ISO 8601 UTC: when the store recorded it. */
  readonly lastRecordedAt: string;
  /** Commit position of the last event. */
  readonly position: bigint;
  /** A tombstone, or a truncation of all its events: reads of the stream find nothing. */
  readonly deleted: boolean;
}

export interface ListOptions {
  /** Streams named `<category>-…` only. */
  readonly category?: string;
  readonly limit: number;
  /** Also the store's own streams, whose names begin with `$`. */
  readonly system: boolean;
}

/**
 * Streams by their last event, latest first: the log read backwards, each stream reported where it is first met.
 * Remembers the streams it has reported and the deleted ones: memory grows with those, not with the log. (The `$streams`
 * stream would do, but only where the store's system projections run.)
 */
export async function* listStreams(
  client: EventStoreDBClient,
  { category, limit, system }: ListOptions,
): AsyncGenerator<StreamSummary> {
  const reported = new Set<string>();
  const truncated = new Set<string>();
  for await (const event of readLog(client, ALL, { backwards: true, limit: Number.MAX_SAFE_INTEGER })) {
    const { stream } = event;
    if (stream.startsWith('$$') && isSoftDelete(event.data)) truncated.add(stream.slice(2));
    const wanted = category ? stream.startsWith(`${category}-`) : system || !stream.startsWith('$');
    if (!wanted || reported.has(stream)) continue;
    reported.add(stream);
    yield {
      stream,
      lastRevision: event.revision,
      lastEventType: event.type,
      lastRecordedAt: event.recordedAt,
      position: event.position,
      deleted: event.type === '$streamDeleted' || truncated.has(stream),
    };
    if (reported.size === limit) return;
  }
}

/** Deleting a stream sets `$tb`, the first revision that is kept, to the largest there is (2^63 - 1). */
function isSoftDelete(metadata: unknown): boolean {
  if (typeof metadata !== 'object' || metadata === null || !('$tb' in metadata)) return false;
  return Number(metadata.$tb) > Number.MAX_SAFE_INTEGER;
}
