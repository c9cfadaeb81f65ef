import { type ProjectionNode, ProjectionRun } from './projection-run.js';
import {
  NEW_PROJECTION,
  type ProjectionSettings,
  readSettings,
  settingsEvent,
  settingsStreamOf,
} from './projection-settings.js';
import { lastHandledPosition } from './resume-position.js';
import type { SystemProjection } from './rules.js';

export interface ProjectionStatistics {
  readonly name: string;
  readonly status: 'Running' | 'Stopped' | 'Aborted' | 'Faulted';
  readonly stateReason: string;
  readonly version: number;
  readonly epoch: number;
  /** Of the last event dealt with; -1 for none. */
  readonly position: number;
  readonly checkpointPosition: number;
  /** How much of the log is dealt with. */
  readonly progressPercent: number;
  readonly eventsHandled: number;
  readonly writesInFlight: number;
  readonly workMs: number;
}

/** One projection and its switch, which is kept in the log. What is asked of it is done one after the other. */
export class ManagedProjection {
  #settings: ProjectionSettings = NEW_PROJECTION;
  #run: ProjectionRun | undefined;
  #isAborted = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly node: ProjectionNode,
    private readonly projection: SystemProjection,
    private readonly startDelayMs: number,
  ) {}

  get name(): string {
    return this.projection.name;
  }

  /** Goes on where it was when the node stopped. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      this.#settings = (await readSettings(this.node, this.projection)).settings;
      if (this.#settings.enabled) this.#start(0);
    });
  }

  enable(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#settings.enabled && this.#run?.hasFailed === false) return;
      await this.#change(async () => ({ enabled: true, handledPosition: await this.#handled() }));
      this.#start(this.startDelayMs);
    });
  }

  disable(kind: 'disable' | 'abort'): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#settings.enabled) return;
      await this.#change(async () => ({ enabled: false, handledPosition: await this.#handled() }));
      this.#isAborted = kind === 'abort';
    });
  }

  /** Starts again from the first event. What a stream holds by now is hidden when its first new event comes. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      const version = this.#settings.version + 1;
      await this.#change(async () => ({
        version,
        epoch: version,
        epochPosition: this.node.log.nextPosition,
        handledPosition: -1,
      }));
      if (this.#settings.enabled) this.#start(this.startDelayMs);
    });
  }

  /** Stops and starts again from what is durable. */
  restart(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#run?.stop();
      if (this.#settings.enabled) this.#start(0);
    });
  }

  /** For good; it stays enabled for the next start of the node. */
  close(): Promise<void> {
    return this.#inTurn(async () => this.#run?.stop());
  }

  get statistics(): ProjectionStatistics {
    const { version, epoch, handledPosition } = this.#settings;
    const run = this.#run;
    const position = run?.handledPosition ?? handledPosition;
    const { endPosition } = this.node.log;
    return {
      name: this.name,
      status: this.#status,
      stateReason: run?.trouble ?? '',
      version,
      epoch,
      position,
      checkpointPosition: run?.checkpointPosition ?? handledPosition,
      progressPercent: endPosition === 0 ? 100 : ((position + 1) / endPosition) * 100,
      eventsHandled: run?.eventsHandled ?? 0,
      writesInFlight: run?.writesInFlight ?? 0,
      workMs: run?.workMs ?? 0,
    };
  }

  get #status(): ProjectionStatistics['status'] {
    if (this.#run !== undefined) return this.#run.hasFailed ? 'Faulted' : 'Running';
    return this.#isAborted ? 'Aborted' : 'Stopped';
  }

  #start(delayMs: number): void {
    this.#isAborted = false;
    this.#run = new ProjectionRun(this.node, this.projection, this.#settings);
    this.#run.start(delayMs);
  }

  /** Asked of the log: a run that was stopped early need not know it. */
  #handled(): Promise<number> {
    return lastHandledPosition(this.node, this.projection);
  }

  /** With the projection at rest. Where the disk refuses the change, all stays as it was. */
  async #change(change: () => Promise<Partial<ProjectionSettings>>): Promise<void> {
    await this.#run?.stop();
    try {
      this.#settings = await this.#saved({ ...this.#settings, ...(await change()) });
      this.#run = undefined;
    } catch (error) {
      if (this.#run !== undefined) this.#start(0);
      throw error;
    }
  }

  async #saved(settings: ProjectionSettings): Promise<ProjectionSettings> {
    const stream = settingsStreamOf(this.projection);
    const outcome = await this.node.writer.append(stream, 'any', [settingsEvent(this.projection, settings)]);
    if (outcome.kind === 'deleted')
      throw new Error(`${stream}, which keeps the projection, is deleted for good.`);
    return settings;
  }

  #inTurn(step: () => Promise<void> | undefined): Promise<void> {
    const done = this.#last.then(step);
    this.#last = done.catch(() => undefined); // told to who asked; the next one starts afresh
    return done as Promise<void>;
  }
}
