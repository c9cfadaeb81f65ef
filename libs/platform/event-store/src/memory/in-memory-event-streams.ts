import { eventJson } from '../event-json.js';
import {
  type AppendAnswer,
  EventStreams,
  type NewEvent,
  type Revision,
  type StoredEvent,
  StreamRefusedError,
} from '../event-streams.js';

interface Kept extends Omit<StoredEvent, 'data' | 'metadata'> {
  readonly data: string;
  readonly metadata: string;
}

export interface InMemoryOptions {
  /** Time of append, ISO 8601 UTC. Default: one millisecond an event, from 2026-01-01. */
  readonly now?: () => string;
  /** Bound of one append's data, in bytes of JSON. Default 1 MiB, as EventStoreDB's MaxAppendSize. */
  readonly appendSizeBytes?: number;
}

/**
 * The log in memory: the test double, and the smallest adapter to read. Events are kept as JSON text, so nobody
 * shares an object with the store; positions are counted over the whole log, as EventStoreDB does for one node.
 */
export class InMemoryEventStreams extends EventStreams {
  private readonly log: Kept[] = [];
  private readonly streams = new Map<string, Kept[]>();
  private readonly now: () => string;
  private readonly appendSizeBytes: number;

  constructor({ now, appendSizeBytes = 2 ** 20 }: InMemoryOptions = {}) {
    super();
    this.now = now ?? (() => new Date(Date.UTC(2026, 0, 1) + this.log.length).toISOString());
    this.appendSizeBytes = appendSizeBytes;
  }

  async *load(stream: string, fromRevision = 0n): AsyncIterable<StoredEvent> {
    for (const kept of (this.streams.get(stream) ?? []).slice(Number(fromRevision))) yield read(kept);
  }

  /** EventStoreDB: StorageWriterService, IndexWriter.CheckCommit, for an exact revision or none. */
  async append(stream: string, events: readonly NewEvent[], expected: Revision): Promise<AppendAnswer> {
    if (events.length === 0) throw new RangeError('An append needs at least one event.');
    const written = this.streams.get(stream) ?? [];
    const next = expected === 'no_stream' ? 0 : Number(expected) + 1;
    if (next !== written.length) return repeatOf(events, written, next) ?? conflict(written);
    const texts = events.map((event) => ({
      data: eventJson(event, 'data'),
      metadata: eventJson(event, 'metadata'),
    }));
    if (texts.reduce((bytes, { data }) => bytes + Buffer.byteLength(data), 0) > this.appendSizeBytes)
      throw new StreamRefusedError('too_large', `More than ${this.appendSizeBytes} bytes in one append.`);
    events.forEach(({ id, type }, index) => {
      const revision = BigInt(written.length);
      const position = BigInt(this.log.length);
      const kept = { stream, id, type, revision, position, recordedAt: this.now(), ...texts[index]! };
      written.push(kept);
      this.log.push(kept);
    });
    this.streams.set(stream, written);
    return appended(written.at(-1)!);
  }

  /** The whole log in its order: what a subscription to `$all` would see. */
  all(): StoredEvent[] {
    return this.log.map(read);
  }
}

function repeatOf(
  events: readonly NewEvent[],
  written: readonly Kept[],
  next: number,
): AppendAnswer | undefined {
  const last = written[next + events.length - 1];
  return last && events.every(({ id }, index) => written[next + index]!.id === id)
    ? appended(last)
    : undefined;
}

const appended = ({ revision, position }: Kept): AppendAnswer => ({
  outcome: 'appended',
  revision,
  position,
});

const conflict = (written: readonly Kept[]): AppendAnswer => ({
  outcome: 'conflict',
  actual: written.at(-1)?.revision ?? 'no_stream',
});

function read({ data, metadata, ...envelope }: Kept): StoredEvent {
  return { ...envelope, data: JSON.parse(data), metadata: JSON.parse(metadata) };
}
