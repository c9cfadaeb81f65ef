import { randomUUID } from 'node:crypto';
import type { EventLog, PendingAppend } from '../storage/index.js';
import { type ExpectedRevision, encodeEventFrame, readEventFrame } from '../wire/index.js';
import type { CommitSignals } from './commit-signals.js';
import { decideAppend, type StreamHead } from './decide-append.js';
import { isYoungEnough } from './event-age.js';
import {
  type IndexChange,
  metadataText,
  type StreamIndex,
  TOMBSTONE_REVISION,
  TOMBSTONE_TYPE,
} from './stream-index.js';
import {
  METADATA_TYPE,
  metadataStreamOf,
  metadataTruncatedBefore,
  SOFT_DELETED,
  streamOfMetadata,
} from './stream-metadata.js';
import type { StreamState } from './stream-state.js';

export interface NewEvent {
  /** UUID, lower case with dashes. */
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly customMetadata: Uint8Array;
  readonly data: Uint8Array;
}

export type AppendOutcome =
  /** Written now or before. `revision` is -1 and `position` undefined when there is no event. */
  | { readonly kind: 'stored'; readonly revision: number; readonly position: number | undefined }
  | { readonly kind: 'wrong-version'; readonly lastRevision: number }
  | { readonly kind: 'deleted' };

const NOTHING = Buffer.alloc(0);
const TICKS_PER_MS = 10_000;

/** An event that the node itself writes, whatever the revision of the stream. */
export interface OwnEvent {
  readonly stream: string;
  readonly event: NewEvent;
  /** Where all the stream holds lies before this log position, that is hidden from now on. */
  readonly startsAnewFrom?: number;
}

/**
 * All writes of the node. Each is decided at once, in order of arrival, on everything decided before it; its
 * answer comes when that is durable.
 * Each method @throws LogUnavailableError when the disk did not take it: nothing was written.
 */
export class StreamWriter {
  constructor(
    private readonly log: EventLog,
    private readonly index: StreamIndex,
    private readonly signals: CommitSignals,
  ) {}

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendOutcome> {
    const outcome = this.decide(stream, expected, events);
    await this.log.whenDurable();
    return outcome;
  }

  /** Hides what the stream holds; it may live again. The outcome's position is that of the metadata event. */
  async softDelete(stream: string, expected: ExpectedRevision): Promise<AppendOutcome> {
    const outcome = this.#decideSoftDelete(stream, expected);
    await this.log.whenDurable();
    return outcome;
  }

  /** Ends the stream for good. */
  async tombstone(stream: string, expected: ExpectedRevision): Promise<AppendOutcome> {
    const outcome = this.#decideTombstone(stream, expected);
    await this.log.whenDurable();
    return outcome;
  }

  /**
   * Appends events to any number of streams, all or none; a tombstoned stream gets nothing. Resolves when they
   * are durable. Should the disk refuse them, `onRefused` is called before anything else can be appended.
   */
  async appendAcross(events: readonly OwnEvent[], onRefused?: () => void): Promise<void> {
    const batch = new EventBatch(this.log, this.index, this.signals, onRefused);
    for (const { stream, event, startsAnewFrom = 0 } of events) {
      const state = this.index.find(stream);
      if (state?.tombstone !== undefined) continue;
      const revision = (state?.lastRevision ?? -1) + 1;
      const isOld = revision > 0 && (state as StreamState).positionAt(revision - 1) < startsAnewFrom;
      batch.add(stream, event);
      const metadataStream = metadataStreamOf(stream);
      if ((isOld || state?.isSoftDeleted) && this.index.find(metadataStream)?.tombstone === undefined)
        batch.add(metadataStream, this.#metadataOfRevived(stream, revision));
    }
    if (batch.isEmpty) return;
    batch.append();
    await this.log.whenDurable();
  }

  /** The same at once. The outcome may be told to nobody before the log's `whenDurable`. */
  decide(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): AppendOutcome {
    const head = this.#headOf(stream);
    const ids = events.map((event) => event.id);
    const decision = decideAppend(head, expected, ids);
    switch (decision.kind) {
      case 'deleted':
        return decision;
      case 'wrong-version':
        return { kind: 'wrong-version', lastRevision: head.lastRevision };
      case 'repeat': {
        const position = this.#readablePosition(stream, decision.revision);
        return { kind: 'stored', revision: decision.revision, position };
      }
      case 'write':
        if (events.length === 0) return { kind: 'stored', revision: head.lastRevision, position: undefined };
        return this.#write(stream, head, events);
    }
  }

  #write(stream: string, head: StreamHead, events: readonly NewEvent[]): AppendOutcome {
    const first = head.lastRevision + 1;
    const ruled = this.#softDeletedStreamRuledBy(stream);
    const batch = new EventBatch(this.log, this.index, this.signals);
    for (const event of events) batch.add(stream, event);
    const revision = first + events.length - 1;
    const position = batch.lastPosition;
    if (head.isSoftDeleted) batch.add(metadataStreamOf(stream), this.#metadataOfRevived(stream, first));
    if (ruled !== undefined) batch.add(stream, this.#metadataOfDeleted(ruled, events));
    batch.append();
    return { kind: 'stored', revision, position };
  }

  #decideSoftDelete(stream: string, expected: ExpectedRevision): AppendOutcome {
    const head = this.#headOf(stream);
    const decision = decideAppend(head, expected, [randomUUID()]);
    if (decision.kind === 'deleted') return decision;
    // Where the `$$` stream has ended, there is no place left to write it down; what a real node does is not known.
    if (this.index.find(metadataStreamOf(stream))?.tombstone !== undefined) return { kind: 'deleted' };
    const isNothing = head.lastRevision === -1 && !head.hasMetadata;
    if (decision.kind !== 'write' || isNothing)
      return { kind: 'wrong-version', lastRevision: head.lastRevision };
    const batch = new EventBatch(this.log, this.index, this.signals);
    batch.add(metadataStreamOf(stream), metadataEvent(`{"$tb":${SOFT_DELETED}}`));
    batch.append();
    return { kind: 'stored', revision: head.lastRevision, position: batch.lastPosition };
  }

  #decideTombstone(stream: string, expected: ExpectedRevision): AppendOutcome {
    const head = this.#headOf(stream);
    const decision = decideAppend(head, expected, [randomUUID()]);
    if (decision.kind === 'deleted') return decision;
    if (decision.kind !== 'write') return { kind: 'wrong-version', lastRevision: head.lastRevision };
    const batch = new EventBatch(this.log, this.index, this.signals);
    batch.addTombstone(stream);
    batch.append();
    return { kind: 'stored', revision: head.lastRevision, position: batch.lastPosition };
  }

  #headOf(stream: string): StreamHead {
    return new IndexedStreamHead(stream, this.index, this.log);
  }

  /** Undefined where readers are not shown the event any more (EventStoreDB: IndexWriter asks IndexReader.ReadEvent). */
  #readablePosition(stream: string, revision: number): number | undefined {
    const state = this.index.find(stream) as StreamState;
    const { truncateBefore = 0n, maxCount = Infinity, maxAgeSeconds } = state.limits;
    const count = streamOfMetadata(stream) === undefined ? maxCount : 1;
    if (BigInt(revision) < truncateBefore || revision <= state.lastRevision - count) return undefined;
    const position = state.positionAt(revision);
    return isYoungEnough(this.log.frameNow(position), maxAgeSeconds) ? position : undefined;
  }

  #softDeletedStreamRuledBy(stream: string): StreamState | undefined {
    const ruled = streamOfMetadata(stream);
    const state = ruled === undefined ? undefined : this.index.find(ruled);
    return state?.isSoftDeleted ? state : undefined;
  }

  /** New metadata for a deleted stream must not bring its old events back. */
  #metadataOfDeleted(ruled: StreamState, events: readonly NewEvent[]): NewEvent {
    const json = Buffer.from((events.at(-1) as NewEvent).data).toString();
    return metadataEvent(metadataTruncatedBefore(json, ruled.lastRevision + 1));
  }

  #metadataOfRevived(stream: string, firstRevision: number): NewEvent {
    const metadata = this.index.find(metadataStreamOf(stream));
    const current =
      metadata === undefined || metadata.lastRevision === -1
        ? NOTHING
        : readEventFrame(this.log.frameNow(metadata.positionAt(metadata.lastRevision))).data;
    return metadataEvent(metadataTruncatedBefore(Buffer.from(current).toString(), firstRevision));
  }
}

/** Asks the index for what the decision on an append asks for, and most need little. */
class IndexedStreamHead implements StreamHead {
  readonly #state: StreamState | undefined;
  readonly lastRevision: number;

  constructor(
    private readonly stream: string,
    private readonly index: StreamIndex,
    private readonly log: EventLog,
  ) {
    this.#state = index.find(stream);
    this.lastRevision = this.#state?.lastRevision ?? -1;
  }

  get isTombstoned(): boolean {
    if (this.#state?.tombstone !== undefined) return true;
    const ruled = streamOfMetadata(this.stream);
    return ruled !== undefined && this.index.find(ruled)?.tombstone !== undefined;
  }

  get isSoftDeleted(): boolean {
    return this.#state?.isSoftDeleted ?? false;
  }

  get hasMetadata(): boolean {
    return (this.index.find(metadataStreamOf(this.stream))?.lastRevision ?? -1) >= 0;
  }

  rememberedRevision(eventId: string): number | undefined {
    return this.index.revisionOfId(this.stream, eventId);
  }

  eventIdAt(revision: number): string {
    return readEventFrame(this.log.frameNow(this.#state?.positionAt(revision) as number)).id;
  }
}

/** The events of one append, indexed as they are added, so that the next decision rests on them. */
class EventBatch implements PendingAppend {
  readonly frames: Buffer[] = [];
  readonly #changes: IndexChange[] = [];
  /** Those that got events, in order; the same may be there more than once. */
  readonly #streams: string[] = [];
  readonly #created = nowInTicks();
  readonly #firstPosition: number;

  constructor(
    private readonly log: EventLog,
    private readonly index: StreamIndex,
    private readonly signals: CommitSignals,
    private readonly onRefused?: () => void,
  ) {
    this.#firstPosition = log.nextPosition;
  }

  get isEmpty(): boolean {
    return this.frames.length === 0;
  }

  get lastPosition(): number {
    return this.#firstPosition + this.frames.length - 1;
  }

  addTombstone(stream: string): void {
    this.add(stream, { ...newEvent(TOMBSTONE_TYPE), isJson: false }, true);
  }

  add(stream: string, event: NewEvent, isTombstone = false): void {
    const revision = (this.index.find(stream)?.lastRevision ?? -1) + 1;
    const position = this.#firstPosition + this.frames.length;
    const { id, type, isJson, customMetadata, data } = event;
    this.frames.push(
      encodeEventFrame({
        id,
        stream,
        revision: isTombstone ? TOMBSTONE_REVISION : revision,
        position,
        type,
        contentType: isJson ? 'application/json' : 'application/octet-stream',
        created: this.#created,
        customMetadata,
        data,
      }),
    );
    const metadata = metadataText(stream, type, isJson, data);
    this.#changes.push(this.index.add({ id, stream, revision, position, isTombstone, metadata }));
    if (this.#streams.at(-1) !== stream) this.#streams.push(stream);
  }

  append(): void {
    try {
      this.log.append(this);
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  commit(): void {
    for (const change of this.#changes) change.commit();
    for (const stream of this.#streams) this.signals.committedTo(stream);
  }

  undo(): void {
    for (const change of this.#changes.toReversed()) change.undo();
    this.onRefused?.();
  }
}

let ticksAtMs = 0;
let ticks = '';

/** The text is made once a millisecond. */
function nowInTicks(): string {
  const nowMs = Date.now();
  if (nowMs !== ticksAtMs) {
    ticksAtMs = nowMs;
    ticks = String(nowMs * TICKS_PER_MS);
  }
  return ticks;
}

function newEvent(type: string): NewEvent {
  return { id: randomUUID(), type, isJson: true, customMetadata: NOTHING, data: NOTHING };
}

function metadataEvent(json: string): NewEvent {
  return { ...newEvent(METADATA_TYPE), data: Buffer.from(json) };
}
