import { MongoClient, MongoNetworkError, MongoServerSelectionError } from 'mongodb';

const SELECTION_MS = 3_000;
const SILENCE_MS = 30_000;

/** A client that connects when first used and again whenever it must. */
export function mongoClient(url: string, appName: string): MongoClient {
  return new MongoClient(url, {
    appName,
    // A stored document reads back as it was folded: what is undefined is absent, not null.
    ignoreUndefined: true,
    serverSelectionTimeoutMS: SELECTION_MS,
    socketTimeoutMS: SILENCE_MS,
  });
}

/** Whether a query failed because MongoDB is out of reach: nothing is wrong with the query. */
export function isReadModelStoreAway(error: unknown): boolean {
  return error instanceof MongoNetworkError || error instanceof MongoServerSelectionError;
}
