import { visibleStream } from '../streams/visible-stream.js';
import { readEventFrame } from '../wire/index.js';
import { frameAt, type StoredLog } from './stored-log.js';
import { appendSystemEvents, jsonEvent, writeMetadata } from './system-event.js';

const CHECKPOINT_TYPE = '$SubscriptionCheckpoint';

/** Up to where a group has come, in a stream of its own: each checkpoint a JSON string. */
export class CheckpointStore {
  readonly #stream: string;

  /** @param key `<source>::<group>` */
  constructor(
    private readonly stored: StoredLog,
    key: string,
  ) {
    this.#stream = `$persistentsubscription-${key}-checkpoint`;
  }

  /** The newest checkpoint. What is no checkpoint counts as none: events come twice rather than never. */
  async load(): Promise<string | undefined> {
    const visible = this.#visible();
    if (visible.kind !== 'readable') return undefined;
    const position = visible.state.positionAt(visible.lastRevision);
    const { data } = readEventFrame(await frameAt(this.stored, position));
    try {
      const checkpoint: unknown = JSON.parse(Buffer.from(data).toString());
      return typeof checkpoint === 'string' ? checkpoint : undefined;
    } catch {
      return undefined;
    }
  }

  /** Resolves when it is durable. */
  async write(checkpoint: string): Promise<void> {
    const isFirst = this.#visible().kind !== 'readable';
    await Promise.all([
      isFirst && writeMetadata(this.stored, this.#stream, { $maxCount: 2 }),
      appendSystemEvents(this.stored, this.#stream, [jsonEvent(CHECKPOINT_TYPE, checkpoint)]),
    ]);
  }

  async delete(): Promise<void> {
    await this.stored.writer.softDelete(this.#stream, 'any');
  }

  #visible() {
    return visibleStream(this.stored.index, this.stored.log, this.#stream);
  }
}
