import { deepStrictEqual } from 'node:assert';
import { join } from 'node:path';
import {
  type AnyBulkWriteOperation,
  type ClientSession,
  type Collection,
  MongoClient,
  MongoServerError,
} from 'mongodb';
import { type MongoDb, startMongoDb, verifyMongoDb } from '#libs/protocol/mongodb-server';
import { type TemporaryFolder, temporaryFolder } from '../../harness/index.js';
import type { Checked } from '../model-check.js';
import { CollectionModel, type Outcome } from './collection-model.js';
import { INDEXES, type IndexName, type Item, type Operation, TAGS, type Write } from './operation.js';

const DUPLICATE = 11_000;

/** A server and the model of its one collection: the same is done to both, and they are compared after each. */
export class CheckedServer implements Checked<Operation> {
  private model = new CollectionModel();
  private done = 0;

  private constructor(
    private readonly folder: TemporaryFolder,
    private server: MongoDb,
    private client: MongoClient,
  ) {}

  static async start(): Promise<CheckedServer> {
    const folder = temporaryFolder('model-mongodb');
    const server = await startMongoDb({ dataDir: join(folder.path, 'data'), sync: 'none' });
    return new CheckedServer(folder, server, new MongoClient(server.url));
  }

  private get items(): Collection<Item> {
    return this.client.db('model').collection('items');
  }

  async run(operation: Operation): Promise<void> {
    await this.perform(operation);
    await this.compare(this.done++);
  }

  async finish(): Promise<void> {
    await this.restart();
    await this.compareAll();
    await this.close();
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.server.close();
    this.folder.remove();
  }

  private async perform(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case 'write': {
        const outcome = await sent(this.items, operation.write, undefined);
        deepStrictEqual(outcome, this.model.write(operation.write), 'the answer to a write');
        return;
      }
      case 'bulk':
        return this.bulk(operation.writes);
      case 'transaction':
        return this.transact(operation.writes, operation.commits);
      case 'index':
        return operation.drops ? this.dropIndex(operation.name) : this.createIndex(operation.name);
      case 'drop':
        await this.items.drop();
        this.model = new CollectionModel();
        return;
      case 'restart':
        return this.restart();
    }
  }

  /** In order: it ends with the first that fails. */
  private async bulk(writes: readonly Write[]): Promise<void> {
    const failed: number[] = [];
    for (const [i, write] of writes.entries()) {
      if (this.model.write(write) !== 'duplicate') continue;
      failed.push(i);
      break;
    }
    const errors = await this.items.bulkWrite(writes.map(asBulk)).then(
      () => [],
      (error: { code?: number; writeErrors?: { index: number }[] | { index: number } }) => {
        if (error.code !== DUPLICATE) throw error;
        return [error.writeErrors ?? []].flat().map(({ index }) => index);
      },
    );
    deepStrictEqual(
      errors.sort((a, b) => a - b),
      failed,
      'the failed writes of a bulk write',
    );
  }

  /** A write that fails ends its transaction; others see nothing of it before the commit. */
  private async transact(writes: readonly Write[], commits: boolean): Promise<void> {
    const inside = this.model.copy();
    await this.client.withSession(async (session) => {
      session.startTransaction();
      for (const write of writes) {
        const outcome = await sent(this.items, write, session);
        deepStrictEqual(outcome, inside.write(write), 'the answer to a write in a transaction');
        if (outcome === 'duplicate') {
          await session.abortTransaction();
          return;
        }
      }
      deepStrictEqual(await all(this.items, session), inside.inOrder, 'what the transaction sees');
      await this.compareAll();
      if (commits) await session.commitTransaction();
      else await session.abortTransaction();
      if (commits) this.model = inside;
    });
  }

  private async createIndex(name: IndexName): Promise<void> {
    const { key, ...options } = INDEXES[name];
    const isPossible = name !== 'code' || this.model.indexes.has('code') || !this.model.hasDuplicateCodes();
    const made = await this.items.createIndex(key, { name, ...options }).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof MongoServerError) || error.code !== DUPLICATE) throw error;
        return false;
      },
    );
    deepStrictEqual(made, isPossible, `whether index ${name} could be made`);
    if (made) this.model.indexes.add(name);
  }

  private async dropIndex(name: IndexName): Promise<void> {
    if (this.model.indexes.delete(name)) await this.items.dropIndex(name);
  }

  private async restart(): Promise<void> {
    await this.client.close();
    await this.server.close();
    const dataDir = join(this.folder.path, 'data');
    deepStrictEqual(await verifyMongoDb(dataDir), [], 'what verify finds');
    this.server = await startMongoDb({ dataDir, sync: 'none' });
    this.client = new MongoClient(this.server.url);
  }

  /** One question after each operation, in turn; now and then everything. */
  private async compare(turn: number): Promise<void> {
    const { indexes } = this.model;
    const rows = this.model.inOrder;
    const tag = TAGS[turn % TAGS.length]!;
    if (turn % 8 === 0) await this.compareAll();
    else if (turn % 8 < 4) {
      const hint = indexes.has('tags') ? { hint: 'tags' } : {};
      const found = await this.items.find({ tags: tag }, hint).toArray();
      deepStrictEqual(
        byId(found),
        rows.filter(({ tags }) => tags.includes(tag)),
        `the items with ${tag}`,
      );
    } else {
      const group = `g${turn % 4}`;
      const hint = indexes.has('group') ? { hint: 'group' } : {};
      const found = await this.items
        .find({ group, rank: { $gte: 3 } }, hint)
        .sort({ rank: -1 })
        .toArray();
      const ranks = found.map(({ rank }) => rank!);
      deepStrictEqual(
        ranks,
        [...ranks].sort((a, b) => b - a),
        `the order of ${group} by rank`,
      );
      const expected = rows.filter((item) => item.group === group && item.rank !== null && item.rank >= 3);
      deepStrictEqual(byId(found), expected, `the items of ${group}`);
    }
  }

  private async compareAll(): Promise<void> {
    deepStrictEqual(await all(this.items, undefined), this.model.inOrder, 'all items');
    deepStrictEqual(
      await this.items.estimatedDocumentCount(),
      this.model.items.size,
      'how many items there are',
    );
  }
}

function all(items: Collection<Item>, session: ClientSession | undefined): Promise<Item[]> {
  return items
    .find({}, session ? { session } : {})
    .sort({ _id: 1 })
    .toArray();
}

const byId = (items: Item[]) => items.sort((a, b) => a._id - b._id);

async function sent(
  items: Collection<Item>,
  write: Write,
  session: ClientSession | undefined,
): Promise<Outcome> {
  const options = session ? { session } : {};
  try {
    const result = await items.bulkWrite([asBulk(write)], options);
    const added = result.insertedCount + result.upsertedCount;
    const met = added + result.matchedCount + result.deletedCount;
    return { met, changed: added + result.modifiedCount + result.deletedCount };
  } catch (error) {
    if ((error as { code?: number }).code === DUPLICATE) return 'duplicate';
    throw error;
  }
}

function asBulk(write: Write): AnyBulkWriteOperation<Item> {
  switch (write.kind) {
    case 'insert':
      return { insertOne: { document: write.item } };
    case 'replace':
      return { replaceOne: { filter: { _id: write.item._id }, replacement: write.item, upsert: true } };
    case 'delete':
      return { deleteOne: { filter: { _id: write.id } } };
    case 'change': {
      const update = { $set: { rank: write.rank }, $push: { tags: write.tag } };
      return { updateOne: { filter: { _id: write.id }, update } };
    }
    case 'code':
      return { updateOne: { filter: { _id: write.id }, update: { $set: { code: write.code } } } };
    case 'sink': {
      const update = { $set: { group: 'g0' }, $inc: { rank: -5 } };
      return { updateMany: { filter: { group: write.group, rank: { $gte: 5 } }, update } };
    }
    case 'deleteMany':
      return { deleteMany: { filter: { tags: write.tag, rank: { $lt: write.below } } } };
    case 'pull':
      return { updateMany: { filter: { tags: write.tag }, update: { $pull: { tags: write.tag } } } };
  }
}
