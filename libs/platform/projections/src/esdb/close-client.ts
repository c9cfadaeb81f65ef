import { setTimeout as pause } from 'node:timers/promises';
import type { EventStoreDBClient } from '@eventstore/db-client';

const CLOSE_WITHIN_MS = 500;

/** The client's own end waits for streams that a lost server never ends, and leaves its connection open. */
export async function closeClient(client: EventStoreDBClient): Promise<void> {
  const { getChannel } = client as unknown as { getChannel(): Promise<{ close(): void }> };
  const closed = client
    .dispose()
    .catch(ignore)
    .then(getChannel)
    .then((channel) => channel.close(), ignore);
  await Promise.race([closed, pause(CLOSE_WITHIN_MS, undefined, { ref: false })]);
}

const ignore = (): void => undefined;
