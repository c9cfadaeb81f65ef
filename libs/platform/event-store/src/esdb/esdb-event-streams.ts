import { jsonEvent } from '@eventstore/db-client';
import { eventJson } from '../event-json.js';
import {
  type AppendAnswer,
  AppendOutcomeUnknownError,
  EventStreams,
  type NewEvent,
  type Revision,
  type StoredEvent,
  StreamRefusedError,
} from '../event-streams.js';
import { appendFailure, recoversAlone } from './client-errors.js';
import type { ClientLane } from './client-lane.js';
import type { EventStoreClient } from './event-store-client.js';
import { readEvents } from './read-events.js';

export interface EsdbOptions {
  /** How long a read may hear nothing, in milliseconds. Default 3,000. */
  readonly silenceMs?: number;
}

const APPEND_TIMEOUT_MS = 3_000;

/** EventStreams through the EventStoreDB client. */
export class EsdbEventStreams extends EventStreams {
  private readonly reads: ClientLane;
  private readonly appends: ClientLane;
  private readonly silenceMs: number;
  private answeredAt = 0;

  constructor({ reads, appends }: EventStoreClient, { silenceMs = 3_000 }: EsdbOptions = {}) {
    super();
    this.reads = reads;
    this.appends = appends;
    this.silenceMs = silenceMs;
  }

  load(stream: string, fromRevision = 0n): AsyncIterable<StoredEvent> {
    return readEvents(this.reads, stream, fromRevision, this.silenceMs);
  }

  async append(
    stream: string,
    events: readonly NewEvent[],
    expected: Revision,
    timeoutMs = APPEND_TIMEOUT_MS,
  ): Promise<AppendAnswer> {
    if (events.length === 0) throw new RangeError('An append needs at least one event.');
    const encoded = events.map(encode);
    const client = await this.appends.current();
    const sentAt = performance.now();
    try {
      const sending = client.appendToStream(stream, encoded, {
        expectedRevision: expected,
        requiresLeader: true,
        deadline: timeoutMs,
      });
      const { nextExpectedRevision, position } = await within(timeoutMs, sending);
      this.answeredAt = performance.now();
      const revision = nextExpectedRevision;
      return {
        outcome: 'appended',
        revision,
        position: position?.commit ?? (await this.positionOf(stream, revision)),
      };
    } catch (cause) {
      const failure = appendFailure(cause);
      if (!(failure instanceof Error)) {
        this.answeredAt = performance.now();
        return failure;
      }
      if (!(failure instanceof StreamRefusedError) && !recoversAlone(cause) && this.isSilentSince(sentAt))
        this.appends.replace(client);
      throw failure;
    }
  }

  /** Where others were answered meanwhile the channel is well, and only one append is late. */
  private isSilentSince(sentAt: number): boolean {
    return this.answeredAt < sentAt;
  }

  /** A repeated append is answered without a position where its events were truncated or scavenged since. */
  private async positionOf(stream: string, revision: bigint): Promise<bigint> {
    for await (const event of this.load(stream, revision))
      if (event.revision === revision) return event.position;
    return 0n;
  }
}

const encoder = new TextEncoder();

/**
 * Metadata goes as bytes: given an object, the client takes the way over base64, twice. It knows bytes by their
 * constructor. What is no JSON is refused here: the client would throw where nobody catches, and never answer.
 */
function encode(event: NewEvent) {
  eventJson(event, 'data');
  const { id, type, data } = event;
  const metadata = encoder.encode(eventJson(event, 'metadata'));
  return jsonEvent({ id, type, data: data as Record<string, unknown>, metadata });
}

/** The client itself waits for ever on a batch stream whose channel went silent. */
async function within<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const unknown = () => reject(new AppendOutcomeUnknownError(`No answer within ${timeoutMs} ms.`));
    timer = setTimeout(unknown, timeoutMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
