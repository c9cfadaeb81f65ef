import type { Checkpoint } from '../checkpoint.js';
import type { RegisteredProjection } from '../registry.js';

export interface StoredDocument {
  readonly key: string;
  readonly document: object;
}

/** What the projector has written, as verification reads it. */
export abstract class StoredReadModels {
  /** Documents, roughly: it decides how many go into memory at once, nothing else. */
  abstract count(registered: RegisteredProjection): Promise<number>;

  /** Nothing where the projection was never prepared. */
  abstract checkpoint(registered: RegisteredProjection): Promise<Checkpoint | undefined>;

  /** Every document, streamed; the projector may write meanwhile. */
  abstract documents(registered: RegisteredProjection): AsyncIterable<StoredDocument>;

  /** Some documents and the checkpoint of one moment. */
  abstract together(
    registered: RegisteredProjection,
    keys: readonly string[],
  ): Promise<{ readonly checkpoint: Checkpoint; readonly documents: ReadonlyMap<string, object> }>;

  abstract close(): Promise<void>;
}
