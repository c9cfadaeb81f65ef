/** An event as the model knows it. `undefined` is what only the node decides; it is learned from its log. */
export interface ModelEvent {
  id: string | undefined;
  readonly stream: string;
  readonly revision: bigint;
  readonly type: string;
  readonly isJson: boolean;
  /** Text of JSON, or bytes as latin1. */
  readonly data: string;
  position?: bigint;
  createdMs?: number;
}

export type NewEvent = Pick<ModelEvent, 'id' | 'type' | 'isJson' | 'data'>;
export type Expected = bigint | 'any' | 'no_stream' | 'stream_exists';

export type Outcome =
  /** `at` is the event whose position is told, if at all at that moment. */
  | {
      readonly kind: 'stored';
      readonly revision: bigint;
      readonly at: ModelEvent | undefined;
      isTold(nowMs: number): boolean;
    }
  | { readonly kind: 'wrong version'; readonly actual: bigint }
  | { readonly kind: 'deleted' };

const FOR_EVER = 2n ** 63n - 1n;

interface Metadata {
  readonly maxCount?: bigint;
  readonly maxAgeMs?: number;
  readonly truncateBefore?: bigint;
}

/**
 * What EventStoreDB stores and shows, said as plainly as possible: one list of events, searched again for each question.
 * It knows nothing of how the node does it.
 */
export class Model {
  readonly log: ModelEvent[] = [];
  readonly #byStream = new Map<string, ModelEvent[]>();
  readonly #ended = new Set<string>();

  /** Events with numbers of their own; a tombstone is none of them. */
  eventsOf(stream: string): readonly ModelEvent[] {
    return this.#byStream.get(stream) ?? [];
  }

  last(stream: string): bigint {
    return BigInt(this.eventsOf(stream).length) - 1n;
  }

  append(stream: string, expected: Expected, events: readonly NewEvent[]): Outcome {
    const decided = this.#decide(
      stream,
      expected,
      events.map(({ id }) => id as string),
    );
    if (decided !== 'write') return decided;
    if (events.length === 0)
      return { kind: 'stored', revision: this.last(stream), at: undefined, isTold: () => true };
    const first = this.last(stream) + 1n;
    const livesAgain = this.#isSoftDeleted(stream);
    const ruled = stream.startsWith('$$') ? stream.slice(2) : undefined;
    const rulesDeleted = ruled !== undefined && this.#isSoftDeleted(ruled);
    const stored = events.map((event) => this.#store(stream, event));
    if (livesAgain) this.#storeMetadata(stream, { ...this.#metadataJson(stream), $tb: Number(first) });
    if (rulesDeleted)
      this.#storeMetadata(ruled, { ...parsed(events.at(-1)?.data), $tb: Number(this.last(ruled) + 1n) });
    const revision = this.last(stream) - (rulesDeleted ? 1n : 0n);
    return { kind: 'stored', revision, at: stored.at(-1), isTold: () => true };
  }

  softDelete(stream: string, expected: Expected): Outcome {
    const decided = this.#decide(stream, expected, ['an id of its own']);
    if (this.#ended.has(`$$${stream}`)) return { kind: 'deleted' };
    if (decided === 'write' && this.last(stream) === -1n && this.last(`$$${stream}`) === -1n)
      return { kind: 'wrong version', actual: -1n };
    if (decided !== 'write') return decided;
    const at = this.#store(`$$${stream}`, metadataEvent(`{"$tb":${FOR_EVER}}`));
    return { kind: 'stored', revision: this.last(stream), at, isTold: () => true };
  }

  tombstone(stream: string, expected: Expected): Outcome {
    const decided = this.#decide(stream, expected, ['an id of its own']);
    if (decided !== 'write') return decided;
    const event = { id: undefined, type: '$streamDeleted', isJson: false, data: '' };
    const at = { ...event, stream, revision: FOR_EVER };
    this.log.push(at);
    this.#ended.add(stream);
    return { kind: 'stored', revision: this.last(stream), at, isTold: () => true };
  }

  /** What readers of the stream see at a moment, oldest first. */
  visible(stream: string, nowMs: number): readonly ModelEvent[] | 'missing' | 'deleted' {
    if (this.#isEnded(stream)) return 'deleted';
    const last = this.last(stream);
    if (last === -1n || this.#isSoftDeleted(stream)) return 'missing';
    const { maxCount, truncateBefore = 0n, maxAgeMs = Infinity } = this.#metadata(stream);
    const first = maxCount === undefined ? 0n : last - maxCount + 1n;
    return this.eventsOf(stream).filter(
      ({ revision, createdMs = nowMs }) =>
        revision >= first && revision >= truncateBefore && createdMs >= nowMs - maxAgeMs,
    );
  }

  /** The event that a link leads to, where it can be read. */
  target(link: ModelEvent, nowMs: number): ModelEvent | undefined {
    const [, revision, stream] = /^(\d+)@(.*)$/s.exec(link.data) ?? [];
    const visible = this.visible(stream as string, nowMs);
    return typeof visible === 'string'
      ? undefined
      : visible.find((event) => event.revision === BigInt(revision as string));
  }

  #decide(stream: string, expected: Expected, ids: readonly string[]): Outcome | 'write' {
    const last = this.last(stream);
    const wrong: Outcome = { kind: 'wrong version', actual: last };
    if (this.#isEnded(stream)) return { kind: 'deleted' };
    if (expected === 'stream_exists' && this.#isSoftDeleted(stream)) return { kind: 'deleted' };
    if (expected === 'stream_exists' && last === -1n && this.last(`$$${stream}`) === -1n) return wrong;
    if (expected === 'any' || expected === 'stream_exists') {
      const known = ids.map((id) => this.eventsOf(stream).find((event) => event.id === id));
      if (known[0] === undefined) return 'write';
      return known.includes(undefined) ? wrong : this.#repeated(stream, known.at(-1) as ModelEvent);
    }
    const revision = expected === 'no_stream' ? -1n : expected;
    if (revision === last) return 'write';
    if (revision > last || ids.length === 0) return wrong;
    const there = ids.map((_id, index) => this.eventsOf(stream)[Number(revision) + 1 + index]);
    const differing = ids.findIndex((id, index) => there[index]?.id !== id);
    if (differing === -1) return this.#repeated(stream, there.at(-1) as ModelEvent);
    return differing === 0 && expected === 'no_stream' && this.#isSoftDeleted(stream) ? 'write' : wrong;
  }

  #repeated(stream: string, event: ModelEvent): Outcome {
    const isTold = (nowMs: number) => {
      const visible = this.visible(stream, nowMs);
      return typeof visible !== 'string' && visible.includes(event);
    };
    return { kind: 'stored', revision: event.revision, at: event, isTold };
  }

  #store(stream: string, event: NewEvent): ModelEvent {
    const stored: ModelEvent = { ...event, stream, revision: this.last(stream) + 1n };
    this.log.push(stored);
    this.#byStream.set(stream, [...this.eventsOf(stream), stored]);
    return stored;
  }

  #storeMetadata(stream: string, metadata: object): void {
    this.#store(`$$${stream}`, metadataEvent(JSON.stringify(metadata)));
  }

  #isEnded(stream: string): boolean {
    return this.#ended.has(stream) || (stream.startsWith('$$') && this.#ended.has(stream.slice(2)));
  }

  #isSoftDeleted(stream: string): boolean {
    return this.#metadata(stream).truncateBefore === FOR_EVER;
  }

  #metadataJson(stream: string): Record<string, unknown> {
    const event = this.#ended.has(`$$${stream}`) ? undefined : this.eventsOf(`$$${stream}`).at(-1);
    return event?.type === '$metadata' && event.isJson ? parsed(event.data) : {};
  }

  #metadata(stream: string): Metadata {
    if (stream.startsWith('$$')) return { maxCount: 1n };
    const { $maxCount = 0, $maxAge = 0, $tb = -1 } = this.#metadataJson(stream);
    const all = [$maxCount, $maxAge, $tb];
    // What a client makes of the largest 64-bit integer in JSON is beyond it, and so malformed.
    if (all.some((value) => !Number.isInteger(value)) || this.#hasTooLargeNumber(stream)) return {};
    const [maxCount, maxAge, truncateBefore] = all as [number, number, number];
    return {
      ...(maxCount > 0 && { maxCount: BigInt(maxCount) }),
      ...(maxAge > 0 && { maxAgeMs: maxAge * 1_000 }),
      // The only one beyond exact numbers that the check ever writes is the largest.
      ...(truncateBefore >= 0 && {
        truncateBefore: truncateBefore > Number.MAX_SAFE_INTEGER ? FOR_EVER : BigInt(truncateBefore),
      }),
    };
  }

  #hasTooLargeNumber(stream: string): boolean {
    const numbers =
      this.eventsOf(`$$${stream}`)
        .at(-1)
        ?.data.match(/\d{19,}/g) ?? [];
    return numbers.some((digits) => BigInt(digits) > FOR_EVER);
  }
}

function parsed(json = ''): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return {}; // such an event says nothing
  }
}

function metadataEvent(data: string): NewEvent {
  return { id: undefined, type: '$metadata', isJson: true, data };
}
