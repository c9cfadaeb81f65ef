import type { EventStoreDBClient } from '@eventstore/db-client';
import { readSettings, type SettingsOf } from '#libs/platform/settings';
import type { ChosenStores } from './choose-stores.js';
import type { OpenedSystem } from './system.js';

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
    this.#closing.push(() => client.dispose());
    return { client };
  }

  async openSystem(): Promise<OpenedSystem> {
    const { openSystem } = await import('./system.js');
    const system = await openSystem(await this.stores(), this.settings);
    this.#closing.push(() => system.close());
    return system;
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0).reverse()) await close();
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
