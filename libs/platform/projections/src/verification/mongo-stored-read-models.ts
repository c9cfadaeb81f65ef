import type { Collection, MongoClient } from 'mongodb';
import { type Checkpoint, NOTHING_HANDLED } from '../checkpoint.js';
import { CHECKPOINTS, type CheckpointDocument, checkpointOf } from '../mongo/checkpoint-document.js';
import type { RegisteredProjection } from '../registry.js';
import { type StoredDocument, StoredReadModels } from './stored-read-models.js';

export class MongoStoredReadModels extends StoredReadModels {
  constructor(private readonly client: MongoClient) {
    super();
  }

  count(registered: RegisteredProjection): Promise<number> {
    return this.collection(registered).estimatedDocumentCount();
  }

  async checkpoint({ database, id }: RegisteredProjection): Promise<Checkpoint | undefined> {
    const found = await this.checkpoints(database).findOne(
      { _id: id },
      { useBigInt64: true, readConcern: 'majority' },
    );
    return found ? checkpointOf(found) : undefined;
  }

  async *documents(registered: RegisteredProjection): AsyncGenerator<StoredDocument> {
    const cursor = this.collection(registered).find({}, { readConcern: 'majority' });
    for await (const { _id, ...document } of cursor) yield { key: _id, document };
  }

  /** In one transaction: MongoDB's snapshot holds for both, whatever the projector commits meanwhile. */
  async together(registered: RegisteredProjection, keys: readonly string[]) {
    return this.client.withSession((session) =>
      session.withTransaction(
        async () => {
          const found = await this.checkpoints(registered.database).findOne(
            { _id: registered.id },
            { session, useBigInt64: true },
          );
          const documents = new Map<string, object>();
          const filter = { _id: { $in: [...keys] } };
          const cursor = this.collection(registered).find(filter, { session, batchSize: keys.length + 1 });
          for await (const { _id, ...document } of cursor) documents.set(_id, document);
          const checkpoint = found ? checkpointOf(found) : { position: NOTHING_HANDLED, events: 0 };
          return { checkpoint, documents };
        },
        { readConcern: { level: 'snapshot' } },
      ),
    );
  }

  close(): Promise<void> {
    return this.client.close(true);
  }

  private collection({ database, id }: RegisteredProjection): Collection<{ _id: string }> {
    return this.client.db(database).collection(id);
  }

  private checkpoints(database: string): Collection<CheckpointDocument> {
    return this.client.db(database).collection(CHECKPOINTS);
  }
}
