import type { BsonValue } from '../bson/value.js';

/** Whether both are stored alike: type, and every byte. */
export function sameBytes(left: BsonValue, right: BsonValue): boolean {
  if (left.type !== right.type || left.end - left.start !== right.end - right.start) return false;
  return left.bytes.compare(right.bytes, right.start, right.end, left.start, left.end) === 0;
}
