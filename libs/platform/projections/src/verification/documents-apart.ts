import type { RecordedEvent } from '#libs/platform/kernel';
import { NOTHING_HANDLED } from '../checkpoint.js';
import { foldFor, keysOf, type RegisteredProjection } from '../registry.js';
import { type EventName, nameOf } from './event-name.js';

/** Which documents are looked at, by key. */
export type Selection = (key: string) => boolean;

/** A fold that the stored events do not get through, though the checkpoint says that they did. */
export interface Unfoldable {
  readonly event: EventName;
  readonly message: string;
}

/**
 * The documents of one projection as a plain fold of the log gives them: one event after the other, no batches, no
 * store, no checkpoints. What the projector wrote has to equal this. Holds the selected documents in memory.
 */
export class DocumentsApart {
  readonly documents = new Map<string, object>();
  readonly unfoldable = new Map<string, Unfoldable>();
  /** Position of the last event applied, or up to which there is none. */
  position = NOTHING_HANDLED;

  constructor(
    readonly registered: RegisteredProjection,
    readonly selects: Selection = () => true,
  ) {}

  /** @returns the keys whose documents the event touched. */
  apply(recorded: RecordedEvent): readonly string[] {
    const { projection } = this.registered;
    const fold = foldFor(projection, recorded.event.type);
    if (!fold) return [];
    const keys = keysOf(projection, recorded).filter(this.selects);
    for (const key of keys) {
      if (this.unfoldable.has(key)) continue;
      try {
        const after = fold(this.documents.get(key), recorded, key);
        if (after === undefined) this.documents.delete(key);
        else this.documents.set(key, after);
      } catch (error) {
        this.unfoldable.set(key, { event: nameOf(recorded), message: (error as Error).message });
      }
    }
    return keys;
  }
}
