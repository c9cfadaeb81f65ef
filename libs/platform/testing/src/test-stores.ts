/** A store for specs. */
export interface TestStore {
  readonly url: string;
  /** Stops the embedded store and removes its folder; leaves a given one alone. */
  close(): Promise<void>;
}

export interface TestStores {
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
  close(): Promise<void>;
}

/**
 * The EventStoreDB of `EVENTSTORE_URL`, else an embedded node on a free port and a temporary folder. A given one may
 * hold anything: use new stream names.
 */
export async function startTestEventStore(): Promise<TestStore> {
  const given = givenBy('EVENTSTORE_URL');
  if (given) return given;
  const { startEventStoreDb } = await oneAtATime(() => import('#libs/protocol/eventstoredb-server'));
  return startEventStoreDb({ sync: 'none' });
}

/** The MongoDB of `MONGODB_URL`, else an embedded server on a free port and a temporary folder. */
export async function startTestMongo(): Promise<TestStore> {
  const given = givenBy('MONGODB_URL');
  if (given) return given;
  const { startMongoDb } = await oneAtATime(() => import('#libs/protocol/mongodb-server'));
  return startMongoDb({ sync: 'none' });
}

/** Both, started beside each other. */
export async function startTestStores(): Promise<TestStores> {
  const started = await Promise.allSettled([startTestEventStore(), startTestMongo()]);
  const close = async () => {
    await Promise.all(
      started.map((store) => (store.status === 'fulfilled' ? store.value.close() : undefined)),
    );
  };
  const [eventStore, mongo] = started;
  if (eventStore.status === 'fulfilled' && mongo.status === 'fulfilled')
    return { eventStoreUrl: eventStore.value.url, mongoUrl: mongo.value.url, close };
  await close();
  throw started.find((store) => store.status === 'rejected')?.reason;
}

let lastImport: Promise<unknown> = Promise.resolve();

/** Imported only where a spec needs a store. Jest 30 cannot link two imports that share a module at the same time. */
function oneAtATime<Imported>(importing: () => Promise<Imported>): Promise<Imported> {
  const mine = lastImport.then(importing);
  lastImport = mine.catch(() => undefined); // the caller gets the error
  return mine;
}

function givenBy(variable: 'EVENTSTORE_URL' | 'MONGODB_URL'): TestStore | undefined {
  const url = process.env[variable];
  return url ? { url, close: async () => undefined } : undefined;
}
