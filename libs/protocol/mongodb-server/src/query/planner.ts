import { NULL_RANK } from '../bson/compare.js';
import { KeyWriter } from '../bson/key-encoding.js';
import { Path } from '../bson/path.js';
import type { BsonValue } from '../bson/value.js';
import { MongoError } from '../errors.js';
import type { CollectionInfo, IndexField, IndexInfo } from '../storage/catalog.js';
import type { ReadContext } from '../storage/contexts.js';
import type { Range } from '../storage/key-value-store.js';
import { asInterval, boundsOf, boundsOfTest, type Interval, type PathBounds } from './bounds.js';
import { conjunctsOf, type Filter } from './filter.js';
import { implies } from './implication.js';
import type { SortField } from './sort.js';

/** How the documents of a query are found. */
export type Plan = PointPlan | ScanPlan | UnionPlan;

/** Straight to documents by `_id`. */
export interface PointPlan {
  readonly kind: 'points';
  readonly keys: readonly Buffer[];
  /** The filter says nothing but the `_id`, so that nothing is left to test. */
  readonly exact: boolean;
  readonly sorted: boolean;
}

/** Ranges of one tree in order: documents themselves, or entries of an index. */
export interface ScanPlan {
  readonly kind: 'scan';
  readonly index: PlannedIndex | undefined;
  readonly ranges: readonly Range[];
  readonly multikey: boolean;
  /** The order of the index is the order asked for. */
  readonly sorted: boolean;
  /** The entries in the ranges are just those of the documents that match, one for each. */
  readonly covered: boolean;
}

/** One plan for each branch of an $or; a document found twice counts once. */
export interface UnionPlan {
  readonly kind: 'union';
  readonly branches: readonly (PointPlan | ScanPlan)[];
  readonly sorted: false;
}

/** An index as plans see it; that on `_id` is the collection's own tree. */
export interface PlannedIndex
  extends Pick<IndexInfo, 'name' | 'fields' | 'ident' | 'sparse' | 'partial' | 'unique'> {
  readonly isPrimary: boolean;
}

const ID_FIELD: IndexField = { path: new Path('_id'), descending: false };
const MAX_POINTS = 1_000;
const AFTER_ALL = Buffer.from([0xff]);
const writer = new KeyWriter();

function primaryOf(collection: CollectionInfo): PlannedIndex {
  return { name: '_id_', fields: [ID_FIELD], ident: collection.ident, unique: true, isPrimary: true };
}

/** Index by name or key pattern; `$natural` reads the collection. @throws MongoError 2 */
export interface Hint {
  readonly name?: string;
  readonly natural?: 1 | -1;
}

/** Chooses by rule: points by `_id`, else equality, then sort, then range; the fewest fields among equals. */
export function planQuery(
  collection: CollectionInfo,
  context: ReadContext,
  filter: Filter,
  sort: readonly SortField[],
  hint?: Hint,
): Plan {
  if (hint?.natural) return scanAll(collection, hint.natural < 0);
  if (!hint) {
    const points = planPoints(collection, filter, sort);
    if (points) return points;
  }
  const candidates = indexesOf(collection, hint)
    .map((index) => planIndex(index, context, filter, sort, hint !== undefined))
    .filter((candidate) => candidate !== undefined);
  const best = candidates.reduce<Candidate | undefined>(
    (a, b) => (a && a.score >= b.score ? a : b),
    undefined,
  );
  if (best && (best.bounded || hint)) return best.plan;
  const union = planUnion(collection, context, filter);
  if (union) return union;
  return best?.plan ?? scanAll(collection, false);
}

function indexesOf(collection: CollectionInfo, hint: Hint | undefined): PlannedIndex[] {
  const ready = collection.indexes.filter(({ building, hidden }) => !building && !hidden);
  const all = [primaryOf(collection), ...ready.map((index) => ({ ...index, isPrimary: false }))];
  if (!hint) return all;
  const hinted = all.filter(({ name }) => name === hint.name);
  if (hinted.length === 0)
    throw new MongoError(2, 'error processing query: hint provided does not correspond to an existing index');
  return hinted;
}

function scanAll(collection: CollectionInfo, reverse: boolean): ScanPlan {
  const range = { ...wholeTree(collection.ident), reverse };
  return { kind: 'scan', index: undefined, ranges: [range], multikey: false, sorted: false, covered: false };
}

function wholeTree(ident: number): Range {
  return {
    start: writer.reset().ident(ident).take(),
    end: writer
      .reset()
      .ident(ident + 1)
      .take(),
  };
}

function planPoints(
  collection: CollectionInfo,
  filter: Filter,
  sort: readonly SortField[],
): PointPlan | undefined {
  const parts = conjunctsOf(filter);
  const hasId = parts.some((part) => part.kind === 'path' && part.path.text === '_id');
  if (!hasId) return undefined;
  const points = boundsOf(filter, false).get('_id')?.points;
  if (!points) return undefined;
  const keys = points.map((point) => writer.reset().ident(collection.ident).append(point).take());
  return { kind: 'points', keys, exact: parts.length === 1, sorted: points.length < 2 || sort.length === 0 };
}

interface Candidate {
  readonly plan: ScanPlan;
  readonly score: number;
  readonly bounded: boolean;
}

function planIndex(
  index: PlannedIndex,
  context: ReadContext,
  filter: Filter,
  sort: readonly SortField[],
  forced: boolean,
): Candidate | undefined {
  if (index.partial && !forced && !implies(filter, index.partial.filter)) return undefined;
  const multikey = !index.isPrimary && context.isMultikey(index.ident);
  const bounds = boundsOf(filter, multikey);
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  let equalities = 0;
  for (const { path, descending } of index.fields) {
    if (multikey && goesThroughSame(index.fields, equalities)) break;
    const points = usable(bounds.get(path.text), multikey)?.points;
    if (!points || points.length * prefixes.length > MAX_POINTS) break;
    const parts = points.map((point) => (descending ? inverted(point) : point));
    prefixes = prefixes.flatMap((prefix) => parts.map((part) => Buffer.concat([prefix, part])));
    equalities++;
  }
  const next = index.fields[equalities];
  const isBoundable = next && !(multikey && goesThroughSame(index.fields, equalities));
  const nextBounds = isBoundable ? usable(bounds.get(next.path.text), multikey) : undefined;
  const intervals = nextBounds ? intervalsOf(nextBounds) : [];
  const order = multikey ? undefined : sortServed(index, equalities, prefixes.length < 2, bounds, sort);
  const bounded = equalities > 0 || intervals.length > 0;
  if (!bounded && order === undefined && !forced) return undefined;
  if (sort.length === 0 && !bounded && !forced) return undefined;
  const used = index.fields.slice(0, intervals.length > 0 ? equalities + 1 : equalities);
  if (index.sparse && !forced && !used.some(({ path }) => excludesMissing(bounds.get(path.text)!)))
    return undefined;
  const reverse = order === 'backward';
  const ranges = prefixes.flatMap((prefix) =>
    intervals.length > 0
      ? intervals.map((interval) => rangeUnder(index.ident, prefix, next, interval, reverse))
      : [rangeUnder(index.ident, prefix, next, undefined, reverse)],
  );
  ranges.sort((a, b) => (reverse ? Buffer.compare(b.start, a.start) : Buffer.compare(a.start, b.start)));
  const sorted = sort.length === 0 || order !== undefined;
  const covered = !multikey && !nextBounds?.points && saysNoMore(filter, used, bounds);
  const score =
    equalities * 100 +
    (sort.length > 0 && sorted ? 50 : 0) +
    (intervals.length > 0 ? 30 : 0) -
    index.fields.length;
  return { plan: { kind: 'scan', index, ranges, multikey, sorted, covered }, score, bounded };
}

function intervalsOf(bounds: PathBounds): Interval[] {
  const { interval, besides = [] } = bounds;
  const whole = interval ?? asInterval(bounds);
  if (!whole) return [];
  return [whole, ...besides.map((key) => ({ low: key, lowIncluded: true, high: key, highIncluded: true }))];
}

/** Documents without the field are not in a sparse index; bounds without null do not ask for them. */
function excludesMissing({ points, interval }: PathBounds): boolean {
  if (points) return points.every((point) => point[0] !== NULL_RANK);
  return interval !== undefined && interval.low[0] !== NULL_RANK;
}

/** Whether the bounds of the fields used say all that the filter says. */
function saysNoMore(
  filter: Filter,
  used: readonly IndexField[],
  bounds: ReadonlyMap<string, PathBounds>,
): boolean {
  const paths = new Set(used.map(({ path }) => path.text));
  if (paths.size === 0) return false;
  return (
    conjunctsOf(filter).every(
      (part) => part.kind === 'path' && paths.has(part.path.text) && boundsOfTest(part.test)?.exact === true,
    ) && used.every(({ path }) => bounds.get(path.text)?.exact === true)
  );
}

/** The entries of an index with a value of the first field's type up to one value. */
export function intervalRange(
  index: Pick<IndexInfo, 'ident' | 'fields'>,
  { upTo }: { readonly upTo: BsonValue },
): Range {
  const interval = boundsOfTest({ op: 'lte', operand: upTo })!.interval;
  return rangeUnder(index.ident, Buffer.alloc(0), index.fields[0], interval, false);
}

/**
 * Whether an earlier field may go through the same array. Its entries pair the parts of one element, and a filter may
 * be met by several elements, so only the first of such fields can be bounded.
 */
function goesThroughSame(fields: readonly IndexField[], at: number): boolean {
  const root = fields[at]?.path.segments[0];
  return fields.slice(0, at).some(({ path }) => path.segments[0] === root);
}

/** Missing fields and empty arrays are stored alike on a multikey path: null cannot be looked up there. */
function usable(bounds: PathBounds | undefined, multikey: boolean): PathBounds | undefined {
  if (!bounds?.points || !multikey) return bounds;
  return bounds.points.some((point) => point[0] === NULL_RANK) ? undefined : bounds;
}

function rangeUnder(
  ident: number,
  prefix: Buffer,
  next: IndexField | undefined,
  interval: PathBounds['interval'],
  reverse: boolean,
): Range {
  const whole = writer.reset().ident(ident).append(prefix).take();
  if (!next || !interval) return { start: whole, end: Buffer.concat([whole, AFTER_ALL]), reverse };
  const low = next.descending ? inverted(interval.high) : interval.low;
  const high = next.descending ? inverted(interval.low) : interval.high;
  const lowIncluded = next.descending ? interval.highIncluded : interval.lowIncluded;
  const highIncluded = next.descending ? interval.lowIncluded : interval.highIncluded;
  return {
    start: Buffer.concat(lowIncluded ? [whole, low] : [whole, low, AFTER_ALL]),
    end: Buffer.concat(highIncluded ? [whole, high, AFTER_ALL] : [whole, high]),
    reverse,
  };
}

function inverted(bytes: Buffer): Buffer {
  const copy = Buffer.copyBytesFrom(bytes);
  for (let i = 0; i < copy.length; i++) copy[i] = ~(copy[i] as number);
  return copy;
}

/** Whether reading the index forward or backward gives the order asked for; fields fixed to one value do not matter. */
function sortServed(
  index: PlannedIndex,
  equalities: number,
  isPointwise: boolean,
  bounds: ReadonlyMap<string, PathBounds>,
  sort: readonly SortField[],
): 'forward' | 'backward' | undefined {
  const fixed = (path: string) => bounds.get(path)?.points?.length === 1;
  const wanted = sort.filter(({ path }) => !fixed(path.text));
  const fields: readonly IndexField[] =
    index.isPrimary || index.fields.some(({ path }) => path.text === '_id')
      ? index.fields
      : [...index.fields, ID_FIELD];
  const given = fields.filter(({ path }, at) => !(isPointwise && at < equalities) && !fixed(path.text));
  let direction: 'forward' | 'backward' | undefined;
  for (let i = 0; i < wanted.length; i++) {
    const field = given[i];
    if (!field || field.path.text !== wanted[i]!.path.text) return undefined;
    const needed = field.descending === wanted[i]!.descending ? 'forward' : 'backward';
    if (direction !== undefined && direction !== needed) return undefined;
    direction = needed;
  }
  return direction ?? 'forward';
}

function planUnion(collection: CollectionInfo, context: ReadContext, filter: Filter): UnionPlan | undefined {
  const or = conjunctsOf(filter).find((part) => part.kind === 'or');
  if (or?.kind !== 'or' || or.parts.length > 100) return undefined;
  const branches: (PointPlan | ScanPlan)[] = [];
  for (const part of or.parts) {
    const plan = planQuery(collection, context, part, []);
    if (plan.kind === 'union' || (plan.kind === 'scan' && !plan.index)) return undefined;
    branches.push(plan);
  }
  return { kind: 'union', branches, sorted: false };
}

/** Reads `hint`: a name, a key pattern or `$natural`. */
export function parseHint(
  collection: CollectionInfo | undefined,
  hint: BsonValue | undefined,
  entries: (value: BsonValue) => [string, BsonValue][],
): Hint | undefined {
  if (hint === undefined) return undefined;
  if (hint.type === 2) return { name: hint.string() };
  if (hint.type !== 3) throw new MongoError(9, 'hint must be a string or an object');
  const pattern = entries(hint);
  if (pattern.length === 0) return undefined;
  if (pattern[0]![0] === '$natural') return { natural: Number(pattern[0]![1].number()) < 0 ? -1 : 1 };
  const text = pattern.map(([name, direction]) => `${name}_${Math.sign(Number(direction.number()))}`).join();
  if (text === '_id_1') return { name: '_id_' };
  const found = collection?.indexes.find(
    ({ fields }) =>
      fields.map(({ path, descending }) => `${path.text}_${descending ? -1 : 1}`).join() === text,
  );
  return { name: found?.name ?? `no index with keys ${text}` };
}
