import { describe, expect, it } from '@jest/globals';
import { MongoServerError } from 'mongodb';
import { useDeployment } from './deployment.js';

const deployment = useDeployment();

interface Counter {
  _id: string;
  value: number;
}

describe('transactions', () => {
  it('lose no increment of a contended counter: 8 clients, 200 increments, read then set', async () => {
    await deployment.db.collection<Counter>('counters').insertOne({ _id: 'a', value: 0 });
    const increments = Array.from({ length: 8 }, async () => {
      const client = deployment.connect();
      const counters = client.db(deployment.db.databaseName).collection<Counter>('counters');
      for (let i = 0; i < 25; i++) {
        await client.withSession((session) =>
          session.withTransaction(async () => {
            const counter = await counters.findOne({ _id: 'a' }, { session });
            await counters.updateOne({ _id: 'a' }, { $set: { value: counter!.value + 1 } }, { session });
          }),
        );
      }
    });
    await Promise.all(increments);
    expect(await deployment.db.collection<Counter>('counters').findOne({ _id: 'a' })).toEqual({
      _id: 'a',
      value: 200,
    });
  }, 60_000);

  it('show their writes to nobody before the commit, then all of them, across databases', async () => {
    const first = deployment.db.collection<Counter>('visible');
    const second = deployment.otherDb.collection<Counter>('visible');
    await first.insertOne({ _id: 'old', value: 1 });
    await deployment.client.withSession(async (session) => {
      session.startTransaction();
      await first.insertOne({ _id: 'new', value: 1 }, { session });
      await first.deleteOne({ _id: 'old' }, { session });
      await second.insertOne({ _id: 'new', value: 2 }, { session });
      expect(await first.find({}, { session }).toArray()).toEqual([{ _id: 'new', value: 1 }]);
      expect(await first.find().toArray()).toEqual([{ _id: 'old', value: 1 }]);
      expect(await second.find().toArray()).toEqual([]);
      await session.commitTransaction();
    });
    expect(await first.find().toArray()).toEqual([{ _id: 'new', value: 1 }]);
    expect(await second.find().toArray()).toEqual([{ _id: 'new', value: 2 }]);
  });

  it('read from the snapshot of their start', async () => {
    const collection = deployment.db.collection<Counter>('snapshots');
    await collection.insertOne({ _id: 'a', value: 1 });
    await deployment.client.withSession(async (session) => {
      session.startTransaction();
      expect(await collection.findOne({ _id: 'a' }, { session })).toEqual({ _id: 'a', value: 1 });
      await collection.updateOne({ _id: 'a' }, { $set: { value: 2 } });
      await collection.insertOne({ _id: 'b', value: 2 });
      expect(await collection.find({}, { session }).toArray()).toEqual([{ _id: 'a', value: 1 }]);
      await session.abortTransaction();
    });
  });

  it('tell the second writer at once: top-level 112 with the transient label', async () => {
    const collection = deployment.db.collection<Counter>('conflicts');
    await collection.insertOne({ _id: 'a', value: 1 });
    const first = deployment.client.startSession();
    const second = deployment.client.startSession();
    try {
      first.startTransaction();
      second.startTransaction();
      await collection.updateOne({ _id: 'a' }, { $inc: { value: 1 } }, { session: first });
      await collection.findOne({ _id: 'a' }, { session: second });
      const error = await collection
        .updateOne({ _id: 'a' }, { $inc: { value: 1 } }, { session: second })
        .catch((e) => e);
      expect(error).toBeInstanceOf(MongoServerError);
      expect(error.code).toBe(112);
      expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
      await first.commitTransaction();
      await second.abortTransaction();
    } finally {
      await first.endSession();
      await second.endSession();
    }
    expect(await collection.findOne({ _id: 'a' })).toEqual({ _id: 'a', value: 2 });
  });

  it('keep a unique index across each other', async () => {
    const collection = deployment.db.collection('unique_in_transactions');
    await collection.createIndex({ code: 1 }, { unique: true });
    const session = deployment.client.startSession();
    try {
      session.startTransaction();
      await collection.insertOne({ code: 'x' }, { session });
      const outside = collection.insertOne({ code: 'x' }).catch((e) => e);
      await session.commitTransaction();
      expect((await outside).code).toBe(11000);
    } finally {
      await session.endSession();
    }
    expect(await collection.countDocuments({ code: 'x' })).toBe(1);
  });

  it('undo everything when a statement fails, also what came before it', async () => {
    const collection = deployment.db.collection<Counter>('undone');
    await collection.insertOne({ _id: 'taken', value: 1 });
    const session = deployment.client.startSession();
    try {
      session.startTransaction();
      await collection.insertOne({ _id: 'new', value: 1 }, { session });
      await expect(collection.insertOne({ _id: 'taken', value: 1 }, { session })).rejects.toMatchObject({
        code: 11000,
      });
      const later = await collection.insertOne({ _id: 'later', value: 1 }, { session }).catch((e) => e);
      expect(later.code).toBe(251);
      expect(later.hasErrorLabel('TransientTransactionError')).toBe(true);
      await session.abortTransaction();
    } finally {
      await session.endSession();
    }
    expect(await collection.find().toArray()).toEqual([{ _id: 'taken', value: 1 }]);
  });

  it('make outside writers of a held key wait until they end', async () => {
    const collection = deployment.db.collection<Counter>('waiting');
    await collection.insertOne({ _id: 'a', value: 1 });
    const session = deployment.client.startSession();
    try {
      session.startTransaction();
      await collection.updateOne({ _id: 'a' }, { $inc: { value: 10 } }, { session });
      const outside = collection.updateOne({ _id: 'a' }, { $inc: { value: 100 } });
      await session.commitTransaction();
      await outside;
    } finally {
      await session.endSession();
    }
    expect(await collection.findOne({ _id: 'a' })).toEqual({ _id: 'a', value: 111 });
  });

  it('read their own writes through indexes, sorted, beside what is stored', async () => {
    const collection = deployment.db.collection<{ _id: number; kind: string; rank: number }>(
      'indexed_in_transactions',
    );
    await collection.createIndex({ kind: 1, rank: 1 });
    await collection.insertMany([1, 3, 5, 7].map((rank) => ({ _id: rank, kind: 'a', rank })));
    await deployment.client.withSession(async (session) => {
      session.startTransaction();
      await collection.insertMany(
        [2, 4].map((rank) => ({ _id: rank, kind: 'a', rank })),
        { session },
      );
      await collection.deleteOne({ _id: 3 }, { session });
      await collection.updateOne({ _id: 7 }, { $set: { rank: 0 } }, { session });
      const ranks = async (direction: 1 | -1) =>
        (await collection.find({ kind: 'a' }, { session }).sort({ rank: direction }).toArray()).map(
          ({ rank }) => rank,
        );
      expect(await ranks(1)).toEqual([0, 1, 2, 4, 5]);
      expect(await ranks(-1)).toEqual([5, 4, 2, 1, 0]);
      await session.abortTransaction();
    });
  });

  it('carry bulk writes of both kinds', async () => {
    const collection = deployment.db.collection<Counter>('bulk_in_transactions');
    const namespace = `${deployment.otherDb.databaseName}.bulk_in_transactions`;
    await deployment.client.withSession((session) =>
      session.withTransaction(async () => {
        await collection.bulkWrite(
          [{ replaceOne: { filter: { _id: 'a' }, replacement: { value: 1 }, upsert: true } }],
          { session },
        );
        await deployment.client.bulkWrite(
          [
            {
              namespace,
              name: 'updateOne',
              filter: { _id: 'b' as never },
              update: { $set: { value: 2 } },
              upsert: true,
            },
          ],
          { session },
        );
      }),
    );
    expect(await collection.findOne({ _id: 'a' })).toEqual({ _id: 'a', value: 1 });
    expect(
      await deployment.otherDb.collection<Counter>('bulk_in_transactions').findOne({ _id: 'b' }),
    ).toEqual({ _id: 'b', value: 2 });
  });
});
