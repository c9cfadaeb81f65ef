import type { Checkpoint, StopReason } from './checkpoint.js';
import type { Decoded } from './decoded.js';
import { type Base, type Plan, planFolds, runFolds } from './folding.js';
import type { LoggedEvent } from './log-feed.js';
import type { ProjectionStore, ProjectionWrites } from './projection-store.js';
import type { RegisteredProjection } from './registry.js';
import { WorkingDocuments } from './working-documents.js';

/** One projection at work: where it stands, what it has folded, what of that is committed. */
export class Member {
  readonly documents: WorkingDocuments;
  /** Position and count of what is folded, and of what is committed. */
  private folded: { readonly position: bigint; readonly events: number };
  private committed: { readonly position: bigint; readonly events: number };
  private fault: StopReason | undefined;

  constructor(
    readonly registered: RegisteredProjection,
    checkpoint: Checkpoint,
    cacheBytes: number,
  ) {
    this.folded = this.committed = { position: checkpoint.position, events: checkpoint.events };
    this.documents = new WorkingDocuments(cacheBytes, checkpoint.events === 0);
  }

  get id(): string {
    return this.registered.id;
  }

  /** Position of the last event whose effects are durable. */
  get position(): bigint {
    return this.committed.position;
  }

  get events(): number {
    return this.committed.events;
  }

  /** Events folded since the last commit. */
  get uncommittedEvents(): number {
    return this.folded.events - this.committed.events;
  }

  get stopped(): StopReason | undefined {
    return this.fault;
  }

  /**
   * Folds a piece of the log into the working documents. An event that cannot be handled stops this projection right
   * before it: what came earlier counts, nothing of the event itself.
   */
  async fold(
    events: readonly LoggedEvent[],
    decoded: readonly Decoded[],
    store: ProjectionStore,
  ): Promise<void> {
    if (this.fault || events.length === 0) return;
    const plan = planFolds(this.registered, decoded);
    const fault = runFolds(plan, this.documents, await this.base(plan, store));
    if (fault) this.stopBefore(fault.logged, fault.error, events);
    else this.moveTo(events.at(-1)!.position.commit, events.length);
  }

  private async base({ steps }: Plan, store: ProjectionStore): Promise<Base> {
    const { held, missing } = this.documents.base(steps.flatMap(({ keys }) => keys));
    if (missing.length > 0)
      for (const [key, document] of await store.load(this.registered, missing)) held.set(key, document);
    return held;
  }

  private stopBefore(logged: LoggedEvent, error: unknown, events: readonly LoggedEvent[]): void {
    const handled = events.indexOf(logged);
    if (handled > 0) this.moveTo(events[handled - 1]!.position.commit, handled);
    this.fault = stopReason(error, logged);
  }

  private moveTo(position: bigint, events: number): void {
    this.folded = { position, events: this.folded.events + events };
  }

  /** What is to be committed now. */
  beginCommit(): ProjectionWrites {
    const writes = {
      registered: this.registered,
      from: this.committed.position,
      to: this.folded.position,
      events: this.folded.events,
      documents: this.documents.beginCommit(),
    };
    return this.fault ? { ...writes, stopped: this.fault } : writes;
  }

  endCommit({ to, events }: ProjectionWrites): void {
    this.committed = { position: to, events };
    this.documents.endCommit();
  }
}

export function stopReason(error: unknown, logged?: LoggedEvent, key?: string): StopReason {
  const message = error instanceof Error ? error.message : String(error);
  return {
    message,
    ...(logged && {
      eventId: logged.id,
      eventType: logged.type,
      stream: logged.streamId,
      revision: logged.revision,
      position: logged.position.commit,
      eventAt: logged.created.toISOString(),
    }),
    ...(key !== undefined && { key }),
    at: new Date().toISOString(),
  };
}
