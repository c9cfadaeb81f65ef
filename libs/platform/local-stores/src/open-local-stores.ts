import { join } from 'node:path';
import { openDataFolder } from '#libs/protocol/data-folder';
import { startEventStoreDb } from '#libs/protocol/eventstoredb-server';
import { startMongoDb } from '#libs/protocol/mongodb-server';

interface Store {
  readonly url: string;
  /** Rejects when it crashed. */
  readonly closed?: Promise<void>;
  close(): Promise<void>;
}

/** Layout of the data folder: `eventstoredb/`, `mongodb/`, each with a format of its own, and `run.json`. */
const FORMAT_VERSION = 1;

export interface LocalStoresOptions {
  readonly dataFolder: string;
  /** An address to use in place of the embedded store. */
  readonly eventStoreUrl: string | undefined;
  readonly mongoUrl: string | undefined;
}

export interface LocalStores {
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
  /** The data folder, absolute. */
  readonly path: string;
  /** Rejects when an embedded store has crashed. Nobody has to listen. */
  readonly failed: Promise<never>;
  /** Stops what was started; what was acknowledged is on disk. */
  close(): Promise<void>;
}

/**
 * Takes the data folder for this process and starts the embedded stores that no address replaces, on loopback and
 * free ports.
 * @throws DataFolderError the folder is in use, cannot be written, or is newer than this program.
 */
export async function openLocalStores(options: LocalStoresOptions): Promise<LocalStores> {
  const folder = await openDataFolder({
    path: options.dataFolder,
    kind: 'tidemark',
    formatVersion: FORMAT_VERSION,
  });
  const stores: readonly [Promise<Store>, Promise<Store>] = [
    options.eventStoreUrl === undefined
      ? startEventStoreDb({ dataDir: join(folder.path, 'eventstoredb') })
      : elsewhere(options.eventStoreUrl),
    options.mongoUrl === undefined
      ? startMongoDb({ dataDir: join(folder.path, 'mongodb') })
      : elsewhere(options.mongoUrl),
  ];
  const close = async () => {
    const outcomes = await Promise.allSettled(stores);
    const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    try {
      await Promise.all(started.map((store) => store.close()));
    } finally {
      folder.release();
    }
  };
  try {
    const [eventStore, mongo] = await Promise.all(stores);
    const failed = new Promise<never>((_done, crashed) => {
      for (const { closed } of [eventStore, mongo]) closed?.catch(crashed);
    });
    failed.catch(() => undefined);
    return { eventStoreUrl: eventStore.url, mongoUrl: mongo.url, path: folder.path, failed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const elsewhere = async (url: string): Promise<Store> => ({ url, close: async () => {} });
