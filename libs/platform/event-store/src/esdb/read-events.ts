import { type StoredEvent, StoreUnavailableError } from '../event-streams.js';
import { readFailure, recoversAlone } from './client-errors.js';
import type { ClientLane } from './client-lane.js';
import { storedEventOf } from './stored-event.js';

/** One read of a stream to its end. @param silenceMs how long the store may say nothing before it counts as away. */
export async function* readEvents(
  lane: ClientLane,
  stream: string,
  fromRevision: bigint,
  silenceMs: number,
): AsyncGenerator<StoredEvent> {
  const client = await lane.current();
  const reading = client.readStream(stream, { fromRevision, requiresLeader: true });
  reading.on('error', () => undefined); // one that comes after the end of the loop has nobody else to catch it
  const silence = setTimeout(
    () => reading.destroy(new StoreUnavailableError(`No answer within ${silenceMs} ms.`)),
    silenceMs,
  );
  let done = false;
  try {
    for await (const received of reading) {
      silence.refresh();
      const event = storedEventOf(received);
      if (event) yield event;
    }
    done = true;
  } catch (cause) {
    const failure = readFailure(cause);
    done = failure === undefined;
    if (!failure) return;
    if (failure instanceof StoreUnavailableError && !recoversAlone(cause)) lane.replace(client);
    throw failure;
  } finally {
    clearTimeout(silence);
    // The loop ends the stream, not the call behind it. A call that never began has nothing to cancel.
    if (!done) reading.cancel().catch(() => undefined);
  }
}
