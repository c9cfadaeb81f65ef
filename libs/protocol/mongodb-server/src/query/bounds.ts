import { isNaNValue, rankOf } from '../bson/compare.js';
import { encodeValue } from '../bson/encode.js';
import { encodeKey } from '../bson/key-encoding.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { conjunctsOf, type Filter, type Test } from './filter.js';

/** Encoded values of one path, from `low` to `high`; each end belongs to it or not. */
export interface Interval {
  readonly low: Buffer;
  readonly lowIncluded: boolean;
  readonly high: Buffer;
  readonly highIncluded: boolean;
}

/** What a filter says about one path: exact values, or an interval. */
export interface PathBounds {
  readonly points?: readonly Buffer[];
  readonly interval?: Interval;
  /** Values besides the interval, above it: a regular expression stored as such, beside the texts that it finds. */
  readonly besides?: readonly Buffer[];
  /** On a path without arrays the bounds say all that the filter says. */
  readonly exact: boolean;
}

function typeInterval(rank: number): Interval {
  return { low: Buffer.from([rank]), lowIncluded: true, high: Buffer.from([rank + 3]), highIncluded: false };
}

/** All numbers but NaN, which is below them and never less than anything. */
const REAL_NUMBERS: Interval = {
  ...typeInterval(rankOf(BsonType.double)),
  low: encodeKey(encodeValue(Number.NEGATIVE_INFINITY)),
};

/** Whether an index can find the value: it holds the elements of arrays, not arrays as a whole. */
function isIndexable(value: BsonValue): boolean {
  return value.type !== BsonType.array && value.type !== BsonType.regex && value.type !== BsonType.undefined;
}

export function boundsOfTest(test: Test): PathBounds | undefined {
  switch (test.op) {
    case 'eq':
      return isIndexable(test.operand) ? { points: [encodeKey(test.operand)], exact: true } : undefined;
    case 'in': {
      if (!test.operands.every(isIndexable)) return undefined;
      const points = new Map(
        test.operands.map((operand) => [encodeKey(operand).toString('latin1'), encodeKey(operand)]),
      );
      return { points: [...points.values()].sort(Buffer.compare), exact: true };
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      const { operand } = test;
      if (!isIndexable(operand) || operand.type === BsonType.null) return undefined;
      if (operand.type === BsonType.minKey || operand.type === BsonType.maxKey) return undefined;
      const ofType = operand.isNumber ? REAL_NUMBERS : typeInterval(rankOf(operand.type));
      const key = encodeKey(operand);
      if (isNaNValue(operand)) return test.op.endsWith('e') ? { points: [key], exact: true } : undefined;
      if (test.op === 'gt' || test.op === 'gte')
        return { interval: { ...ofType, low: key, lowIncluded: test.op === 'gte' }, exact: true };
      return { interval: { ...ofType, high: key, highIncluded: test.op === 'lte' }, exact: true };
    }
    case 'regex': {
      const prefix = literalPrefix(test.pattern);
      if (prefix === undefined) return undefined;
      const low = Buffer.concat([Buffer.from([rankOf(BsonType.string)]), Buffer.from(prefix)]);
      return {
        interval: {
          low,
          lowIncluded: true,
          high: Buffer.concat([low, Buffer.from([0xff])]),
          highIncluded: false,
        },
        besides: [encodeKey(test.literal)],
        exact: false,
      };
    }
    default:
      return undefined;
  }
}

/** `^abc` followed by something that cannot undo it; undefined without such a start. */
function literalPrefix(pattern: RegExp): string | undefined {
  if (pattern.flags.includes('i') || pattern.flags.includes('m')) return undefined;
  const match = /^\^([\w \-@:/#,;=!~%&"'<>]+)(.*)$/s.exec(pattern.source);
  if (!match || pattern.source.includes('|')) return undefined;
  const [, literal, rest] = match as unknown as [string, string, string];
  return /^[*?{]/.test(rest) ? literal.slice(0, -1) || undefined : literal;
}

/**
 * What the filter implies for each path. Bounds only narrow where documents are looked for; the whole filter is
 * tested on each document afterwards.
 * @param multikey on a path with arrays two conditions may be met by two elements, so only one of them can bound.
 */
export function boundsOf(filter: Filter, multikey: boolean): Map<string, PathBounds> {
  const bounds = new Map<string, PathBounds>();
  for (const part of conjunctsOf(filter)) {
    if (part.kind === 'path') {
      const found = boundsOfTest(part.test);
      if (found) narrow(bounds, part.path.text, found, multikey);
    } else if (part.kind === 'or' && part.parts.length > 0) {
      for (const [path, hull] of hullOf(part.parts, multikey)) narrow(bounds, path, hull, multikey);
    }
  }
  return bounds;
}

function narrow(bounds: Map<string, PathBounds>, path: string, next: PathBounds, multikey: boolean): void {
  const known = bounds.get(path);
  if (!known) bounds.set(path, next);
  else if (multikey) {
    if (next.points && !known.points) bounds.set(path, next);
  } else bounds.set(path, intersect(known, next));
}

function intersect(a: PathBounds, b: PathBounds): PathBounds {
  const exact = a.exact && b.exact;
  if (a.points) return { points: a.points.filter((point) => accepts(b, point)), exact };
  if (b.points) return { points: b.points.filter((point) => accepts(a, point)), exact };
  const besides = [
    ...(a.besides ?? []).filter((point) => accepts(b, point)),
    ...(b.besides ?? []).filter((point) => accepts(a, point)),
  ];
  const [x, y] = [a.interval!, b.interval!];
  const lowest = Buffer.compare(x.low, y.low);
  const highest = Buffer.compare(x.high, y.high);
  return {
    interval: {
      low: lowest >= 0 ? x.low : y.low,
      lowIncluded: lowest === 0 ? x.lowIncluded && y.lowIncluded : lowest > 0 ? x.lowIncluded : y.lowIncluded,
      high: highest <= 0 ? x.high : y.high,
      highIncluded:
        highest === 0 ? x.highIncluded && y.highIncluded : highest < 0 ? x.highIncluded : y.highIncluded,
    },
    ...(besides.length > 0 ? { besides } : {}),
    exact,
  };
}

function accepts({ points, interval, besides }: PathBounds, point: Buffer): boolean {
  if (points) return points.some((other) => other.equals(point));
  if (besides?.some((other) => other.equals(point))) return true;
  if (!interval) return true;
  const toLow = Buffer.compare(point, interval.low);
  const toHigh = Buffer.compare(point, interval.high);
  return (
    (toLow > 0 || (toLow === 0 && interval.lowIncluded)) &&
    (toHigh < 0 || (toHigh === 0 && interval.highIncluded))
  );
}

/**
 * The smallest interval that covers what any branch of an $or allows, for each path that every branch bounds. It is
 * what lets a keyset page (`a < x, or a = x and b < y`) start reading an index at its place.
 */
function hullOf(branches: readonly Filter[], multikey: boolean): Map<string, PathBounds> {
  const perBranch = branches.map((branch) => boundsOf(branch, multikey));
  const hull = new Map<string, PathBounds>();
  for (const path of perBranch[0]!.keys()) {
    const intervals = perBranch.map((bounds) => bounds.get(path)).map((found) => found && asInterval(found));
    if (intervals.some((interval) => interval === undefined)) continue;
    hull.set(path, { interval: (intervals as Interval[]).reduce(cover), exact: false });
  }
  return hull;
}

/** The interval from the first to the last point. */
export function asInterval({ points, interval, besides }: PathBounds): Interval | undefined {
  if (interval && besides) return { ...interval, high: besides.at(-1)!, highIncluded: true };
  if (interval) return interval;
  if (!points || points.length === 0) return undefined;
  return { low: points[0]!, lowIncluded: true, high: points.at(-1)!, highIncluded: true };
}

function cover(a: Interval, b: Interval): Interval {
  const lowest = Buffer.compare(a.low, b.low);
  const highest = Buffer.compare(a.high, b.high);
  return {
    low: lowest <= 0 ? a.low : b.low,
    lowIncluded: lowest === 0 ? a.lowIncluded || b.lowIncluded : lowest < 0 ? a.lowIncluded : b.lowIncluded,
    high: highest >= 0 ? a.high : b.high,
    highIncluded:
      highest === 0 ? a.highIncluded || b.highIncluded : highest > 0 ? a.highIncluded : b.highIncluded,
  };
}
