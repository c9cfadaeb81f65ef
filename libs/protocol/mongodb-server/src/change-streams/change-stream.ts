import { setImmediate as breathe } from 'node:timers/promises';
import { encodeDocument } from '../bson/encode.js';
import { documentKey } from '../bson/key-encoding.js';
import { BsonType, type BsonValue, documentValue, fieldsOf } from '../bson/value.js';
import type { BatchSource } from '../commands/cursors.js';
import { MongoError } from '../errors.js';
import type { ReadContext } from '../storage/contexts.js';
import type { Engine } from '../storage/engine.js';
import { eventOf, invalidateEvent, StoredChange, type WatchedScope } from './change-event.js';
import type { ChangePipeline } from './change-pipeline.js';
import { pointAt, type ResumePoint, tokenOf } from './resume-token.js';

const READ_AT_ONCE = 500;
/** maxBsonObjectSize and what a reply may have besides. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024 + 16 * 1024;

export interface ChangeStreamOptions {
  readonly scope: WatchedScope;
  readonly start: ResumePoint;
  readonly looksUp: boolean;
  readonly pipeline: ChangePipeline;
}

/** The changes of a collection or a database as they are committed, from a point on; a cursor that waits for more. */
export class ChangeStream implements BatchSource {
  /** The stream ended with an `invalidate` event. */
  done = false;
  private point: ResumePoint;
  /** The change that the stream stands behind, when `invalidate` comes next. */
  private ending: StoredChange | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly options: ChangeStreamOptions,
  ) {
    this.point = options.start;
    this.ending = this.endingAt(options.start);
  }

  /** A stream may begin behind the very change that ended it for another. */
  private endingAt({ place, invalidated }: ResumePoint): StoredChange | undefined {
    if (invalidated) return undefined;
    const stored = this.engine.changeLog.at(this.engine.readNow(), this.log.ident, place);
    if (!stored) return undefined;
    const change = new StoredChange(place, stored);
    return this.isEnd(change) ? change : undefined;
  }

  private isEnd(change: StoredChange): boolean {
    return change.isSeenBy(this.options.scope) && change.ends(this.options.scope);
  }

  private get log() {
    const log = this.engine.changeLog.databases.get(this.options.scope.database);
    if (!log) throw new Error('a change stream was opened on a database without a log');
    return log;
  }

  /** A client that resumes from it misses nothing that it was not given. */
  get postBatchResumeToken(): BsonValue {
    return documentValue(encodeDocument(tokenOf(this.point)));
  }

  /** The events that are there, at most `count`; none when nothing happened. @throws MongoError 286, 280 */
  async batch(
    _context: ReadContext,
    count: number,
    sizeBytes: number,
    interrupted: () => void,
  ): Promise<Buffer[]> {
    const events: Buffer[] = [];
    let size = 0;
    while (!this.done && events.length < count) {
      const { read, isAll } = this.readSome(count - events.length, sizeBytes - size, events.length === 0);
      for (const event of read) size += event.length;
      events.push(...read);
      if (isAll) break;
      interrupted();
      await breathe();
    }
    return events;
  }

  private readSome(count: number, sizeBytes: number, isFirst: boolean): { read: Buffer[]; isAll: boolean } {
    const { changeLog } = this.engine;
    const { ident, lostUpTo } = this.log;
    if (this.point.place.compare(lostUpTo) < 0) throw historyLost();
    const context = this.engine.readNow();
    const seenUpTo = this.engine.clusterTime;
    const read: Buffer[] = [];
    let size = 0;
    let looked = 0;
    const take = (event: Buffer | undefined): boolean => {
      const shown = event && this.options.pipeline(event);
      if (!shown) return true;
      if (shown.length > MAX_EVENT_BYTES)
        throw new MongoError(10334, `a change event of ${shown.length} bytes is too large`);
      if ((read.length > 0 || !isFirst) && size + shown.length > sizeBytes) return false;
      size += shown.length;
      read.push(shown);
      return true;
    };
    if (this.ending) return this.invalidate(take, read);
    for (const { key, value } of changeLog.after(context, ident, this.point.place)) {
      if (read.length === count || looked === READ_AT_ONCE) return { read, isAll: read.length === count };
      looked++;
      const change = new StoredChange(Buffer.copyBytesFrom(key), value);
      const isSeen = change.isSeenBy(this.options.scope);
      if (isSeen && !take(this.shown(change, context))) return { read, isAll: true };
      this.point = { place: change.place, invalidated: false };
      if (isSeen && change.ends(this.options.scope)) {
        this.ending = change;
        return { read, isAll: false };
      }
    }
    const now = pointAt(seenUpTo);
    if (now.place.compare(this.point.place) > 0) this.point = now;
    return { read, isAll: true };
  }

  private invalidate(take: (event: Buffer) => boolean, read: Buffer[]): { read: Buffer[]; isAll: boolean } {
    const point = { place: this.ending!.place, invalidated: true };
    if (take(invalidateEvent(this.ending!, point))) {
      this.point = point;
      this.done = true;
    }
    return { read, isAll: true };
  }

  private shown(change: StoredChange, context: ReadContext): Buffer {
    const { scope, looksUp } = this.options;
    const current = looksUp && change.operation === 'update' ? this.lookUp(change, context) : undefined;
    return eventOf(change, scope.database, current);
  }

  /** The document as it is now: perhaps with later changes, perhaps gone. */
  private lookUp(change: StoredChange, context: ReadContext): Buffer | null {
    const namespace = `${this.options.scope.database}.${change.text('coll')}`;
    const collection = context.collection(namespace);
    if (collection?.uuid !== change.text('uuid')) return null;
    const key = change.get('key')!;
    const id = key.type === BsonType.object ? fieldsOf(key).get('_id') : undefined;
    const document = id && context.get(documentKey(collection!.ident, id));
    return document ? Buffer.copyBytesFrom(document) : null;
  }
}

export function historyLost(): MongoError {
  return new MongoError(
    286,
    'Resume of change stream was not possible, as the resume point may no longer be in the oplog.',
  );
}
