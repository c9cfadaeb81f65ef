import { setTimeout as pause } from 'node:timers/promises';
import {
  MongoClient,
  type MongoClientOptions,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';
import { readModelError } from '../read-model-errors.js';

const SELECTION_MS = 3_000;
const SILENCE_MS = 30_000;
const RECONNECT_MS = 250;
const CLOSE_WITHIN_MS = 500;

/** A client that connects by itself, whenever the store is there, and again whenever it must. */
export function mongoClient(url: string, appName: string, options: MongoClientOptions = {}): MongoClient {
  const client = new PersistentMongoClient(url, {
    appName,
    // A stored document reads back as it was folded: what is undefined is absent, not null.
    ignoreUndefined: true,
    serverSelectionTimeoutMS: SELECTION_MS,
    socketTimeoutMS: SILENCE_MS,
    ...options,
  });
  void client.keepConnecting();
  return client;
}

/** A driver whose first connection failed stays closed until it is told to connect; later losses it mends itself. */
class PersistentMongoClient extends MongoClient {
  #isClosed = false;

  async keepConnecting(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.connect();
        return;
      } catch {
        // Whoever uses the client meanwhile gets the error, and tells of it.
        await pause(RECONNECT_MS, undefined, { ref: false });
      }
    }
  }

  /** The driver says goodbye to the server, and waits for one that is gone as long as for any answer. */
  override async close(force?: boolean): Promise<void> {
    this.#isClosed = true;
    const closed = super.close(force);
    const isLate = pause(CLOSE_WITHIN_MS, undefined, { ref: false });
    await Promise.race([closed, isLate]);
  }
}

/** What a query failed with: READ_MODEL_STORE_UNAVAILABLE where MongoDB is out of reach, else the error itself. */
export function queryError(error: unknown): unknown {
  if (!isReadModelStoreAway(error)) return error;
  return readModelError(
    'READ_MODEL_STORE_UNAVAILABLE',
    'The store of the read models is out of reach.',
    error,
  );
}

/** Whether a query failed because MongoDB is out of reach: nothing is wrong with the query. */
export function isReadModelStoreAway(error: unknown): boolean {
  return STORE_AWAY.some((type) => error instanceof type);
}

const STORE_AWAY = [
  MongoNetworkError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoNotConnectedError,
];
