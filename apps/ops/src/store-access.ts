import type { EventStoreDBClient } from '@eventstore/db-client';
import { readSettings, type SettingsOf } from '#libs/platform/settings';
import type { ChosenStores } from './choose-stores.js';
import { closeAll, endsWithin } from './close-all.js';
import type { OpenedSystem } from './system.js';

const CLOSE_LIMIT_MS = 10_000;
const GOODBYE_MS = 1_000;

/**
 * Opens what a command asks for, and closes it all at the end, last opened first. Drivers, Nest and the contexts are
 * loaded only for the commands that need them: `--help` answers at once.
 */
export class StoreAccess {
  readonly #closing: (() => Promise<unknown>)[] = [];
  #settings: SettingsOf<'ops'> | undefined;
  #chosen: Promise<ChosenStores> | undefined;

  constructor(
    private readonly env: Readonly<Record<string, string | undefined>>,
    private readonly note: (line: string) => void,
  ) {}

  async openLog(): Promise<{ readonly client: EventStoreDBClient }> {
    const url = this.settings.eventStoreUrl ?? (await this.stores()).eventStoreUrl;
    const { EventStoreDBClient } = await import('@eventstore/db-client');
    const client = EventStoreDBClient.connectionString(url);
    // It waits for ever on a read that was left before its end: db-client 6.2.
    this.#closing.push(() => endsWithin(GOODBYE_MS, client.dispose()));
    return { client };
  }

  async openSystem(): Promise<OpenedSystem> {
    const { openSystem } = await import('./system.js');
    const system = await openSystem(await this.stores(), this.settings);
    this.#closing.push(() => system.close());
    return system;
  }

  /** Never takes longer than 10 s, and never throws: what the command did is done, and said. */
  async close(): Promise<void> {
    const { faults, inTime } = await closeAll(this.#closing.splice(0), CLOSE_LIMIT_MS);
    for (const fault of faults) this.note(`While closing: ${fault instanceof Error ? fault.message : fault}`);
    if (!inTime) this.note(`Not closed within ${CLOSE_LIMIT_MS} ms; what was still open is dropped.`);
  }

  stores(): Promise<ChosenStores> {
    this.#chosen ??= this.#choose();
    return this.#chosen;
  }

  async #choose(): Promise<ChosenStores> {
    const { chooseStores } = await import('./choose-stores.js');
    const stores = await chooseStores(this.settings);
    this.#closing.push(() => stores.close());
    if (stores.source === 'own') this.note(`Started the stores of ${stores.path} for as long as this runs.`);
    return stores;
  }

  /** The log is for the programs that run for long: a command says what matters itself, unless LOG_LEVEL is set. */
  get settings(): SettingsOf<'ops'> {
    this.#settings ??= readSettings({ LOG_LEVEL: 'error', ...this.env }, 'ops');
    return this.#settings;
  }
}
