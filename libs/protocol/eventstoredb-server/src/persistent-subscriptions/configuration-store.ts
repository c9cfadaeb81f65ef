import { visibleStream } from '../streams/visible-stream.js';
import { readEventFrame } from '../wire/index.js';
import { readConfiguration, storedConfiguration } from './group-configuration.js';
import type { GroupEntry } from './group-entry.js';
import type { GroupEnvironment } from './running-group.js';
import { frameAt } from './stored-log.js';
import { appendSystemEvents, jsonEvent, writeMetadata } from './system-event.js';

const STREAM = '$persistentSubscriptionConfig';
const TYPE = '$PersistentConfig';

/** Which groups there are: one event for all of them, the newest counts. */
export class ConfigurationStore {
  constructor(private readonly environment: GroupEnvironment) {}

  /** Everybody may append to the stream: what cannot be read is reported, and the one before it counts. */
  async load(): Promise<GroupEntry[]> {
    const { stored, onError } = this.environment;
    const visible = this.#visible();
    if (visible.kind !== 'readable') return [];
    for (let revision = visible.lastRevision; revision >= visible.firstRevision; revision--) {
      const position = visible.state.positionAt(revision);
      const { data } = readEventFrame(await frameAt(stored, position));
      try {
        return readConfiguration(Buffer.from(data).toString());
      } catch (error) {
        onError(`Event ${revision} of ${STREAM} is no configuration of persistent subscriptions.`, error);
      }
    }
    return [];
  }

  /** Resolves when it is durable. @throws LogUnavailableError when the disk did not take it. */
  async save(entries: readonly GroupEntry[]): Promise<void> {
    const { stored, now } = this.environment;
    const isFirst = this.#visible().kind !== 'readable';
    await Promise.all([
      isFirst && writeMetadata(stored, STREAM, { $maxCount: 2 }),
      appendSystemEvents(stored, STREAM, [jsonEvent(TYPE, storedConfiguration(entries, now()))]),
    ]);
  }

  #visible() {
    const { index, log } = this.environment.stored;
    return visibleStream(index, log, STREAM);
  }
}
