import type { ExpectedRevision } from '../wire/index.js';

/** What an append has to know about the stream, undecided appends before it included. */
export interface StreamHead {
  /** Revision of the last event, -1 if there is none. */
  readonly lastRevision: number;
  readonly isTombstoned: boolean;
  readonly isSoftDeleted: boolean;
  readonly hasMetadata: boolean;
  /** Revision that the id was first stored under, as far as the bounded cache remembers. */
  rememberedRevision(eventId: string): number | undefined;
  /** Id of the stored event, truncated ones included. */
  eventIdAt(revision: number): string;
}

export type AppendDecision =
  | { readonly kind: 'write' }
  /** The events are stored already; `revision` is that of the last of them. */
  | { readonly kind: 'repeat'; readonly revision: number }
  | { readonly kind: 'wrong-version' }
  | { readonly kind: 'deleted' };

const WRITE: AppendDecision = { kind: 'write' };
const WRONG_VERSION: AppendDecision = { kind: 'wrong-version' };
const DELETED: AppendDecision = { kind: 'deleted' };

/**
 * Whether to write, in the order in which EventStoreDB decides (StorageWriterService, IndexWriter): by the
 * expected revision, and by the ids of events when the append may be a repeat.
 */
export function decideAppend(
  head: StreamHead,
  expected: ExpectedRevision,
  eventIds: readonly string[],
): AppendDecision {
  if (head.isTombstoned) return DELETED;
  if (expected === 'stream_exists') {
    if (head.isSoftDeleted) return DELETED;
    if (head.lastRevision === -1 && !head.hasMetadata) return WRONG_VERSION;
  }
  if (expected === 'any' || expected === 'stream_exists') return decideByIds(head, eventIds);
  const revision = expected === 'no_stream' ? -1n : expected;
  const last = BigInt(head.lastRevision);
  if (revision > last) return WRONG_VERSION;
  if (revision === last) return WRITE;
  return decideEarlier(head, Number(revision), expected === 'no_stream', eventIds);
}

/** Only the first id is asked for before writing: a known one makes the whole append a repeat, or wrong. */
function decideByIds(head: StreamHead, eventIds: readonly string[]): AppendDecision {
  const [first] = eventIds;
  if (first === undefined || head.rememberedRevision(first) === undefined) return WRITE;
  let revision = -1;
  for (const id of eventIds) {
    const remembered = head.rememberedRevision(id);
    if (remembered === undefined) return WRONG_VERSION;
    revision = remembered;
  }
  return { kind: 'repeat', revision };
}

/** The stream has gone on since: right only if what followed are these very events. */
function decideEarlier(
  head: StreamHead,
  expectedRevision: number,
  isNoStream: boolean,
  eventIds: readonly string[],
): AppendDecision {
  if (eventIds.length === 0) return WRONG_VERSION;
  let revision = expectedRevision;
  for (const id of eventIds) {
    revision++;
    if (revision <= head.lastRevision && head.eventIdAt(revision) === id) continue;
    const isFirst = revision === expectedRevision + 1;
    return isFirst && isNoStream && head.isSoftDeleted ? WRITE : WRONG_VERSION;
  }
  return { kind: 'repeat', revision };
}
