import { lastDurableRevision } from '../streams/visible-stream.js';
import type { StoredEventFilter } from './all-source.js';
import { CheckpointStore } from './checkpoint-store.js';
import { ConfigurationStore } from './configuration-store.js';
import { type GroupEntry, keyOf } from './group-entry.js';
import type { GroupInfo } from './group-info.js';
import { ALL, checkGroupSettings, type FilterSettings, type GroupSettings } from './group-settings.js';
import { ParkedMessages } from './parked-messages.js';
import { type GroupEnvironment, RunningGroup } from './running-group.js';

export class GroupExistsError extends Error {
  override readonly name = 'GroupExistsError';
}

export class GroupNotFoundError extends Error {
  override readonly name = 'GroupNotFoundError';
}

export interface SubsystemEnvironment extends GroupEnvironment {
  /** Calls back from time to time. Returns how to stop. */
  every(intervalMs: number, callback: () => void): () => void;
  /** @throws for a filter that cannot be. */
  compileFilter(filter: FilterSettings): StoredEventFilter;
}

const TICK_MS = 1_000;

/** All consumer groups of a node. What they do survives a crash: the groups, their checkpoints, what they parked. */
export class PersistentSubscriptions {
  readonly #groups = new Map<string, RunningGroup>();
  readonly #configuration: ConfigurationStore;
  readonly #stopTicking: () => void;
  /** Sources that have, or have had, a group since the start. */
  readonly #sources = new Set<string>();
  /** As stored, also of what could not be started. */
  #entries: readonly GroupEntry[] = [];
  #changes: Promise<unknown> = Promise.resolve();

  private constructor(private readonly environment: SubsystemEnvironment) {
    this.#configuration = new ConfigurationStore(environment);
    this.#stopTicking = environment.every(TICK_MS, () => {
      for (const group of this.#groups.values()) group.tick();
    });
  }

  /** Starts the groups that the log knows of. */
  static async open(environment: SubsystemEnvironment): Promise<PersistentSubscriptions> {
    const subscriptions = new PersistentSubscriptions(environment);
    await subscriptions.#load();
    return subscriptions;
  }

  /** @throws GroupExistsError, GroupSettingsError; LogUnavailableError when the disk did not take it. */
  create(source: string, name: string, settings: GroupSettings, filter?: FilterSettings): Promise<void> {
    return this.#inTurn(async () => {
      const key = keyOf({ source, name });
      checkGroupSettings(source, settings, this.#lastPosition);
      if (this.#groups.has(key)) throw new GroupExistsError(`Group '${name}' already exists.`);
      if (filter) this.environment.compileFilter(filter);
      const entry = { source, name, settings, ...(filter && { filter }), endAtCreation: this.#endOf(source) };
      await this.#save([...this.#entries, entry]);
      await this.#start(entry);
    });
  }

  /**
   * Its consumers are dropped; it goes on at its checkpoint, so that a new start counts only without one.
   * @throws GroupNotFoundError, GroupSettingsError; LogUnavailableError when the disk did not take it.
   */
  update(source: string, name: string, settings: GroupSettings): Promise<void> {
    return this.#inTurn(async () => {
      const group = this.get(source, name);
      checkGroupSettings(source, settings, this.#lastPosition);
      const entry = { ...group.entry, settings, endAtCreation: this.#endOf(source) };
      await this.#save(this.#entries.map((other) => (other === group.entry ? entry : other)));
      await group.stop();
      await this.#start(entry);
    });
  }

  /** Its consumers are dropped. @throws GroupNotFoundError; LogUnavailableError when the disk did not take it. */
  delete(source: string, name: string): Promise<void> {
    return this.#inTurn(async () => {
      const group = this.get(source, name);
      await group.stop();
      const { stored } = this.environment;
      const key = keyOf(group.entry);
      try {
        // In this order in the log: a group of the same name must never find what this one has left.
        await Promise.all([
          new CheckpointStore(stored, key).delete(),
          new ParkedMessages(stored, key).delete(),
          this.#save(this.#entries.filter((entry) => entry !== group.entry)),
        ]);
        this.#groups.delete(key);
      } catch (error) {
        await this.#start(group.entry);
        throw error;
      }
    });
  }

  /** @throws GroupNotFoundError */
  get(source: string, name: string): RunningGroup {
    const group = this.#groups.get(keyOf({ source, name }));
    if (group === undefined)
      throw new GroupNotFoundError(`Subscription group ${name} on stream ${source} does not exist.`);
    return group;
  }

  /** By source. @throws GroupNotFoundError when there never was a group of the source that is asked for. */
  list(source?: string): GroupInfo[] {
    if (source !== undefined && !this.#sources.has(source))
      throw new GroupNotFoundError(`Subscription group  on stream ${source} does not exist.`);
    return [...this.#groups.values()]
      .filter(({ entry }) => source === undefined || entry.source === source)
      .sort((a, b) => (a.entry.source < b.entry.source ? -1 : a.entry.source > b.entry.source ? 1 : 0))
      .map((group) => group.info());
  }

  /** Drops all consumers and starts again from what is stored. */
  restart(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stopAll();
      await this.#load();
    });
  }

  async close(): Promise<void> {
    this.#stopTicking();
    await this.#inTurn(() => this.#stopAll());
  }

  /** One change after the other, each on what the one before has stored. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const changed = this.#changes.then(change);
    this.#changes = changed.catch(() => undefined); // who asked for it hears of it
    return changed;
  }

  async #load(): Promise<void> {
    this.#sources.clear();
    this.#entries = await this.#configuration.load();
    for (const entry of this.#entries)
      await this.#start(entry).catch((error: unknown) =>
        this.environment.onError(`The persistent subscription ${keyOf(entry)} cannot be started.`, error),
      );
  }

  async #save(entries: readonly GroupEntry[]): Promise<void> {
    await this.#configuration.save(entries);
    this.#entries = entries;
  }

  async #start(entry: GroupEntry): Promise<void> {
    const filter = entry.filter && this.environment.compileFilter(entry.filter);
    this.#sources.add(entry.source);
    this.#groups.set(keyOf(entry), await RunningGroup.open(entry, this.environment, filter));
  }

  async #stopAll(): Promise<void> {
    await Promise.all([...this.#groups.values()].map((group) => group.stop()));
    this.#groups.clear();
  }

  get #lastPosition(): number {
    return this.environment.stored.log.endPosition - 1;
  }

  #endOf(source: string): number {
    const { index, log } = this.environment.stored;
    if (source === ALL) return log.endPosition;
    const state = index.find(source);
    return state === undefined ? 0 : lastDurableRevision(state, log.endPosition) + 1;
  }
}
