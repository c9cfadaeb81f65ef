import { deserialize, serialize } from 'bson';
import { type Checkpoint, NOTHING_HANDLED, type StopReason } from '../checkpoint.js';
import { CheckpointMovedError, ProjectionStore, type ProjectionWrites } from '../projection-store.js';
import type { RegisteredProjection } from '../registry.js';

/** Documents and checkpoints in memory, with the store's own rules and faults to order: for specs. */
export class InMemoryProjectionStore extends ProjectionStore {
  readonly documents = new Map<string, Map<string, object>>();
  readonly stands = new Map<string, Checkpoint>();
  readonly commits: (readonly ProjectionWrites[])[] = [];
  loads = 0;
  /** Called before a commit is applied; what it throws, the commit throws. */
  beforeCommit: (writes: readonly ProjectionWrites[]) => void | Promise<void> = () => undefined;
  /** Called after a commit was applied, before it is acknowledged. */
  afterCommit: (writes: readonly ProjectionWrites[]) => void = () => undefined;

  async prepare({ id }: RegisteredProjection): Promise<void> {
    if (!this.documents.has(id)) this.documents.set(id, new Map());
    if (!this.stands.has(id)) this.stands.set(id, { position: NOTHING_HANDLED, events: 0 });
  }

  async checkpoints(registered: readonly RegisteredProjection[]): Promise<Map<string, Checkpoint>> {
    return new Map([...this.stands].filter(([id]) => registered.some((each) => each.id === id)));
  }

  async load({ id }: RegisteredProjection, keys: readonly string[]): Promise<Map<string, object>> {
    this.loads++;
    const stored = this.documents.get(id)!;
    return new Map(keys.flatMap((key) => (stored.has(key) ? [[key, stored.get(key)!] as const] : [])));
  }

  async commit(writes: readonly ProjectionWrites[]): Promise<void> {
    await this.beforeCommit(writes);
    for (const { registered, from, to } of writes) {
      if (this.stands.get(registered.id)?.position !== from) throw new CheckpointMovedError('moved');
      if (to < from) throw new Error(`${registered.id} would move back from ${from} to ${to}`);
    }
    for (const { registered, to, events, documents, stopped } of writes) {
      for (const [key, document] of documents) this.store(registered.id, key, document);
      this.stands.set(registered.id, { position: to, events, ...(stopped && { stopped }) });
    }
    this.commits.push(writes);
    this.afterCommit(writes);
  }

  async recordStop({ id }: RegisteredProjection, stopped: StopReason): Promise<void> {
    this.stands.set(id, { ...(this.stands.get(id) ?? { position: NOTHING_HANDLED, events: 0 }), stopped });
  }

  /** What a reader finds, by key. */
  content(id: string): Record<string, object> {
    return Object.fromEntries(this.documents.get(id) ?? []);
  }

  private store(id: string, key: string, document: object | undefined): void {
    if (document) this.documents.get(id)!.set(key, deserialize(serialize(document)));
    else this.documents.get(id)!.delete(key);
  }
}
