import type { Collection } from 'mongodb';
import type { Projection } from '#libs/platform/kernel';

/** A stored read model document: what the fold returned, under its key. */
export type Stored<Document extends object> = Document & { readonly _id: string };

/** The query side's way to the read models. */
export abstract class ReadModels {
  /** The collection that serves `projection` now (queries only; the projector alone writes). */
  abstract collection<Document extends object>(
    // biome-ignore lint/suspicious/noExplicitAny: readers don't care which events made the document
    projection: Projection<Document, any>,
  ): Collection<Stored<Document>>;

  /**
   * Resolves once every named projection has handled the log up to `position` (inclusive).
   * @param waitMs how long to wait at most, in milliseconds; 0 answers from what is known now.
   * @throws DomainError READ_MODEL_BEHIND (kind `unavailable`, detail with the lag) when it has not by then;
   *   READ_MODEL_STOPPED when that projection is stopped by a fault.
   */
  abstract waitFor(projections: readonly string[], position: bigint, waitMs: number): Promise<void>;
}
