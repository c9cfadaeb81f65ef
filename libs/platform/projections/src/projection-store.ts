import type { Checkpoint, StopReason } from './checkpoint.js';
import type { RegisteredProjection } from './registry.js';

/** One projection's part of a commit. */
export interface ProjectionWrites {
  readonly registered: RegisteredProjection;
  /** Where its checkpoint must stand now, and where the commit moves it. */
  readonly from: bigint;
  readonly to: bigint;
  readonly events: number;
  /** `_id` -> the document, or nothing where it is removed. */
  readonly documents: ReadonlyMap<string, object | undefined>;
  readonly stopped?: StopReason;
}

/**
 * Where read models and checkpoints are kept. A commit is one transaction: all documents and all checkpoints, or
 * nothing. Every failure leaves the store as some earlier commit left it.
 */
export abstract class ProjectionStore {
  /**
   * Makes collection, indexes and checkpoint of a projection, where they are missing.
   * @throws DocumentFault its indexes cannot be made, or there are documents and no checkpoint that explains them.
   */
  abstract prepare(registered: RegisteredProjection): Promise<void>;

  /** The checkpoints of prepared projections, by id. */
  abstract checkpoints(registered: readonly RegisteredProjection[]): Promise<Map<string, Checkpoint>>;

  /** The documents under `keys`, as the last commit left them; absent ones are not in the answer. */
  abstract load(registered: RegisteredProjection, keys: readonly string[]): Promise<Map<string, object>>;

  /**
   * Durable once the promise resolves.
   * @throws DocumentFault a document cannot be stored: nothing was written, and trying again gives the same.
   * @throws CheckpointMovedError another projector wrote: what is known of documents and checkpoints is stale.
   */
  abstract commit(writes: readonly ProjectionWrites[]): Promise<void>;

  /** Lets readers know that the projection does not go on; its position stays. */
  abstract recordStop(registered: RegisteredProjection, stopped: StopReason): Promise<void>;
}

/** One projection's document is to blame; the others' are not. */
export class DocumentFault extends Error {
  override readonly name = 'DocumentFault';
  constructor(
    readonly projectionId: string,
    readonly key: string | undefined,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export class CheckpointMovedError extends Error {
  override readonly name = 'CheckpointMovedError';
}
