import { setTimeout as pause } from 'node:timers/promises';
import type { AnyClientBulkWriteModel, Collection, MongoClient } from 'mongodb';
import { MongoServerError } from 'mongodb';
import { type Checkpoint, NOTHING_HANDLED, type StopReason } from '../checkpoint.js';
import {
  CheckpointMovedError,
  DocumentFault,
  ProjectionStore,
  type ProjectionWrites,
} from '../projection-store.js';
import type { RegisteredProjection } from '../registry.js';
import {
  CHECKPOINTS,
  type CheckpointDocument,
  checkpointOf,
  stoppedDocument,
} from './checkpoint-document.js';
import { documentFault, hasLabel } from './write-fault.js';

// biome-ignore lint/suspicious/noExplicitAny: documents of all projections, and checkpoints, in one list
type Model = AnyClientBulkWriteModel<any>;

/** Attempts at a transaction that only met a passing conflict. */
const ATTEMPTS = 5;
const PAUSE_MS = 20;
const NAMESPACE_EXISTS = 48;
/** Index definitions that the server refuses, now and later: MongoDB error codes 67, 85, 86, 11000. */
const REFUSED_INDEX = new Set([67, 85, 86, 11_000]);

/** The commit itself went wrong: it may have come through. Not every such error carries the driver's label. */
class UnsettledCommitError extends Error {
  override readonly name = 'UnsettledCommitError';
  constructor(cause: unknown) {
    super('It is not known whether a commit came through.', { cause });
  }
}

/** Read models in MongoDB: `<name>@<version>` and `checkpoints` in each context's own database. */
export class MongoProjectionStore extends ProjectionStore {
  /** @param client with `ignoreUndefined`, so that a stored document reads back as it was folded. */
  constructor(private readonly client: MongoClient) {
    super();
  }

  async prepare(registered: RegisteredProjection): Promise<void> {
    const { id, projection } = registered;
    const documents = this.documents(registered);
    await this.create(registered);
    const indexes = (projection.indexes ?? []).map(({ name, key, unique }) => ({
      name,
      key: { ...key },
      ...(unique && { unique }),
    }));
    try {
      if (indexes.length > 0) await documents.createIndexes(indexes);
    } catch (error) {
      if (!(error instanceof MongoServerError && REFUSED_INDEX.has(Number(error.code)))) throw error;
      throw new DocumentFault(id, undefined, `The indexes of ${id} are refused: ${error.message}`, {
        cause: error,
      });
    }
    const checkpoints = this.checkpointsOf(registered);
    const found = await checkpoints.findOne({ _id: id });
    if (found) {
      if (found.stopped && !found.stopped.eventId)
        await checkpoints.updateOne({ _id: id }, { $unset: { stopped: '' } });
      return;
    }
    if (await documents.findOne({}, { projection: { _id: 1 } }))
      throw new DocumentFault(
        id,
        undefined,
        `${id} has documents but no checkpoint that says what made them: drop it.`,
      );
    const update = {
      $setOnInsert: { position: NOTHING_HANDLED, events: 0 },
      $currentDate: { updatedAt: true },
    } as const;
    await checkpoints.updateOne({ _id: id }, update, { upsert: true });
  }

  private async create({ database, id }: RegisteredProjection): Promise<void> {
    for (const name of [id, CHECKPOINTS]) {
      try {
        await this.client.db(database).createCollection(name);
      } catch (error) {
        if (!(error instanceof MongoServerError && error.code === NAMESPACE_EXISTS)) throw error;
      }
    }
  }

  async checkpoints(registered: readonly RegisteredProjection[]): Promise<Map<string, Checkpoint>> {
    const found = new Map<string, Checkpoint>();
    for (const [database, group] of byDatabase(registered)) {
      const collection = this.client.db(database).collection<CheckpointDocument>(CHECKPOINTS);
      const ids = group.map(({ id }) => id);
      const options = { useBigInt64: true, readConcern: 'majority' } as const;
      for await (const document of collection.find({ _id: { $in: ids } }, options))
        found.set(document._id, checkpointOf(document));
    }
    return found;
  }

  async load(registered: RegisteredProjection, keys: readonly string[]): Promise<Map<string, object>> {
    const loaded = new Map<string, object>();
    const cursor = this.documents(registered).find(
      { _id: { $in: [...keys] } },
      { batchSize: keys.length + 1 },
    );
    for await (const { _id, ...document } of cursor) loaded.set(_id, document);
    return loaded;
  }

  async commit(writes: readonly ProjectionWrites[]): Promise<void> {
    const models = [...writes.map(checkpointModel), ...writes.flatMap(documentModels)];
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.transaction(models);
      } catch (error) {
        if (error instanceof CheckpointMovedError) throw error;
        if (error instanceof UnsettledCommitError) {
          if (await this.isCommitted(writes)) return;
        } else if (!hasLabel(error, 'TransientTransactionError')) throw await this.faultOf(error, writes);
        if (attempt === ATTEMPTS) throw error;
        await pause(PAUSE_MS * attempt);
      }
    }
  }

  private async transaction(models: readonly Model[]): Promise<void> {
    const session = this.client.startSession();
    try {
      session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } });
      const { matchedCount, upsertedCount } = await this.client.bulkWrite(models, { session });
      // A replacement matches or inserts, always: what is missing are checkpoints that stand elsewhere.
      const updates = models.filter(({ name }) => name !== 'deleteOne').length;
      if (matchedCount + upsertedCount < updates) throw overtaken();
      await session.commitTransaction().catch((error) => {
        throw hasLabel(error, 'TransientTransactionError') ? error : new UnsettledCommitError(error);
      });
    } finally {
      // Aborts what was not committed; an abort that does not get through expires with the session.
      await session.endSession();
    }
  }

  /** A document is to blame only where nobody else has written: it may be refused for what another projector wrote. */
  private async faultOf(error: unknown, writes: readonly ProjectionWrites[]): Promise<unknown> {
    const fault = documentFault(error, writes);
    if (!fault) return error;
    const stand = await this.checkpointsAgain(writes.map(({ registered }) => registered));
    const isOvertaken = writes.some(({ registered, from }) => stand.get(registered.id)?.position !== from);
    return isOvertaken ? overtaken() : fault;
  }

  /**
   * The server did not say whether it committed; the checkpoints do.
   * @returns whether all stand where the commit puts them, else they stand where they were.
   * @throws CheckpointMovedError neither: somebody else went on.
   */
  private async isCommitted(writes: readonly ProjectionWrites[]): Promise<boolean> {
    const moving = writes.filter(({ from, to, stopped }) => from !== to || stopped);
    const stand = await this.checkpointsAgain(moving.map(({ registered }) => registered));
    const all = (does: (write: ProjectionWrites, stands: Checkpoint | undefined) => boolean) =>
      moving.every((write) => does(write, stand.get(write.registered.id)));
    if (all(({ to, stopped }, stands) => stands?.position === to && !stopped === !stands.stopped))
      return true;
    if (all(({ from }, stands) => stands?.position === from)) return false;
    throw overtaken();
  }

  /** The connection that lost the commit may have companions that are as dead. */
  private async checkpointsAgain(
    registered: readonly RegisteredProjection[],
  ): Promise<Map<string, Checkpoint>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.checkpoints(registered);
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await pause(PAUSE_MS * attempt);
      }
    }
  }

  async recordStop(registered: RegisteredProjection, stopped: StopReason): Promise<void> {
    await this.checkpointsOf(registered).updateOne(
      { _id: registered.id },
      {
        $set: { stopped: stoppedDocument(stopped) },
        $setOnInsert: { position: NOTHING_HANDLED, events: 0 },
        $currentDate: { updatedAt: true },
      },
      { upsert: true },
    );
  }

  private documents({ database, id }: RegisteredProjection): Collection<{ _id: string }> {
    return this.client.db(database).collection(id);
  }

  private checkpointsOf({ database }: RegisteredProjection): Collection<CheckpointDocument> {
    return this.client.db(database).collection(CHECKPOINTS);
  }
}

const overtaken = () =>
  new CheckpointMovedError('Another projector has moved a checkpoint: both run the same projections.');

function documentModels({ registered, documents }: ProjectionWrites): Model[] {
  const namespace = `${registered.database}.${registered.id}`;
  const models: Model[] = [];
  for (const [_id, document] of documents) {
    const filter = { _id };
    if (document) models.push({ namespace, name: 'replaceOne', filter, replacement: document, upsert: true });
    else models.push({ namespace, name: 'deleteOne', filter });
  }
  return models;
}

/** Matches only where the checkpoint stands as this projector left it: it never moves back, nor past another's. */
function checkpointModel({ registered, from, to, events, stopped }: ProjectionWrites): Model {
  return {
    namespace: `${registered.database}.${CHECKPOINTS}`,
    name: 'updateOne',
    filter: { _id: registered.id, position: from },
    update: {
      $set: { position: to, events, ...(stopped && { stopped: stoppedDocument(stopped) }) },
      ...(!stopped && { $unset: { stopped: '' } }),
      $currentDate: { updatedAt: true },
    },
  };
}

function byDatabase(registered: readonly RegisteredProjection[]): Map<string, RegisteredProjection[]> {
  const groups = new Map<string, RegisteredProjection[]>();
  for (const each of registered) groups.set(each.database, [...(groups.get(each.database) ?? []), each]);
  return groups;
}
