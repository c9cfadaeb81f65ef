import { ManagedProjection } from './managed-projection.js';
import type { ProjectionNode } from './projection-run.js';
import { SYSTEM_PROJECTIONS } from './rules.js';

/** The five projections that come with a node, all of them stopped until somebody enables them. */
export class SystemProjections {
  readonly #byName: ReadonlyMap<string, ManagedProjection>;

  /** One that is enabled starts `startDelayMs` after that. */
  constructor(node: ProjectionNode, startDelayMs: number) {
    this.#byName = new Map(
      SYSTEM_PROJECTIONS.map((projection) => [
        projection.name,
        new ManagedProjection(node, projection, startDelayMs),
      ]),
    );
  }

  /** Those that were enabled when the node stopped go on. */
  async open(): Promise<void> {
    for (const projection of this) await projection.open();
  }

  find(name: string): ManagedProjection | undefined {
    return this.#byName.get(name);
  }

  [Symbol.iterator](): Iterator<ManagedProjection> {
    return this.#byName.values();
  }

  /** Stops and starts all that are enabled. */
  async restart(): Promise<void> {
    await Promise.all([...this].map((projection) => projection.restart()));
  }

  async close(): Promise<void> {
    await Promise.all([...this].map((projection) => projection.close()));
  }
}
