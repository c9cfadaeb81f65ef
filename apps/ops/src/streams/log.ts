import {
  BACKWARDS,
  DeadlineExceededError,
  END,
  type EventStoreDBClient,
  excludeSystemEvents,
  FORWARDS,
  START,
  StreamDeletedError,
  StreamNotFoundError,
  streamNameFilter,
  UnavailableError,
} from '@eventstore/db-client';
import { type ReceivedEvent, type StoredEvent, storedEventOf } from '#libs/platform/event-store';
import { EXIT, FatalError } from '#libs/platform/lifecycle';
import { ALL } from './all.js';

export interface ReadOptions {
  /** First revision; of `$all`, the commit position to start at. Absent: the beginning, or the end when backwards. */
  readonly from?: bigint;
  readonly backwards: boolean;
  readonly limit: number;
}

/** Events of one stream, or of the whole log, in the order asked for. Memory: what the client buffers. */
export async function* readLog(
  client: EventStoreDBClient,
  stream: string,
  { from, backwards, limit }: ReadOptions,
): AsyncGenerator<StoredEvent> {
  const direction = backwards ? BACKWARDS : FORWARDS;
  const edge = backwards ? END : START;
  const events =
    stream === ALL
      ? client.readAll({ direction, maxCount: limit, fromPosition: positionOf(from) ?? edge })
      : client.readStream(stream, { direction, maxCount: limit, fromRevision: from ?? edge });
  let isOver = false;
  try {
    for await (const resolved of events) yield* storedEvent(resolved);
    isOver = true;
  } catch (error) {
    isOver = true;
    throw explained(stream, error);
  } finally {
    // Leaving the loop early ends the stream, not the call behind it.
    if (!isOver) await events.cancel();
  }
}

export interface TailOptions {
  readonly stream?: string;
  readonly category?: string;
  readonly fromStart: boolean;
}

/** Events as they are recorded, without end, until `interrupted`. */
export async function* tailLog(
  client: EventStoreDBClient,
  { stream, category, fromStart }: TailOptions,
  interrupted: AbortSignal,
): AsyncGenerator<StoredEvent> {
  const from = fromStart ? START : END;
  const subscription = stream
    ? client.subscribeToStream(stream, { fromRevision: from })
    : client.subscribeToAll({
        fromPosition: from,
        filter: category ? streamNameFilter({ prefixes: [`${category}-`] }) : excludeSystemEvents(),
      });
  const stop = () => void subscription.unsubscribe();
  interrupted.addEventListener('abort', stop, { once: true });
  try {
    for await (const resolved of subscription) yield* storedEvent(resolved);
  } catch (error) {
    throw explained(stream ?? ALL, error);
  } finally {
    interrupted.removeEventListener('abort', stop);
    await subscription.unsubscribe();
  }
}

function* storedEvent(received: ReceivedEvent): Generator<StoredEvent> {
  const event = storedEventOf(received);
  if (event) yield event;
}

/** What the user can do something about, as one sentence with its exit code. */
function explained(stream: string, error: unknown): unknown {
  if (error instanceof StreamNotFoundError) return new FatalError(`There is no stream ${stream}.`);
  if (error instanceof StreamDeletedError) return new FatalError(`The stream ${stream} has been deleted.`);
  if (error instanceof UnavailableError || error instanceof DeadlineExceededError)
    return new FatalError(`The event store is out of reach: ${error.message.trim()}`, EXIT.storeOutOfReach);
  return error;
}

const positionOf = (commit: bigint | undefined) =>
  commit === undefined ? undefined : { commit, prepare: commit };
