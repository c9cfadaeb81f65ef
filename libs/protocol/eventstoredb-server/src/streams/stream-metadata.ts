import { jsonMembers } from './json-members.js';

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

/**
 * Malformed metadata is no metadata: where one of the keys that the node reads does not hold what it should, none of
 * them counts (EventStoreDB: StreamMetadata.TryFromJsonBytes).
 */
export function parseStreamLimits(json: string): StreamLimits {
  const found = parseObject(json);
  if (found === undefined) return NO_LIMITS;
  const integers: Partial<Record<string, bigint>> = {};
  for (const { key, start, end } of jsonMembers(json))
    if (INTEGERS.has(key)) {
      const value = int64(json.slice(start, end));
      if (value === undefined) return NO_LIMITS;
      integers[key] = value;
    }
  if ('$tempStream' in found && typeof found['$tempStream'] !== 'boolean') return NO_LIMITS;
  if ('$acl' in found && !isAcl(found['$acl'])) return NO_LIMITS;
  const { $maxCount = 0n, $maxAge = 0n, $tb = -1n } = integers;
  return {
    ...($maxCount > 0n && { maxCount: Number($maxCount) }),
    ...($maxAge > 0n && { maxAgeSeconds: Number($maxAge) }),
    ...($tb >= 0n && { truncateBefore: $tb }),
  };
}

/** Metadata of a stream that lives again: all it had, as it was written, with events before `revision` hidden. */
export function metadataTruncatedBefore(json: string, revision: number): string {
  if (parseObject(json) === undefined) return `{"$tb":${revision}}`;
  const members = [...jsonMembers(json)];
  const kept = members
    .filter(({ key }) => key !== '$tb')
    .map(({ key, start, end }) => `${JSON.stringify(key)}:${json.slice(start, end)}`);
  return `{${[...kept, `"$tb":${revision}`].join(',')}}`;
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // metadata is the user's own text; what is not JSON has no effect
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const INTEGERS: ReadonlySet<string> = new Set(['$maxCount', '$maxAge', '$tb', '$cacheControl']);

/** Only what is written as an integer is one: neither 1.0 nor 1e3, and nothing beyond 64 bits. */
function int64(text: string): bigint | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text);
  return value >= -INT64_MAX - 1n && value <= INT64_MAX ? value : undefined;
}

const ROLES = ['$r', '$w', '$d', '$mr', '$mw'];

/** Stored and given back, not enforced; but a malformed one takes all of the metadata with it. */
function isAcl(value: unknown): boolean {
  if (!isObject(value)) return false;
  return ROLES.every((key) => {
    const roles = value[key];
    if (!(key in value) || typeof roles === 'string') return true;
    return Array.isArray(roles) && roles.every((role) => typeof role === 'string');
  });
}
