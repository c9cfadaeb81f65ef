/** A store for specs. */
export interface TestStore {
  readonly url: string;
  /** Stops the embedded store and removes its folder; leaves a given one alone. */
  close(): Promise<void>;
}

/**
 * The EventStoreDB of `EVENTSTORE_URL`, else an embedded node on a free port and a temporary folder. A given one may
 * hold anything: use new stream names.
 */
export async function startTestEventStore(): Promise<TestStore> {
  const given = givenBy('EVENTSTORE_URL');
  if (given) return given;
  const { startEventStoreDb } = await import('#libs/protocol/eventstoredb-server');
  return startEventStoreDb({ sync: 'none' });
}

function givenBy(variable: 'EVENTSTORE_URL'): TestStore | undefined {
  const url = process.env[variable];
  return url ? { url, close: async () => undefined } : undefined;
}
