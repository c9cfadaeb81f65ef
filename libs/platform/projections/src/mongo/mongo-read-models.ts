import type { Collection, MongoClient } from 'mongodb';
import type { Projection } from '#libs/platform/kernel';
import type { CheckpointFeed } from '../checkpoint-feed.js';
import { ReadModels, type Stored } from '../read-models.js';
import { idOf, type ProjectionRegistry } from '../registry.js';
import { CHECKPOINTS, type CheckpointDocument, checkpointOf } from './checkpoint-document.js';
import { CheckpointWaiters, type Standing } from './checkpoint-waiters.js';
import {
  type ProjectorReport,
  type ReportedProjection,
  readReport,
  writeReport,
} from './projector-report.js';

/** The read models of the registered contexts, in MongoDB. */
export class MongoReadModels extends ReadModels {
  private readonly waiters: CheckpointWaiters;

  constructor(
    private readonly client: MongoClient,
    private readonly registry: ProjectionRegistry,
    feed?: CheckpointFeed,
  ) {
    super();
    this.waiters = new CheckpointWaiters((ids) => this.standings(ids), feed);
  }

  // biome-ignore lint/suspicious/noExplicitAny: readers don't care which events made the document
  collection<Document extends object>(projection: Projection<Document, any>): Collection<Stored<Document>> {
    const { database } = this.registry.named(projection.name);
    return this.client.db(database).collection(idOf(projection));
  }

  async waitFor(projections: readonly string[], position: bigint, waitMs: number): Promise<void> {
    await this.waiters.waitFor(
      projections.map((name) => this.registry.named(name).id),
      position,
      waitMs,
    );
  }

  /** How far the stored read models are, by `<name>@<version>`; those never prepared are absent. */
  async standings(
    ids: readonly string[] = this.registry.projections.map(({ id }) => id),
  ): Promise<Map<string, Standing>> {
    const standings = new Map<string, Standing>();
    const databases = new Set(
      this.registry.projections.filter(({ id }) => ids.includes(id)).map(({ database }) => database),
    );
    await Promise.all(
      [...databases].map(async (database) => {
        const checkpoints = this.client.db(database).collection<CheckpointDocument>(CHECKPOINTS);
        for await (const document of checkpoints.find({ _id: { $in: [...ids] } }, { useBigInt64: true })) {
          const { updatedAt } = document;
          standings.set(document._id, { ...checkpointOf(document), ...(updatedAt && { updatedAt }) });
        }
      }),
    );
    return standings;
  }

  /** Leaves word of the projector for those who only read. */
  async report(projections: readonly ReportedProjection[]): Promise<void> {
    await writeReport(this.client, projections);
  }

  /** What the projector said last; nothing where none has run yet. */
  lastReport(): Promise<ProjectorReport | undefined> {
    return readReport(this.client);
  }

  /** @throws when MongoDB does not answer within `timeoutMs`. */
  async ping(timeoutMs: number): Promise<void> {
    await this.client.db('admin').command({ ping: 1 }, { timeoutMS: timeoutMs });
  }

  /** Ends what waits, and the connection. */
  async close(): Promise<void> {
    this.waiters.close();
    await this.client.close(true);
  }
}
