import { describe, expect, it } from '@jest/globals';
import type { ClientSession, Collection } from 'mongodb';
import { dice } from '#libs/testing';
import { useDeployment } from './deployment.js';

const deployment = useDeployment();

interface Item {
  _id: number;
  group: string;
  rank: number | null;
  tags: string[];
}

const clone = (model: ReadonlyMap<number, Item>) =>
  new Map([...model].map(([id, item]) => [id, structuredClone(item)]));

/** One random write, on the store and on the model. */
async function step(
  next: (below: number) => number,
  items: Collection<Item>,
  model: Map<number, Item>,
  session: ClientSession | undefined,
): Promise<void> {
  const options = session ? { session } : {};
  const _id = next(40);
  const item = (): Item => ({
    _id,
    group: `g${next(4)}`,
    rank: next(5) === 0 ? null : next(10),
    tags: Array.from({ length: next(3) }, () => `t${next(4)}`),
  });
  switch (next(6)) {
    case 0: {
      const made = item();
      await items.replaceOne({ _id }, made, { upsert: true, ...options });
      model.set(_id, made);
      return;
    }
    case 1:
      await items.deleteOne({ _id }, options);
      model.delete(_id);
      return;
    case 2:
      await items.updateOne({ _id }, { $set: { rank: 7 }, $push: { tags: 't9' } }, options);
      if (model.has(_id)) {
        model.get(_id)!.rank = 7;
        model.get(_id)!.tags.push('t9');
      }
      return;
    case 3: {
      const group = `g${next(4)}`;
      await items.updateMany(
        { group, rank: { $gte: 5 } },
        { $set: { group: 'g0' }, $inc: { rank: -5 } },
        options,
      );
      for (const one of model.values()) {
        if (one.group !== group || one.rank === null || one.rank < 5) continue;
        one.group = 'g0';
        one.rank -= 5;
      }
      return;
    }
    case 4:
      await items.deleteMany({ tags: 't3', rank: { $lt: 3 } }, options);
      for (const one of [...model.values()]) {
        if (one.tags.includes('t3') && one.rank !== null && one.rank < 3) model.delete(one._id);
      }
      return;
    default:
      await items.updateMany({ tags: 't9' }, { $pull: { tags: 't9' } }, options);
      for (const one of model.values()) one.tags = one.tags.filter((tag) => tag !== 't9');
  }
}

const inOrder = (rows: Iterable<Item>) => [...rows].sort((a, b) => a._id - b._id);

/** What the store answers, by scan and through each index, is what the model holds. */
async function check(
  items: Collection<Item>,
  model: ReadonlyMap<number, Item>,
  session?: ClientSession,
): Promise<void> {
  const options = session ? { session } : {};
  const all = inOrder(model.values());
  expect(await items.find({}, options).sort({ _id: 1 }).toArray()).toEqual(all);
  for (const group of ['g0', 'g1', 'g2', 'g3']) {
    const ranked = await items
      .find({ group, rank: { $gte: 3 } }, { ...options, hint: 'group_1_rank_-1' })
      .toArray();
    expect(inOrder(ranked)).toEqual(
      all.filter((item) => item.group === group && item.rank !== null && item.rank >= 3),
    );
    const ranks = (await items.find({ group }, options).sort({ rank: -1 }).toArray()).map(
      ({ rank }) => rank ?? -1,
    );
    expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
  }
  for (const tag of ['t0', 't9']) {
    const tagged = await items.find({ tags: tag }, { ...options, hint: 'tags_1' }).toArray();
    expect(inOrder(tagged)).toEqual(all.filter((item) => item.tags.includes(tag)));
  }
  expect(await items.countDocuments({}, options)).toBe(all.length);
}

describe('random writes against a model', () => {
  it.each([1, 2, 3])(
    'agree by scan and through indexes, in transactions and outside (seed %i)',
    async (seed) => {
      const { upTo: next } = dice(seed);
      const items = deployment.db.collection<Item>(`items_${seed}`);
      await items.createIndexes([{ key: { group: 1, rank: -1 } }, { key: { tags: 1 } }]);
      let model = new Map<number, Item>();
      for (let round = 0; round < 12; round++) {
        for (let i = 0; i < 10; i++) await step(next, items, model, undefined);
        await check(items, model);
        const inside = clone(model);
        await deployment.client.withSession(async (session) => {
          session.startTransaction();
          for (let i = 0; i < 8; i++) await step(next, items, inside, session);
          await check(items, inside, session);
          await check(items, model);
          if (next(2) === 0) {
            await session.commitTransaction();
            model = inside;
          } else await session.abortTransaction();
        });
        await check(items, model);
        expect(await items.estimatedDocumentCount()).toBe(model.size);
      }
    },
    60_000,
  );
});

describe('histories of concurrent transactions', () => {
  it('append to lists without loss, and see two lists always alike', async () => {
    const lists = deployment.db.collection<{ _id: string; entries: string[] }>('lists');
    const pairs = ['a', 'b', 'c'];
    await lists.insertMany(
      pairs.flatMap((pair) => [
        { _id: `${pair}1`, entries: [] },
        { _id: `${pair}2`, entries: [] },
      ]),
    );
    const appended: string[][] = await Promise.all(
      Array.from({ length: 6 }, async (_, writer) => {
        const { upTo: next } = dice(writer + 100);
        const mine: string[] = [];
        for (let i = 0; i < 12; i++) {
          const pair = pairs[next(3)]!;
          const entry = `${pair}:${writer}-${i}`;
          await deployment.client.withSession((session) =>
            session.withTransaction(async () => {
              const both = await lists
                .find({ _id: { $in: [`${pair}1`, `${pair}2`] } }, { session })
                .toArray();
              expect(both[0]!.entries).toEqual(both[1]!.entries);
              for (const list of both) {
                await lists.updateOne(
                  { _id: list._id },
                  { $set: { entries: [...list.entries, entry] } },
                  { session },
                );
              }
            }),
          );
          mine.push(entry);
        }
        return mine;
      }),
    );
    const stored = await lists.find({ _id: /1$/ }).toArray();
    expect(stored.flatMap(({ entries }) => entries).sort()).toEqual(appended.flat().sort());
  }, 60_000);
});
