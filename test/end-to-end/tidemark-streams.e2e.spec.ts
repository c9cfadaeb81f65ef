import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  Api,
  Child,
  freePort,
  run,
  type StartedApp,
  startApp,
  type TemporaryFolder,
  temporaryFolder,
} from '../harness/index.js';

jest.setTimeout(120_000);

const OPS = 'dist/apps/ops/src/main.js';
const ADDRESS = { name: 'Ada Lovelace', street: '12 St James’s Square', city: 'London', country: 'GB' };
const order = (orderId: string) => ({
  orderId,
  customerId: 'c-1',
  country: 'GB',
  currency: 'GBP',
  place: true,
  address: ADDRESS,
  lines: [{ productCode: '85123A', quantity: 6, unitPrice: '2.55' }],
});
// biome-ignore lint/suspicious/noExplicitAny: lines of several shapes, looked into one field at a time
const jsonLines = (text: string): any[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

let folder: TemporaryFolder;
let env: Readonly<Record<string, string>>;
let app: StartedApp;
let api: Api;
const tidemark = (...args: string[]) => run({ entry: OPS, args, env });

beforeAll(async () => {
  folder = temporaryFolder('streams');
  env = { TIDEMARK_DATA: join(folder.path, 'data') };
  app = await startApp('standalone', env);
  api = new Api(app.url);
  await api.post('/products', { code: '85123A', name: 'T-light holder', price: '2.55', currency: 'GBP' });
  await api.post('/orders', order('1001'));
  await api.post('/orders', order('1002'));
  await api.post('/orders/1001/cancel', { reason: 'too late' });
});
afterAll(async () => {
  await app?.child.kill();
  folder.remove();
});

describe('tidemark streams list', () => {
  it('shows streams by their last event, latest first', async () => {
    const { code, stdout } = await tidemark('streams', 'list', '--json');
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([
      { stream: 'order-1001', lastRevision: 1, lastEventType: 'OrderCancelled', deleted: false },
      { stream: 'order-1002', lastRevision: 0, lastEventType: 'OrderPlaced' },
      { stream: 'product-85123A', lastRevision: 0, lastEventType: 'ProductRegistered' },
    ]);
  });

  it('keeps to a category and a limit', async () => {
    const { stdout, stderr } = await tidemark('streams', 'list', '--category', 'order', '--limit', '1');
    expect(stdout).toMatch(/^STREAM {6}LAST REVISION {2}LAST EVENT {6}RECORDED AT\norder-1001 {2}1 .*\n$/);
    expect(stderr).toBe('The latest 1; more with --limit.\n');
  });
});

describe('tidemark streams read', () => {
  it('hides personal data, also in the recorded command, unless asked', async () => {
    const hidden = await tidemark('streams', 'read', 'order-1002', '--json');
    const shown = await tidemark('streams', 'read', 'order-1002', '--json', '--personal');
    expect(hidden.stdout).not.toContain('Ada');
    expect(jsonLines(hidden.stdout)).toMatchObject([
      {
        stream: 'order-1002',
        revision: 0,
        type: 'OrderPlaced',
        data: { orderId: '1002', address: { name: '[redacted]' } },
        metadata: { actor: 'anonymous' },
      },
    ]);
    expect(jsonLines(shown.stdout)).toMatchObject([{ data: { address: ADDRESS } }]);
  });

  it.each([
    [['order-1001'], ['OrderPlaced', 'OrderCancelled']],
    [['order-1001', '--from', '1'], ['OrderCancelled']],
    [['order-1001', '--backwards', '--limit', '1'], ['OrderCancelled']],
    [
      ['order-1001', '--backwards'],
      ['OrderCancelled', 'OrderPlaced'],
    ],
  ])('%j gives %j', async (args, types) => {
    const { stdout } = await tidemark('streams', 'read', ...args, '--json');
    expect(jsonLines(stdout).map(({ type }) => type)).toEqual(types);
  });

  it('reads the whole log', async () => {
    const { stdout } = await tidemark('streams', 'read', '$all', '--json');
    const streams = jsonLines(stdout).map(({ stream }) => stream);
    expect(streams.filter((name) => !name.startsWith('$'))).toEqual([
      'product-85123A',
      'order-1001',
      'order-1002',
      'order-1001',
    ]);
  });

  it('writes for people, too', async () => {
    const { stdout } = await tidemark('streams', 'read', 'order-1001', '--from', '1');
    expect(stdout).toMatch(/^order-1001@1 {2}OrderCancelled {2}\d{4}-\d\d-\d\dT[\d:.]+Z\n {2}\{\n/);
  });
});

describe('tidemark streams tail', () => {
  it('shows what is recorded from now on, until Ctrl-C', async () => {
    const tail = new Child({
      entry: OPS,
      args: ['streams', 'tail', '-c', 'order', '--from-start', '--json'],
      env,
    });
    await tail.until('the past is shown', () => expect(jsonLines(tail.stdout)).toHaveLength(3));
    await api.post('/orders', order('1003'));
    await tail.until('the new order is shown', () =>
      expect(jsonLines(tail.stdout).at(-1)).toMatchObject({ stream: 'order-1003', type: 'OrderPlaced' }),
    );
    expect(await tail.stop('SIGINT')).toEqual({ code: 130, signal: null });
  });

  it('ends after so many as asked', async () => {
    const { code, stdout } = await tidemark(
      'streams',
      'tail',
      'order-1001',
      '--from-start',
      '-n',
      '2',
      '--json',
    );
    expect({ code, lines: jsonLines(stdout).length }).toEqual({ code: 0, lines: 2 });
  });
});

describe('the exit codes of tidemark', () => {
  it.each([
    [['--help'], 0],
    [['streams', '--help'], 0],
    [['streams', 'list', '--help'], 0],
    [['--version'], 0],
    [[], 2],
    [['strems'], 2],
    [['streams', 'read'], 2],
    [['streams', 'read', 'order-1001', '--limit', 'few'], 2],
    [['streams', 'tail', 'order-1001', '--category', 'order'], 2],
    [['streams', 'read', 'order-4711'], 2],
  ])('%j ends with %i', async (args, code) => {
    const ended = await tidemark(...args);
    expect(ended).toMatchObject({ code, signal: null });
    if (code !== 0)
      expect({ ...ended, stderr: ended.stderr.includes('    at ') }).toMatchObject({
        stdout: '',
        stderr: false,
      });
  });

  it.each([['list'], ['read'], ['tail']])('streams %s shows examples in its help', async (name) => {
    const { stdout } = await tidemark('streams', name, '--help');
    expect(stdout).toContain(`Examples:\n  tidemark streams ${name} `);
  });

  it('is 3 for a store out of reach', async () => {
    const url = `esdb://127.0.0.1:${await freePort()}?tls=false`;
    const ended = await run({ entry: OPS, args: ['streams', 'list'], env: { ...env, EVENTSTORE_URL: url } });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('is 2 for a bad setting', async () =>
    expect(await run({ entry: OPS, args: ['streams', 'list'], env: { LOG_LEVEL: 'loud' } })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^LOG_LEVEL must be .*\n$/),
    }));
});

describe('where tidemark finds the log', () => {
  it('starts the stores of the data folder itself where nothing runs, and gives them back', async () => {
    const own = { TIDEMARK_DATA: join(folder.path, 'own') };
    for (const _time of [1, 2]) {
      const ended = await run({ entry: OPS, args: ['streams', 'list', '--json'], env: own });
      expect(ended).toMatchObject({ code: 0, stdout: '' });
      expect(ended.stderr).toContain(`Started the stores of ${own.TIDEMARK_DATA} for as long as this runs.`);
    }
  });
});
