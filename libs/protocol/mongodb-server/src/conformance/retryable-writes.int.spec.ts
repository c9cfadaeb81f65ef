import { describe, expect, it } from '@jest/globals';
import { isEmbedded, useDeployment } from './deployment.js';

const deployment = useDeployment();
const embeddedOnly = isEmbedded ? describe : describe.skip;

// Embedded only: a real server applies the write and cuts the socket by another fail point.
embeddedOnly('a retryable write whose connection is cut after it was applied', () => {
  async function cutAfter(command: string): Promise<void> {
    await deployment.client.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: [command], afterRunning: true },
    });
  }

  it('is applied once by update', async () => {
    const collection = deployment.db.collection<{ _id: string; n: number }>('retried');
    await collection.insertOne({ _id: 'a', n: 0 });
    await cutAfter('update');
    const result = await collection.updateOne({ _id: 'a' }, { $inc: { n: 1 } });
    expect(result).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(await collection.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 1 });
  });

  it('is applied once by insert, findAndModify and bulkWrite', async () => {
    const collection = deployment.db.collection<{ _id: string; n: number }>('retried_others');
    await cutAfter('insert');
    await collection.insertMany([
      { _id: 'a', n: 0 },
      { _id: 'b', n: 0 },
    ]);
    await cutAfter('findAndModify');
    expect(
      await collection.findOneAndUpdate({ _id: 'a' }, { $inc: { n: 1 } }, { returnDocument: 'after' }),
    ).toEqual({ _id: 'a', n: 1 });
    await cutAfter('bulkWrite');
    const namespace = `${deployment.db.databaseName}.retried_others`;
    await deployment.client.bulkWrite([
      { namespace, name: 'updateOne', filter: { _id: 'b' as never }, update: { $inc: { n: 1 } } },
    ]);
    expect(await collection.find().toArray()).toEqual([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
    ]);
  });

  it('is committed once when commitTransaction loses its reply', async () => {
    const collection = deployment.db.collection<{ _id: string; n: number }>('retried_commit');
    await collection.insertOne({ _id: 'a', n: 0 });
    await deployment.client.withSession(async (session) => {
      session.startTransaction();
      await collection.updateOne({ _id: 'a' }, { $inc: { n: 1 } }, { session });
      await cutAfter('commitTransaction');
      await session.commitTransaction();
    });
    expect(await collection.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 1 });
  });
});

describe('a numbered write sent again', () => {
  it('gets the first answer, and 225 once a later number was used', async () => {
    const collection = deployment.db.collection<{ _id: string; n: number }>('numbered');
    await collection.insertOne({ _id: 'a', n: 0 });
    const session = deployment.client.startSession();
    try {
      const send = (number: number) =>
        deployment.db.command(
          {
            update: 'numbered',
            updates: [{ q: { _id: 'a' }, u: { $inc: { n: 1 } } }],
            lsid: session.id,
            txnNumber: BigInt(number),
          } as never,
          { session: undefined as never },
        );
      expect(await send(5)).toMatchObject({ n: 1, nModified: 1 });
      expect(await send(5)).toMatchObject({ n: 1, nModified: 1 });
      expect(await collection.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 1 });
      await send(6);
      await expect(send(5)).rejects.toMatchObject({ code: 225 });
    } finally {
      await session.endSession();
    }
  });
});
