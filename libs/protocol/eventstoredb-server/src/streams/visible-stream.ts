import type { EventLog } from '../storage/index.js';
import type { StreamIndex } from './stream-index.js';
import { SOFT_DELETED, streamOfMetadata } from './stream-metadata.js';
import type { StreamState } from './stream-state.js';

/** What readers may see of a stream at one moment: durable events within the limits of its metadata. */
export type VisibleStream =
  /** Never written to, or only its metadata was. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'soft-deleted'; readonly state: StreamState; readonly lastRevision: number }
  | { readonly kind: 'tombstoned'; readonly position: number | undefined }
  | {
      readonly kind: 'readable';
      readonly state: StreamState;
      readonly firstRevision: number;
      readonly lastRevision: number;
      readonly maxAgeSeconds: number | undefined;
    };

export function visibleStream(index: StreamIndex, log: EventLog, stream: string): VisibleStream {
  const state = index.find(stream);
  const ruled = streamOfMetadata(stream);
  const isDurable = (position: number | undefined) => position !== undefined && position < log.endPosition;
  if (isDurable(state?.tombstone)) return { kind: 'tombstoned', position: state?.tombstone };
  if (ruled !== undefined && isDurable(index.find(ruled)?.tombstone))
    return { kind: 'tombstoned', position: undefined };
  const lastRevision = state === undefined ? -1 : lastDurableRevision(state, log.endPosition);
  if (state === undefined || lastRevision === -1) return { kind: 'missing' };
  const { truncateBefore = 0n, maxCount = Infinity, maxAgeSeconds } = state.durableLimits;
  if (truncateBefore === SOFT_DELETED) return { kind: 'soft-deleted', state, lastRevision };
  // Of metadata only the newest counts, so that is all that readers of a `$$` stream see.
  const count = ruled === undefined ? maxCount : 1;
  const firstRevision = Math.max(Number(truncateBefore), lastRevision - count + 1, 0);
  return { kind: 'readable', state, firstRevision, lastRevision, maxAgeSeconds };
}

export function lastDurableRevision(state: StreamState, endPosition: number): number {
  let revision = state.lastRevision;
  while (revision >= 0 && state.positionAt(revision) >= endPosition) revision--;
  return revision;
}
