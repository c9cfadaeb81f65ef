import { isSame } from '#libs/platform/kernel';
import type { RegisteredProjection } from '../registry.js';
import { DocumentsApart, type Selection } from './documents-apart.js';
import { fieldDifferences } from './field-differences.js';
import type { Finding, ProjectionReport } from './findings.js';
import type { LogReader } from './log-reader.js';
import { nameEvents } from './name-events.js';
import { type Scope, selectionsOf } from './selection.js';
import type { StoredReadModels } from './stored-read-models.js';

export interface VerificationProgress {
  /** The log is read once for each part of the documents that fits into memory. */
  readonly pass: number;
  readonly passes: number;
  /** Commit position reached, and where this pass ends. */
  readonly position: bigint;
  readonly end: bigint;
  /** Followed events read so far, over all passes. */
  readonly events: number;
}

export interface VerificationOptions {
  readonly projections: readonly RegisteredProjection[];
  readonly scope: Scope;
  /** Ends with its reason. Nothing is changed by a verification, so nothing is left behind. */
  readonly signal?: AbortSignal;
  onProgress?(progress: VerificationProgress): void;
}

/** Findings told in full, a projection. */
const MOST_FINDINGS = 20;
/** Documents that are looked at again in one transaction: one lives for 60 seconds at most. */
const AGAIN_AT_ONCE = 1_000;
const PROGRESS_EVENTS = 1_000;

/**
 * Folds the log again, apart from what the projector does, and compares the stored documents one by one. The projector
 * may go on meanwhile: a document that is not as its fold at first is read again together with its checkpoint, and
 * compared with the fold up to there; so what is merely behind, or ahead, is never taken for wrong. Memory: 200,000
 * documents a projection at a time; more are compared in several passes over the log.
 */
export class Verification {
  private events = 0;

  constructor(
    private readonly log: LogReader,
    private readonly stored: StoredReadModels,
  ) {}

  /** @throws UnreadableEventError the log holds what this software does not understand. */
  async run(options: VerificationOptions): Promise<ProjectionReport[]> {
    this.events = 0;
    const tallies = await Promise.all(options.projections.map((each) => this.tallyOf(each, options.scope)));
    const passes = Math.max(0, ...tallies.map(({ selections }) => selections.length));
    for (let pass = 1; pass <= passes; pass++) {
      const aparts: DocumentsApart[] = [];
      for (const tally of tallies) {
        const selects = tally.selections[pass - 1];
        const checkpoint = selects && (await this.stored.checkpoint(tally.registered));
        if (!checkpoint) continue;
        tally.apart = new DocumentsApart(tally.registered, selects);
        tally.position = checkpoint.position;
        aparts.push(tally.apart);
      }
      const ends = new Map(tallies.map(({ apart, position }) => [apart, position]));
      await this.foldTo(aparts, (apart) => ends.get(apart) as bigint, { ...options, pass, passes });
      for (const tally of tallies) await this.compare(tally, options);
    }
    await nameEvents(this.log, tallies);
    return tallies.map(reportOf);
  }

  /**
   * Documents as a fold of the log's beginning gives them; absent keys have none there.
   * @param until a commit position, or a time of append: what was appended later is left out.
   */
  async documentsAt(
    registered: RegisteredProjection,
    keys: readonly string[],
    until: bigint | Date,
  ): Promise<DocumentsThen> {
    const wanted = new Set(keys);
    const apart = new DocumentsApart(registered, (key) => wanted.has(key));
    for await (const recorded of this.log.read(-1n, until instanceof Date ? await this.log.head() : until)) {
      if (until instanceof Date && Date.parse(recorded.recordedAt) > until.getTime()) break;
      apart.apply(recorded);
      apart.position = recorded.position;
    }
    const { position, documents, unfoldable } = apart;
    return { position, documents, unfoldable };
  }

  /** The stored documents under `keys`, and the checkpoint they belong to. */
  storedNow(registered: RegisteredProjection, keys: readonly string[]) {
    return this.stored.together(registered, keys);
  }

  private async tallyOf(registered: RegisteredProjection, scope: Scope): Promise<Tally> {
    const isBuilt = (await this.stored.checkpoint(registered)) !== undefined;
    const documents = isBuilt ? await this.stored.count(registered) : 0;
    const selections = isBuilt ? selectionsOf(scope, documents) : [];
    return { registered, selections, documents, position: -1n, compared: 0, unequal: 0, findings: [] };
  }

  private async foldTo(
    aparts: readonly DocumentsApart[],
    endOf: (apart: DocumentsApart) => bigint,
    { signal, onProgress, pass = 1, passes = 1 }: FoldOptions,
  ): Promise<void> {
    const end = aparts.map(endOf).reduce(later, -1n);
    const start = aparts.map(({ position }) => position).reduce(earlier, end);
    for await (const recorded of this.log.read(start, end)) {
      signal?.throwIfAborted();
      const { position } = recorded;
      for (const apart of aparts)
        if (position > apart.position && position <= endOf(apart)) apart.apply(recorded);
      if (++this.events % PROGRESS_EVENTS === 0)
        onProgress?.({ pass, passes, position, end, events: this.events });
    }
    for (const apart of aparts) apart.position = later(apart.position, endOf(apart));
  }

  private async compare(tally: Tally, { signal }: VerificationOptions): Promise<void> {
    const { apart, registered } = tally;
    if (!apart) return;
    tally.apart = undefined;
    const selects = apart.selects;
    const notSeen = new Set([...apart.documents.keys(), ...apart.unfoldable.keys()]);
    tally.compared += notSeen.size;
    const suspects = new Set<string>();
    for await (const { key, document } of this.stored.documents(registered)) {
      signal?.throwIfAborted();
      if (!selects(key)) continue;
      if (!notSeen.delete(key) && !suspects.has(key)) tally.compared++;
      if (apart.unfoldable.has(key) || !isSame(document, apart.documents.get(key))) suspects.add(key);
    }
    for (const key of notSeen) suspects.add(key);
    const keys = [...suspects];
    for (let from = 0; from < keys.length; from += AGAIN_AT_ONCE)
      await this.compareAgain(tally, apart, keys.slice(from, from + AGAIN_AT_ONCE), signal);
  }

  /** With the checkpoint of the very moment: what differs now is wrong. */
  private async compareAgain(
    tally: Tally,
    apart: DocumentsApart,
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { checkpoint, documents } = await this.stored.together(apart.registered, keys);
    if (checkpoint.position < apart.position)
      throw new Error(`The checkpoint of ${apart.registered.id} moved back while it was verified.`);
    await this.foldTo([apart], () => checkpoint.position, { ...(signal && { signal }) });
    tally.position = checkpoint.position;
    for (const key of keys) {
      const finding = findingOf(key, documents.get(key), apart);
      if (!finding) continue;
      tally.unequal++;
      if (tally.findings.length < MOST_FINDINGS) tally.findings.push(finding);
    }
  }
}

/** `position` is that of the last event in it, -1 where there is none. */
export type DocumentsThen = Pick<DocumentsApart, 'position' | 'documents' | 'unfoldable'>;

/** What is known of one projection while it is verified. */
export interface Tally {
  readonly registered: RegisteredProjection;
  readonly selections: readonly Selection[];
  readonly documents: number;
  position: bigint;
  compared: number;
  unequal: number;
  findings: Finding[];
  apart?: DocumentsApart | undefined;
}

interface FoldOptions extends Partial<Pick<VerificationOptions, 'signal' | 'onProgress'>> {
  readonly pass?: number;
  readonly passes?: number;
}

function findingOf(key: string, document: object | undefined, apart: DocumentsApart): Finding | undefined {
  const unfoldable = apart.unfoldable.get(key);
  if (unfoldable) return { kind: 'unfoldable', key, ...unfoldable };
  const expected = apart.documents.get(key);
  if (!document) return expected && { kind: 'missing', key };
  if (!expected) return { kind: 'surplus', key };
  const fields = fieldDifferences(document, expected);
  return fields.length > 0 ? { kind: 'different', key, fields } : undefined;
}

function reportOf({ registered, selections, ...tally }: Tally): ProjectionReport {
  const { name, version } = registered.projection;
  const { position, documents, compared, unequal, findings } = tally;
  const state = selections.length > 0 ? 'verified' : 'not_built';
  return {
    name,
    version,
    state,
    position,
    documents,
    compared,
    equal: compared - unequal,
    unequal,
    findings,
  };
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b);
