import type { Tree } from '../bson/tree.js';
import type { BsonValue } from '../bson/value.js';
import type { UpdateEnvironment } from './update.js';

/** One update operator, on one path without positions. */
export interface Operator {
  readonly apply: (
    document: Tree,
    path: readonly string[],
    operand: BsonValue,
    environment: UpdateEnvironment,
  ) => void;
  /** Refuses operands that no document could make right. */
  readonly check?: (operand: BsonValue, path: string) => void;
}
