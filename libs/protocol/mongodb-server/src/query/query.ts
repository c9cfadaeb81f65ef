import { setImmediate as breathe } from 'node:timers/promises';
import { documentKey } from '../bson/key-encoding.js';
import { BsonType, type BsonValue, findField } from '../bson/value.js';
import { MongoError } from '../errors.js';
import type { CollectionInfo } from '../storage/catalog.js';
import type { ReadContext } from '../storage/contexts.js';
import type { Filter } from './filter.js';
import { compileFilter, type ExpressionJudge, type Predicate } from './match.js';
import { isOperatorObject, parseFilter } from './parse-filter.js';
import { type Hint, type Plan, planQuery } from './planner.js';
import type { Project } from './projection.js';
import { type Examined, type Found, PlanScan } from './scan.js';
import { Sorter, type SortField } from './sort.js';

export interface QueryOptions {
  readonly sort?: readonly SortField[];
  readonly skip?: number;
  /** 0 or absent: no limit. */
  readonly limit?: number;
  readonly hint?: Hint | undefined;
  readonly project?: Project | undefined;
  /** Judges `$expr`. */
  readonly judge?: ExpressionJudge;
}

const ID = Buffer.from('_id');
const EVERYTHING: Filter = { kind: 'and', parts: [] };

/** The `_id` when the filter is `{ _id: value }` and nothing else, found without taking the filter apart. */
export function onlyId(filter: BsonValue): BsonValue | undefined {
  const { bytes, start, end } = filter;
  if (bytes[start + 5] !== 0x5f || bytes[start + 6] !== 0x69) return undefined;
  const id = findField(bytes, start, ID);
  if (id === undefined || id.start !== start + 9 || id.end !== end - 1) return undefined;
  if (id.type === BsonType.array || id.type === BsonType.regex || id.type === BsonType.undefined)
    return undefined;
  return id.type === BsonType.object && isOperatorObject(id) ? undefined : id;
}

/** A filter bound to a collection: how its documents are found, and the test that decides. */
export class Query {
  readonly filter: Filter;
  readonly plan: Plan | undefined;
  readonly matches: Predicate | undefined;

  constructor(
    readonly collection: CollectionInfo | undefined,
    context: ReadContext,
    filter: BsonValue | undefined,
    readonly options: QueryOptions = {},
  ) {
    const id = filter && options.hint === undefined ? onlyId(filter) : undefined;
    if (id && collection) {
      this.filter = EVERYTHING;
      this.plan = { kind: 'points', keys: [documentKey(collection.ident, id)], exact: true, sorted: true };
      return;
    }
    this.filter = filter ? parseFilter(filter) : EVERYTHING;
    const matches = compileFilter(this.filter, options.judge);
    if (!collection) return;
    this.plan = planQuery(collection, context, this.filter, options.sort ?? [], options.hint);
    const isDone = (this.plan.kind === 'points' && this.plan.exact) || this.filter === EVERYTHING;
    this.matches =
      isDone || (this.filter.kind === 'and' && this.filter.parts.length === 0) ? undefined : matches;
  }

  /** Whether the plan leaves the order to a sort in memory. */
  get sortsInMemory(): boolean {
    return (this.options.sort?.length ?? 0) > 0 && this.plan?.sorted === false;
  }

  /** The matching documents at once, in order; for writes. */
  *found(context: ReadContext): Iterable<Found> {
    if (!this.collection || !this.plan) return;
    const scan = new PlanScan(this.collection, this.plan);
    if (!this.sortsInMemory) {
      for (const found of scan.documents(context)) if (this.accepts(found)) yield found;
      return;
    }
    const sorter = new Sorter(this.options.sort!, Number.MAX_SAFE_INTEGER);
    for (const found of scan.documents(context))
      if (this.accepts(found)) sorter.add(found.document, found.key);
    yield* sorter.finish();
  }

  accepts(found: Found): boolean {
    return this.matches === undefined || this.matches(found.document, 0);
  }
}

const BREATHE_AFTER_MS = 5;

/** How many documents a query finds: from the index alone where its entries say all. */
export async function countOf(query: Query, context: ReadContext, interrupted: () => void): Promise<number> {
  const { collection, plan, options } = query;
  if (!collection || plan?.kind !== 'scan' || !plan.covered)
    return countDocuments(query, context, interrupted);
  const { skip = 0, limit } = options;
  const enough = limit ? skip + limit : Number.MAX_SAFE_INTEGER;
  let entries = 0;
  let lastBreath = performance.now();
  for (const _entry of new PlanScan(collection, plan).entries(context)) {
    if (++entries === enough) break;
    if ((entries & 255) === 0 && performance.now() - lastBreath > BREATHE_AFTER_MS) {
      await breathe();
      interrupted();
      lastBreath = performance.now();
    }
  }
  return Math.max(0, entries - skip);
}

async function countDocuments(query: Query, context: ReadContext, interrupted: () => void): Promise<number> {
  const run = new QueryRun(query);
  let counted = 0;
  while (!run.done) counted += (await run.batch(context, 1_000, Number.MAX_SAFE_INTEGER, interrupted)).length;
  return counted;
}

/** Where a query stands between two batches. It holds no snapshot: each batch is read from the state of its time. */
export class QueryRun {
  readonly examined: Examined = { keys: 0, documents: 0 };
  private readonly scan: PlanScan | undefined;
  private sorted: { document: Buffer }[] | undefined;
  private sortedAt = 0;
  private toSkip: number;
  private left: number;
  private pending: Buffer | undefined;
  private exhausted = false;

  constructor(private readonly query: Query) {
    const { collection, plan, options } = query;
    if (collection && plan) this.scan = new PlanScan(collection, plan, this.examined);
    this.toSkip = options.skip ?? 0;
    this.left = options.limit || Number.MAX_SAFE_INTEGER;
  }

  get done(): boolean {
    return this.exhausted && this.pending === undefined;
  }

  /**
   * The next documents.
   * @param interrupted throws when the reading must end: time is over, the operation was killed.
   */
  async batch(
    context: ReadContext,
    count: number,
    sizeBytes: number,
    interrupted: () => void,
  ): Promise<Buffer[]> {
    const documents: Buffer[] = [];
    let size = 0;
    if (count === 0) return documents;
    let lastBreath = performance.now();
    const add = (document: Buffer): boolean => {
      if (documents.length > 0 && size + document.length > sizeBytes) {
        this.pending = document;
        return false;
      }
      documents.push(document);
      size += document.length + 16;
      return documents.length < count;
    };
    if (this.pending) {
      const document = this.pending;
      this.pending = undefined;
      if (!add(document)) return documents;
    }
    if (this.exhausted) return documents;
    this.checkPlan(context);
    if (this.query.sortsInMemory && !this.sorted) await this.sort(context, interrupted);
    const source = this.sorted ? this.fromSorted() : this.fromScan(context);
    let looked = 0;
    for (const found of source) {
      if ((++looked & 63) === 0 && performance.now() - lastBreath > BREATHE_AFTER_MS) {
        await breathe();
        interrupted();
        lastBreath = performance.now();
      }
      if (found === undefined) continue;
      const document = this.query.options.project ? this.query.options.project(found) : found;
      const goOn = add(document);
      if (--this.left === 0) break;
      if (!goOn) return documents;
    }
    this.exhausted = true;
    return documents;
  }

  /** @throws MongoError 175 when the collection or an index that is read was dropped between two batches. */
  private checkPlan(context: ReadContext): void {
    const { collection, plan } = this.query;
    if (!collection || !plan || this.sorted) return;
    const now = context.collection(collection.namespace);
    const parts = plan.kind === 'union' ? plan.branches : [plan];
    const isThere = (part: (typeof parts)[number]) =>
      part.kind === 'points' ||
      !part.index ||
      part.index.isPrimary ||
      now?.indexes.some(({ ident }) => ident === part.index?.ident);
    if (now?.ident !== collection.ident || !parts.every(isThere)) {
      throw new MongoError(
        175,
        `collection ${collection.namespace} or an index of it was dropped while it was read`,
      );
    }
  }

  /** Undefined for a document that was looked at and is not wanted, so that the caller can breathe. */
  private *fromScan(context: ReadContext): Iterable<Buffer | undefined> {
    if (!this.scan) return;
    for (const found of this.scan.documents(context)) {
      if (!this.query.accepts(found)) yield undefined;
      else if (this.toSkip > 0) {
        this.toSkip--;
        yield undefined;
      } else yield found.document;
    }
  }

  private *fromSorted(): Iterable<Buffer> {
    const rows = this.sorted!;
    while (this.sortedAt < rows.length) yield rows[this.sortedAt++]!.document;
  }

  private async sort(context: ReadContext, interrupted: () => void): Promise<void> {
    const keep = Math.min(this.toSkip + this.left, Number.MAX_SAFE_INTEGER);
    const sorter = new Sorter(this.query.options.sort!, keep);
    let lastBreath = performance.now();
    let looked = 0;
    for (const found of this.scan?.documents(context) ?? []) {
      if (this.query.accepts(found)) sorter.add(found.document, found.key);
      if ((++looked & 63) === 0 && performance.now() - lastBreath > BREATHE_AFTER_MS) {
        await breathe();
        interrupted();
        lastBreath = performance.now();
      }
    }
    this.sorted = sorter.finish().slice(this.toSkip);
    this.toSkip = 0;
  }
}
