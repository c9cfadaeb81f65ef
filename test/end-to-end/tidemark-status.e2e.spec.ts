import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  Api,
  freePort,
  run,
  type StartedApp,
  startApp,
  type TemporaryFolder,
  temporaryFolder,
} from '../harness/index.js';

jest.setTimeout(120_000);

const OPS = 'dist/apps/ops/src/main.js';
const ORDER = {
  customerId: 'c-1',
  country: 'GB',
  currency: 'GBP',
  place: true,
  lines: [{ productCode: '85123A', quantity: 6, unitPrice: '2.55' }],
};

let folder: TemporaryFolder;
let env: Readonly<Record<string, string>>;
let app: StartedApp;
let placed: { orderId: string; position: string };

beforeAll(async () => {
  folder = temporaryFolder('status');
  env = { TIDEMARK_DATA: join(folder.path, 'data') };
  app = await startApp('standalone', env);
  const api = new Api(app.url);
  placed = (await api.post('/orders', ORDER)).body;
  await api.getAfter(placed, `/orders/${placed.orderId}`);
});
afterAll(async () => {
  await app?.child.kill();
  folder.remove();
});

describe('tidemark status', () => {
  it('shows the stores of the running standalone, and how far each read model is', async () => {
    const { code, stdout } = await run({ entry: OPS, args: ['status', '--json'], env });
    expect(code).toBe(0);
    const { stores, readModels } = JSON.parse(stdout);
    expect(stores).toMatchObject([
      { name: 'eventstoredb', up: true },
      { name: 'mongodb', up: true },
    ]);
    expect(readModels).toContainEqual({
      name: 'order-details@1',
      state: 'current',
      position: placed.position,
      lagSeconds: 0,
    });
  });

  it('fits on one screen', async () => {
    const { stdout } = await run({ entry: OPS, args: ['status'], env });
    expect(stdout).toMatch(/^STORE +STATE +ADDRESS\neventstoredb +up +esdb:/);
    expect(stdout).toMatch(/\n\nREAD MODEL +STATE +POSITION +LAG\n/);
    expect(stdout.split('\n').length).toBeLessThan(25);
  });

  it('waits for the read models to catch up where it has to start the stores itself', async () => {
    const own = { TIDEMARK_DATA: join(folder.path, 'own') };
    const before = await startApp('standalone', own);
    await new Api(before.url).post('/orders', ORDER);
    await before.child.kill();
    const { code, stdout, stderr } = await run({ entry: OPS, args: ['status', '--json'], env: own });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^Started the stores of .*\n$/),
    });
    const { readModels } = JSON.parse(stdout) as { readModels: { state: string; position: string }[] };
    expect(new Set(readModels.map(({ state }) => state))).toEqual(new Set(['current']));
  });

  it('shows a store that is out of reach, without its password, and ends with 3', async () => {
    const url = `mongodb://operator:secret@127.0.0.1:${await freePort()}/`;
    const ended = await run({ entry: OPS, args: ['status', '--json'], env: { ...env, MONGODB_URL: url } });
    expect(ended.code).toBe(3);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      stores: [{ up: true }, { name: 'mongodb', up: false, reason: expect.any(String) }],
      readModels: [],
    });
    expect(`${ended.stdout}${ended.stderr}`).not.toContain('secret');
  });
});
