import type { Collection, Db, MongoClient } from 'mongodb';

const BULK = 50;

export interface Item {
  _id: string;
  n?: number;
  generation?: number;
  tags?: string[];
}

/** What one writer was told, and therefore what must be there after a crash. */
export interface Promises {
  /** Ids of inserts that were acknowledged. */
  readonly inserted: Set<string>;
  /** Acknowledged increments of its counter, and whether one more was under way. */
  increments: number;
  /** The last generation that a whole bulk write put on its documents; one more may be there. */
  generation: number;
  /** Ids of transactions that were acknowledged. */
  readonly committed: Set<string>;
  /** Collections that were acknowledged as dropped. */
  readonly dropped: Set<string>;
  acknowledged: number;
  unknown: number;
}

export const bulkIds = (writer: string): string[] =>
  Array.from({ length: BULK }, (_none, i) => `${writer}-b${i}`);

/** One client that does everything in turn until its server is gone. */
export class Writer {
  readonly promises: Promises = {
    inserted: new Set(),
    increments: 0,
    generation: 0,
    committed: new Set(),
    dropped: new Set(),
    acknowledged: 0,
    unknown: 0,
  };
  private readonly db: Db;
  private readonly items: Collection<Item>;
  private count = 0;

  constructor(
    readonly name: string,
    private readonly client: MongoClient,
    private readonly random: () => number,
  ) {
    this.db = client.db('crash');
    this.items = this.db.collection('items');
  }

  /** Ends when a write fails because the server is gone. @throws what is no loss of the server. */
  async writeUntilKilled(isKilled: () => boolean): Promise<void> {
    const works = [this.insert, this.increment, this.bulk, this.transact, this.buildIndex, this.drop];
    const weights = [30, 60, 70, 90, 95, 100];
    try {
      for (;;) {
        const chance = this.random() * 100;
        await works[weights.findIndex((weight) => chance < weight)]!.call(this);
        this.promises.acknowledged++;
      }
    } catch (error) {
      if (!isKilled()) throw error;
      this.promises.unknown++;
    }
  }

  private async insert(): Promise<void> {
    const _id = `${this.name}-i${this.count++}`;
    await this.items.insertOne({ _id, n: this.count, tags: [`t${this.count % 5}`, this.name] });
    this.promises.inserted.add(_id);
  }

  private async increment(): Promise<void> {
    await this.items.updateOne({ _id: `${this.name}-n` }, { $inc: { n: 1 } }, { upsert: true });
    this.promises.increments++;
  }

  /** One command: all of it, or nothing. */
  private async bulk(): Promise<void> {
    const generation = this.promises.generation + 1;
    const replacements = bulkIds(this.name).map((_id) => ({
      replaceOne: { filter: { _id }, replacement: { generation, tags: [`g${generation}`] }, upsert: true },
    }));
    await this.items.bulkWrite(replacements);
    this.promises.generation = generation;
  }

  private async transact(): Promise<void> {
    const _id = `${this.name}-t${this.count++}`;
    await this.client.withSession((session) =>
      session.withTransaction(async () => {
        await this.db.collection<Item>('left').insertOne({ _id }, { session });
        await this.client.db('crash_too').collection<Item>('right').insertOne({ _id }, { session });
        await this.db
          .collection<Item>('sums')
          .updateOne({ _id: this.name }, { $inc: { n: 1 } }, { session, upsert: true });
      }),
    );
    this.promises.committed.add(_id);
  }

  private async buildIndex(): Promise<void> {
    const name = `${this.name}-index`;
    await this.items
      .createIndex({ [this.random() < 0.5 ? 'tags' : 'n']: 1, _id: -1 }, { name })
      .catch(ignoreClash);
    await this.items.dropIndex(name).catch(ignoreClash);
  }

  private async drop(): Promise<void> {
    const name = `scratch-${this.name}-${this.count++}`;
    const scratch = this.db.collection<{ _id: number }>(name);
    await scratch.insertMany(Array.from({ length: 20 }, (_none, _id) => ({ _id })));
    await scratch.drop();
    this.promises.dropped.add(name);
  }
}

/** Writers build the same keys under different names, and an index may be gone already. */
function ignoreClash(error: unknown): void {
  const { code } = error as { code?: number };
  if (code !== 85 && code !== 86 && code !== 27 && code !== 276) throw error;
}
