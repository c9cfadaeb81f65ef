/** What the metadata of a stream says about which of its events can be read (EventStoreDB: StreamMetadata). */
export interface StreamLimits {
  /** Number of newest events that are visible. */
  readonly maxCount?: number;
  readonly maxAgeSeconds?: number;
  /** Lowest visible revision; `SOFT_DELETED` hides all there were. */
  readonly truncateBefore?: bigint;
}

const INT64_MAX = 2n ** 63n - 1n;
/** `$tb` of a deleted stream that may live again. */
export const SOFT_DELETED = INT64_MAX;
export const NO_LIMITS: StreamLimits = {};

const METADATA_PREFIX = '$$';
export const METADATA_TYPE = '$metadata';

/** The stream whose metadata a `$$` stream holds; undefined for other streams. */
export function streamOfMetadata(stream: string): string | undefined {
  return stream.startsWith(METADATA_PREFIX) ? stream.slice(METADATA_PREFIX.length) : undefined;
}

export function metadataStreamOf(stream: string): string {
  return METADATA_PREFIX + stream;
}

/** Malformed metadata is no metadata: one integer out of range, and none of it counts, as in EventStoreDB. */
export function parseStreamLimits(json: string): StreamLimits {
  const found = parseObject(json);
  if (found === undefined) return NO_LIMITS;
  const integers: Record<string, bigint> = {};
  for (const key of ['$maxCount', '$maxAge', '$tb', '$cacheControl']) {
    if (!(key in found) || found[key] === null) continue;
    const value = exactInteger(json, key, found[key]);
    if (value === undefined) return NO_LIMITS;
    integers[key] = value;
  }
  const { $maxCount = 0n, $maxAge = 0n, $tb = -1n } = integers;
  return {
    ...($maxCount > 0n && { maxCount: Number($maxCount) }),
    ...($maxAge > 0n && { maxAgeSeconds: Number($maxAge) }),
    ...($tb >= 0n && { truncateBefore: $tb }),
  };
}

/** Metadata of a stream that lives again: all it had, with events before `revision` hidden. */
export function metadataTruncatedBefore(json: string, revision: number): string {
  return JSON.stringify({ ...parseObject(json), $tb: revision });
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // metadata is the user's own text; what is not JSON has no effect
  }
}

/** A number above 2^53 has lost its digits in `parsed`; the text still has them. */
function exactInteger(json: string, key: string, parsed: unknown): bigint | undefined {
  if (typeof parsed !== 'number' || !Number.isInteger(parsed)) return undefined;
  if (Number.isSafeInteger(parsed)) return BigInt(parsed);
  const digits = new RegExp(`"${key.replace('$', '\\$')}"\\s*:\\s*(-?\\d+)\\s*[,}]`).exec(json)?.[1];
  if (digits === undefined) return undefined;
  const value = BigInt(digits);
  return value >= -INT64_MAX - 1n && value <= INT64_MAX ? value : undefined;
}
