import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { MongoClient } from 'mongodb';
import { FaultyNetwork, startTestMongo, type TestStore } from '#libs/platform/testing';
import { CheckpointMovedError, type ProjectionWrites } from '../projection-store.js';
import { ProjectionRegistry } from '../registry.js';
import { realContext } from '../testing/real-context.js';
import { mongoClient } from './connect.js';
import { MongoProjectionStore } from './mongo-projection-store.js';

jest.setTimeout(30_000);

let server: TestStore;
let network: FaultyNetwork;
let client: MongoClient;
let store: MongoProjectionStore;
let registry: ProjectionRegistry;
/** Called as each commitTransaction is about to be sent, with its number. */
let onCommit: (attempt: number) => void;

beforeAll(async () => {
  server = await startTestMongo();
});
afterAll(() => server?.close());
beforeEach(async () => {
  network = await FaultyNetwork.before(server.url);
  client = mongoClient(`mongodb://127.0.0.1:${network.port}/?directConnection=true`, 'spec', {
    monitorCommands: true,
  });
  let attempts = 0;
  onCommit = () => undefined;
  client.on('commandStarted', ({ commandName }) => {
    if (commandName === 'commitTransaction') onCommit(++attempts);
  });
  store = new MongoProjectionStore(client);
  registry = new ProjectionRegistry([realContext(randomBytes(4).toString('hex'))]);
  for (const each of registry.projections) await store.prepare(each);
});
afterEach(async () => {
  network.heal();
  await client.close(true);
  const direct = mongoClient(server.url, 'spec');
  await direct.db(registry.projections[0]!.database).dropDatabase();
  await direct.close();
  await network.close();
});

const writes = (
  from: bigint,
  to: bigint,
  documents: Record<string, object | undefined>,
): ProjectionWrites[] =>
  registry.projections.map((registered) => ({
    registered,
    from,
    to,
    events: Number(to),
    documents: new Map(Object.entries(documents)),
  }));
const load = (...keys: string[]) => store.load(registry.projections[0]!, keys);
const stands = async () => [...(await store.checkpoints(registry.projections)).values()];

describe('MongoProjectionStore', () => {
  it('keeps what was folded, and gives it back as it was', async () => {
    const document = { n: 1.5, list: [{ a: 'x' }], when: new Date(0), nothing: null, large: 2 ** 40 };
    await store.commit(writes(-1n, 7n, { a: { ...document, absent: undefined }, b: { n: 2 } }));
    await store.commit(writes(7n, 9n, { b: undefined }));
    expect(await load('a', 'b', 'c')).toEqual(new Map([['a', document]]));
    expect(await stands()).toEqual([
      { position: 9n, events: 9 },
      { position: 9n, events: 9 },
    ]);
  });

  it('holds positions that no double holds', async () => {
    const far = 2n ** 62n + 1n;
    await store.commit(writes(-1n, far, {}));
    expect((await stands())[0]!.position).toBe(far);
    await expect(store.commit(writes(far - 1n, far + 1n, {}))).rejects.toBeInstanceOf(CheckpointMovedError);
  });

  it('writes nothing for a projector that was overtaken', async () => {
    await store.commit(writes(-1n, 5n, { a: { by: 'first' } }));
    const late = writes(-1n, 4n, { a: { by: 'second' }, b: { by: 'second' } });
    await expect(store.commit(late)).rejects.toBeInstanceOf(CheckpointMovedError);
    expect(await load('a', 'b')).toEqual(new Map([['a', { by: 'first' }]]));
    expect((await stands())[0]).toEqual({ position: 5n, events: 5 });
  });

  it('names the document that the server refuses, and leaves everything as it was', async () => {
    const spoilt = writes(-1n, 5n, { a: { n: 1 } });
    const large = { ...spoilt[1]!, documents: new Map([['big', { text: 'x'.repeat(17 * 2 ** 20) }]]) };
    await expect(store.commit([spoilt[0]!, large])).rejects.toMatchObject({
      name: 'DocumentFault',
      projectionId: 'total@1',
      key: 'big',
    });
    expect(await load('a')).toEqual(new Map());
    expect((await stands())[0]!.position).toBe(-1n);
  });

  it('learns from the checkpoints that a commit came through whose answers were lost', async () => {
    onCommit = (attempt) => {
      if (attempt > 2) return;
      network.loseAnswers();
      setTimeout(() => {
        network.heal();
        network.cut();
      }, 100);
    };
    await store.commit(writes(-1n, 5n, { a: { n: 1 } }));
    expect(await load('a')).toEqual(new Map([['a', { n: 1 }]]));
    expect((await stands())[0]).toEqual({ position: 5n, events: 5 });
  });

  it('learns from the checkpoints that a commit was lost, and repeats it', async () => {
    let commits = 0;
    onCommit = (attempt) => {
      commits = attempt;
      if (attempt > 2) return;
      network.cut();
    };
    await store.commit(writes(-1n, 5n, { a: { n: 1 } }));
    expect(commits).toBeGreaterThan(1);
    expect(await load('a')).toEqual(new Map([['a', { n: 1 }]]));
    expect((await stands())[0]).toEqual({ position: 5n, events: 5 });
  });

  it('forgets why a projection stopped once it goes on', async () => {
    const [tallies] = registry.projections;
    const stopped = { message: 'a fold threw', eventId: 'e-1', revision: 3n, position: 8n, at: 'then' };
    await store.recordStop(tallies!, stopped);
    expect((await stands())[0]).toEqual({ position: -1n, events: 0, stopped });
    await store.prepare(tallies!);
    expect((await stands())[0]).toMatchObject({ stopped });
    await store.commit(writes(-1n, 9n, {}));
    expect((await stands())[0]).toEqual({ position: 9n, events: 9 });
  });
});
