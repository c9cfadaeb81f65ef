import { BsonType, BsonValue } from '../bson/value.js';
import type { Filter } from '../query/filter.js';
import { compileFilter, type Predicate } from '../query/match.js';
import { parseFilter } from '../query/parse-filter.js';

/** Which documents a partial index holds. */
export interface PartialFilter {
  readonly bytes: Buffer;
  readonly filter: Filter;
  readonly holds: Predicate;
}

/** @throws MongoError 2 for what is no filter. */
export function partialFilter(bytes: Buffer): PartialFilter {
  const filter = parseFilter(new BsonValue(BsonType.object, bytes, 0, bytes.length));
  return { bytes, filter, holds: compileFilter(filter) };
}
