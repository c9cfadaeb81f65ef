import type { Tree } from '../bson/tree.js';
import type { BsonValue } from '../bson/value.js';
import type { Filter } from '../query/filter.js';

/** What the operators of one update may look at besides the document. */
export interface UpdateEnvironment {
  /** The filter that found the document: where `$` points to. */
  readonly filter: Filter;
  /** The upsert adds the document. */
  readonly inserting: boolean;
  /** The server's time. */
  readonly now: Date;
  /** The newest cluster time, for `$currentDate` as a timestamp. */
  readonly clusterTime: bigint;
}

/** An update taken apart and checked once, applied to many documents. */
export interface Update {
  /** Replaces everything but `_id`. */
  readonly replacement?: BsonValue;
  /** Written as an aggregation pipeline, which may leave the `_id` out. */
  readonly isPipeline?: boolean;
  /** Changes the opened document in place. */
  readonly change?: (document: Tree, original: Buffer, environment: UpdateEnvironment) => void;
}
