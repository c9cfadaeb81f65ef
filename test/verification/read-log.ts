import { type AllStreamResolvedEvent, EventStoreDBClient, START } from '@eventstore/db-client';
import { decodeEvent } from '#libs/platform/event-store';
import type { ContextDefinition, RecordedEvent } from '#libs/platform/kernel';

/** Every event of the contexts' categories, in log order, by the genuine client. */
export async function* readLog(
  url: string,
  contexts: readonly ContextDefinition[],
): AsyncGenerator<RecordedEvent> {
  const eventTypesOf = new Map(contexts.flatMap(({ categories }) => Object.entries(categories)));
  const client = EventStoreDBClient.connectionString(url);
  try {
    for await (const { event } of client.readAll({
      fromPosition: START,
    }) as AsyncIterable<AllStreamResolvedEvent>) {
      if (!event) continue;
      const types = eventTypesOf.get(event.streamId.slice(0, event.streamId.indexOf('-')));
      if (!types) continue;
      yield decodeEvent(types, {
        stream: event.streamId,
        revision: event.revision,
        position: event.position?.commit ?? 0n,
        id: event.id,
        type: event.type,
        data: event.data,
        metadata: event.metadata,
        recordedAt: event.created.toISOString(),
      });
    }
  } finally {
    await client.dispose();
  }
}
