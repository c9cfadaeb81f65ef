import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  Api,
  run,
  type StartedApp,
  StoreProcess,
  startApp,
  type TemporaryFolder,
  temporaryFolder,
  untilReady,
} from '../harness/index.js';

jest.setTimeout(120_000);

const STANDALONE = 'dist/apps/standalone/src/main.js';
const ORDER = {
  customerId: 'c-1',
  country: 'GB',
  currency: 'GBP',
  place: true,
  lines: [{ productCode: '85123A', quantity: 6, unitPrice: '2.55' }],
};

let folder: TemporaryFolder;
let dataFolder: string;
const started: StartedApp[] = [];

async function standalone(env: Readonly<Record<string, string>> = {}): Promise<StartedApp> {
  const app = await startApp('standalone', { TIDEMARK_DATA: dataFolder, ...env });
  started.push(app);
  return app;
}

beforeEach(() => {
  folder = temporaryFolder('standalone');
  dataFolder = join(folder.path, 'data');
});
afterEach(async () => {
  await Promise.all(started.splice(0).map(({ child }) => child.kill()));
  folder.remove();
});

describe('the standalone app', () => {
  it('keeps an order over SIGTERM and kill -9, and says where it runs while it does', async () => {
    const first = await standalone();
    await untilReady(first);
    const placed = await new Api(first.url).post('/orders', ORDER);
    expect(placed.status).toBe(201);
    expect(placed.headers.get('etag')).toBe('"0"');
    expect(placed.headers.get('location')).toBe(`/orders/${placed.body.orderId}`);
    expect(JSON.parse(readFileSync(join(dataFolder, 'run.json'), 'utf8'))).toMatchObject({ url: first.url });
    expect(first.child.stderr).toContain(`curl -i ${first.url}/orders`);

    const stoppedAt = performance.now();
    expect(await first.child.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(performance.now() - stoppedAt).toBeLessThan(5_000);
    expect(existsSync(join(dataFolder, 'run.json'))).toBe(false);

    const second = await standalone();
    const read = await new Api(second.url).getAfter(placed.body, `/orders/${placed.body.orderId}`);
    expect(read).toMatchObject({ status: 200, body: { status: 'placed' } });
    const later = await new Api(second.url).post('/orders', ORDER);
    await second.child.kill();

    const third = await standalone();
    for (const { body } of [placed, later])
      expect(await new Api(third.url).getAfter(body, `/orders/${body.orderId}`)).toMatchObject({
        status: 200,
      });
    expect(await third.child.stop('SIGINT')).toEqual({ code: 0, signal: null });
  });

  it.each([
    ['EVENTSTORE_URL', 'eventstoredb', 'mongodb'],
    ['MONGODB_URL', 'mongodb', 'eventstoredb'],
  ] as const)('uses the store of %s in place of its own %s', async (setting, replaced, own) => {
    const store = await StoreProcess.start(replaced, join(folder.path, 'elsewhere'));
    try {
      const app = await standalone({ [setting]: store.url });
      const api = new Api(app.url);
      const placed = await api.post('/orders', ORDER);
      const read = await api.getAfter(placed.body, `/orders/${placed.body.orderId}`);
      expect(read).toMatchObject({ status: 200, body: { status: 'placed' } });
      expect(existsSync(join(dataFolder, replaced))).toBe(false);
      expect(existsSync(join(dataFolder, own))).toBe(true);
      await app.child.stop();
    } finally {
      await store.kill();
    }
  });

  it('refuses a data folder that another one has, and leaves that one alone', async () => {
    const first = await standalone();
    const second = await run({ entry: STANDALONE, env: { PORT: '0', TIDEMARK_DATA: dataFolder } });
    expect(second).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: `The data folder ${dataFolder} is in use by process ${first.child.pid}.\n`,
    });
    await untilReady(first);
  });

  it('refuses a port that is taken, and gives the data folder back', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const refused = await run({
      entry: STANDALONE,
      env: { PORT: String(port), TIDEMARK_DATA: dataFolder, LOG_LEVEL: 'warn' },
    });
    await new Promise((resolve) => taken.close(resolve));
    expect(refused).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `127.0.0.1:${port} is already in use: stop the other process, or choose another port with PORT.\n`,
    });
    expect(existsSync(join(dataFolder, 'run.json'))).toBe(false);
    await untilReady(await standalone());
  });

  it('refuses a data folder of a later version', async () => {
    mkdirSync(dataFolder);
    writeFileSync(
      join(dataFolder, 'format.json'),
      JSON.stringify({ kind: 'tidemark', formatVersion: 1_000 }),
    );
    expect(await run({ entry: STANDALONE, env: { PORT: '0', TIDEMARK_DATA: dataFolder } })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^The data folder \S+ is newer than this program: .*\n$/),
    });
  });

  it.each([
    [
      'an unwritable data folder',
      { TIDEMARK_DATA: '/proc/tidemark' },
      /^The data folder .* cannot be written\.\n$/,
    ],
    ['a data folder that is a file', { TIDEMARK_DATA: process.execPath }, /^\S+ is not a folder\.\n$/],
    ['a bad setting', { PORT: 'many' }, /^PORT must be a whole number from 0 to 65535; it is "many"\.\n$/],
    [
      'an unknown setting',
      { TIDEMARK_DAT: './x' },
      /^There is no setting TIDEMARK_DAT; did you mean TIDEMARK_DATA\?\n$/,
    ],
    [
      'an address that is none',
      { HOST: '192.0.2.1' },
      /^192\.0\.2\.1 is not an address of this machine: set HOST .*\n$/,
    ],
  ])('refuses %s in one sentence', async (_what, env, sentence) => {
    const refused = await run({
      entry: STANDALONE,
      env: { PORT: '0', TIDEMARK_DATA: dataFolder, LOG_LEVEL: 'warn', ...env },
    });
    expect(refused).toEqual({ code: 2, signal: null, stdout: '', stderr: expect.stringMatching(sentence) });
  });
});
