import { randomUUID } from 'node:crypto';
import { isLink, linkTargetOf, readLinkTarget } from '../streams/link.js';
import { visibleStream } from '../streams/visible-stream.js';
import { readEventFrame } from '../wire/index.js';
import { frameAt, type StoredLog } from './stored-log.js';
import { appendSystemEvents, writeMetadata } from './system-event.js';

/** The events that a group has set aside: links in a stream of its own, truncated as they are replayed. */
export class ParkedMessages {
  readonly #stream: string;
  /** Lowest revision that is not replayed and done with, as stored. */
  truncatedBefore = 0;
  /** Revision of the next event to be parked. */
  end = 0;

  /** @param key `<source>::<group>` */
  constructor(
    private readonly stored: StoredLog,
    key: string,
  ) {
    this.#stream = `$persistentsubscription-${key}-parked`;
    const visible = visibleStream(stored.index, stored.log, this.#stream);
    if (visible.kind !== 'readable' && visible.kind !== 'soft-deleted') return;
    this.end = visible.lastRevision + 1;
    this.truncatedBefore = visible.kind === 'readable' ? Math.min(visible.firstRevision, this.end) : this.end;
  }

  /**
   * Sets an event aside; resolves when that is durable. Calls are stored in their order.
   * @param followsLink consumers get the target in place of the link: so that is what is parked.
   */
  async park(frame: Buffer, reason: string, followsLink: boolean, nowMs: number): Promise<void> {
    const { stream, revision, data } = readEventFrame(frame);
    const standsForOther = followsLink && isLink(frame) && linkTargetOf(data) !== undefined;
    const metadata = {
      added: new Date(nowMs).toISOString(),
      reason,
      subscriptionEventNumber: Number(revision),
    };
    const outcome = await appendSystemEvents(this.stored, this.#stream, [
      {
        id: randomUUID(),
        type: '$>',
        isJson: false,
        customMetadata: Buffer.from(JSON.stringify(metadata)),
        data: standsForOther ? data : Buffer.from(`${revision}@${Buffer.from(stream)}`),
      },
    ]);
    this.end = Math.max(this.end, outcome.revision + 1);
  }

  /** The parked link and where it is; undefined when its event cannot be read any more. */
  async read(revision: number): Promise<{ frame: Buffer; position: number } | undefined> {
    const state = this.stored.index.find(this.#stream);
    if (state === undefined || revision > state.lastRevision) return undefined;
    const position = state.positionAt(revision);
    const frame = await frameAt(this.stored, position);
    const target = linkTargetOf(readEventFrame(frame).data);
    const isReadable = target === undefined || (await readLinkTarget(this.stored, target)) !== undefined;
    return isReadable ? { frame, position } : undefined;
  }

  /** Forgets what is below the revision; resolves when that is durable. */
  async truncateBefore(revision: number): Promise<void> {
    await writeMetadata(this.stored, this.#stream, { $tb: revision });
    this.truncatedBefore = revision;
  }

  async delete(): Promise<void> {
    await this.stored.writer.softDelete(this.#stream, 'any');
  }
}
