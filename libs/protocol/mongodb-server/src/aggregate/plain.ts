import { Binary, BSONRegExp, Decimal128, Long, MaxKey, MinKey, ObjectId, serialize, Timestamp } from 'bson';
import { BsonValue } from '../bson/value.js';

const BSON_CLASSES = [Binary, BSONRegExp, Decimal128, Long, MaxKey, MinKey, Timestamp] as const;

/** A computed value with BSON's own classes turned into stored values, ready for the encoder. */
export function toEncodable(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? undefined : value;
  if (value instanceof BsonValue || value instanceof Date || value instanceof ObjectId) return value;
  if (Array.isArray(value)) return value.map((element) => toEncodable(element) ?? null);
  if (value instanceof RegExp || BSON_CLASSES.some((kind) => value instanceof kind)) return asBson(value);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, toEncodable(field)]));
}

function asBson(value: object): BsonValue {
  const bytes = Buffer.from(serialize({ v: value }));
  return new BsonValue(bytes[4] as number, bytes, 7, bytes.length - 1);
}
