import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { readRunFile } from '#libs/platform/local-stores';
import {
  Api,
  run,
  type StartedApp,
  startApp,
  type TemporaryFolder,
  temporaryFolder,
} from '../harness/index.js';

jest.setTimeout(120_000);

const OPS = 'dist/apps/ops/src/main.js';
const order = (unitPrice: string) => ({
  customerId: 'c-1',
  country: 'GB',
  currency: 'GBP',
  place: true,
  lines: [{ productCode: '85123A', quantity: 6, unitPrice }],
});

let folder: TemporaryFolder;
let env: Readonly<Record<string, string>>;
let app: StartedApp;
let mongo: MongoClient;
const placed: { orderId: string; position: string }[] = [];

const tidemark = (...args: string[]) => run({ entry: OPS, args: ['projections', ...args], env });
const details = () => mongo.db('tidemark_ordering').collection<{ _id: string }>('order-details@1');

beforeAll(async () => {
  folder = temporaryFolder('projections');
  env = { TIDEMARK_DATA: join(folder.path, 'data') };
  app = await startApp('standalone', env);
  const api = new Api(app.url);
  for (const price of ['2.55', '1', '0.001']) placed.push((await api.post('/orders', order(price))).body);
  await api.getAfter(placed[2]!, `/orders/${placed[2]!.orderId}`);
  mongo = await MongoClient.connect(readRunFile(env['TIDEMARK_DATA'] as string)!.mongoUrl);
});
afterAll(async () => {
  await mongo?.close();
  await app?.child.kill();
  folder.remove();
});

describe('tidemark projections verify', () => {
  it('proves every document of every read model', async () => {
    const { code, stdout } = await tidemark('verify', '--all');
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^order-details@1: 3 documents compared, at position \d+: equal$/m);
    expect(stdout).not.toContain('NOT EQUAL');
  });

  it('finds what was changed, lost and invented behind its back, and ends with 1', async () => {
    const [changed, lost, kept] = placed.map(({ orderId }) => orderId);
    const document = await details().findOneAndUpdate({ _id: changed! }, { $set: { status: 'gone' } });
    const removed = await details().findOneAndDelete({ _id: lost! });
    await details().insertOne({ _id: 'invented' });
    const { code, stdout } = await tidemark('verify', 'order-details', '--json');
    expect(code).toBe(1);
    const [report] = JSON.parse(stdout).projections;
    expect(report).toMatchObject({ name: 'order-details', compared: 4, equal: 1, unequal: 3 });
    expect(report.findings).toContainEqual({
      kind: 'different',
      key: changed,
      fields: [
        {
          path: '/status',
          stored: 'gone',
          expected: 'placed',
          event: expect.objectContaining({ stream: `order-${changed}`, revision: '0' }),
        },
      ],
    });
    expect(report.findings).toContainEqual(expect.objectContaining({ kind: 'missing', key: lost }));
    expect(report.findings).toContainEqual({ kind: 'surplus', key: 'invented' });
    expect((await tidemark('verify', 'order-details', '--key', kept!)).code).toBe(0);
    const told = await tidemark('verify', 'order-details', '--key', changed!);
    expect(told.code).toBe(1);
    expect(told.stdout).toMatch(/\/status: stored "gone", the log says "placed", set by OrderPlaced/);
    await details().replaceOne({ _id: changed! }, document!);
    await details().insertOne(removed!);
    await details().deleteOne({ _id: 'invented' });
    expect((await tidemark('verify', 'order-details', '--all')).code).toBe(0);
  });

  it('shows a document as it was, and what has changed since', async () => {
    const { orderId, position } = placed[0]!;
    const { position: later } = (await new Api(app.url).post(`/orders/${orderId}/confirm`, {})).body;
    await new Api(app.url).getAfter({ position: later }, `/orders/${orderId}`);
    const args = ['verify', 'order-details', '--key', orderId, '--as-of', position];
    const { code, stdout } = await tidemark(...args, '--json');
    expect(code).toBe(0);
    const shown = JSON.parse(stdout);
    expect(shown).toMatchObject({ position, documents: [{ past: { status: 'placed' } }] });
    expect(shown.documents[0].changes).toContainEqual({
      path: '/status',
      past: 'placed',
      today: 'confirmed',
    });
    expect((await tidemark(...args)).stdout).toContain('/status: "placed" then, "confirmed" today');
  });

  it('refuses an unknown name with 2, and lists the known ones', async () => {
    const { code, stdout, stderr } = await tidemark('verify', 'nothing');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('There is no projection "nothing"; known: order-details, order-list,');
  });
});
