import {
  type AppendAnswer,
  AppendOutcomeUnknownError,
  EventStreams,
  type NewEvent,
  type Revision,
  type StoredEvent,
  StoreUnavailableError,
} from '#libs/platform/event-store';

/** What gets lost of an append: the answer, the request, or the request for a while. */
export type Loss = 'answer' | 'request' | 'late';

/** EventStreams that fail when told to, and count the round trips. */
export class FaultyStreams extends EventStreams {
  readonly calls = { load: 0, append: 0 };
  private away = false;
  private failingLoads = 0;
  private loss: Loss | undefined;
  private once: (() => Promise<unknown>) | undefined;
  private each: (() => Promise<unknown>) | undefined;
  private late: Promise<unknown> = Promise.resolve();

  constructor(private streams: EventStreams) {
    super();
  }

  goAway(): void {
    this.away = true;
  }

  comeBack(): void {
    this.away = false;
  }

  /** The next `count` reads fail. */
  failLoads(count: number): void {
    this.failingLoads = count;
  }

  loseNext(loss: Loss): void {
    this.loss = loss;
  }

  /** Somebody else comes between the decision and its append. */
  beforeNextAppend(other: () => Promise<unknown>): void {
    this.once = other;
  }

  beforeEachAppend(other: () => Promise<unknown>): void {
    this.each = other;
  }

  /** As if the store had been replaced by another. */
  switchTo(streams: EventStreams): void {
    this.streams = streams;
  }

  /** Resolves when everything late has arrived. */
  async settled(): Promise<void> {
    await this.late;
  }

  override async *load(stream: string, fromRevision?: bigint): AsyncIterable<StoredEvent> {
    this.calls.load++;
    if (this.away || this.failingLoads-- > 0) throw new StoreUnavailableError('The store is away.');
    yield* this.streams.load(stream, fromRevision);
  }

  override async append(
    stream: string,
    events: readonly NewEvent[],
    expected: Revision,
  ): Promise<AppendAnswer> {
    this.calls.append++;
    if (this.away) throw new StoreUnavailableError('The store is away.');
    const between = this.once ?? this.each;
    this.once = undefined;
    await between?.();
    const { loss } = this;
    this.loss = undefined;
    const arrive = () => this.streams.append(stream, events, expected);
    if (loss === undefined) return arrive();
    if (loss === 'answer') await arrive();
    if (loss === 'late') this.late = new Promise((resolve) => setImmediate(resolve)).then(arrive);
    throw new AppendOutcomeUnknownError('No answer in time.');
  }
}
