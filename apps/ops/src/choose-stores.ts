import { setTimeout as delay } from 'node:timers/promises';
import { openLocalStores, type RunInfo, readRunFile } from '#libs/platform/local-stores';
import type { SettingsOf } from '#libs/platform/settings';
import { DataFolderError } from '#libs/protocol/data-folder';

/** Which stores a command works on. */
export interface ChosenStores {
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
  /** Where they come from; of `own` ones nobody else follows the log. */
  readonly source: 'urls' | 'running' | 'own';
  /** The data folder, absolute, where they are our own. */
  readonly path?: string;
  close(): Promise<void>;
}

type Settings = Pick<SettingsOf<'ops'>, 'eventStoreUrl' | 'mongoUrl' | 'dataFolder'>;

/**
 * The stores that both URLs name; else those of the running standalone of the data folder; else our own, started here.
 * A URL that is set always wins over what the other two offer.
 * @throws DataFolderError another process has the folder and does not say where its stores are.
 */
export async function chooseStores(settings: Settings): Promise<ChosenStores> {
  const { eventStoreUrl, mongoUrl, dataFolder } = settings;
  if (eventStoreUrl && mongoUrl) return { eventStoreUrl, mongoUrl, source: 'urls', close: nothingToClose };
  const running = readRunFile(dataFolder);
  if (running) return ofRunning(running, settings);
  try {
    const { path, ...stores } = await openLocalStores(settings);
    return { ...stores, source: 'own', path };
  } catch (error) {
    if (!(error instanceof DataFolderError && error.problem === 'in-use')) throw error;
    return ofRunning(await startingUp(dataFolder, error), settings);
  }
}

function ofRunning(running: RunInfo, { eventStoreUrl, mongoUrl }: Settings): ChosenStores {
  return {
    eventStoreUrl: eventStoreUrl ?? running.eventStoreUrl,
    mongoUrl: mongoUrl ?? running.mongoUrl,
    source: 'running',
    close: nothingToClose,
  };
}

const START_LIMIT_MS = 5_000;

/** A standalone has the folder a little before it says where it is. */
async function startingUp(dataFolder: string, inUse: DataFolderError): Promise<RunInfo> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline) {
    const running = readRunFile(dataFolder);
    if (running) return running;
    await delay(50);
  }
  throw inUse;
}

const nothingToClose = async () => {};
