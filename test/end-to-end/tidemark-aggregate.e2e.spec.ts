import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readRunFile } from '#libs/platform/local-stores';
import {
  Api,
  eventually,
  run,
  type StartedApp,
  startApp,
  type TemporaryFolder,
  temporaryFolder,
} from '../harness/index.js';

jest.setTimeout(120_000);

const OPS = 'dist/apps/ops/src/main.js';

const ORDER = {
  orderId: '1001',
  customerId: 'c-1',
  country: 'GB',
  currency: 'GBP',
  lines: [{ productCode: '85123A', quantity: 6, unitPrice: '2.55' }],
};
const address = {
  name: 'Ada Lovelace',
  street: '12 St James Square',
  city: 'London',
  postalCode: 'SW1Y',
  country: 'GB',
};

let folder: TemporaryFolder;
let env: Readonly<Record<string, string>>;
let app: StartedApp;

const tidemark = async (...args: string[]) => {
  const ended = await run({ entry: OPS, args: ['aggregate', ...args], env });
  return { ...ended, lines: ended.stdout.trim().split('\n') };
};

/** Revisions 0 to 4: drafted, a line added, the address set, placed, cancelled. */
beforeAll(async () => {
  folder = temporaryFolder('aggregate');
  env = { TIDEMARK_DATA: join(folder.path, 'data') };
  app = await startApp('standalone', env);
  const api = new Api(app.url);
  const done = [
    await api.post('/orders', ORDER),
    await api.post('/orders/1001/lines', { productCode: '71053', quantity: 1, unitPrice: '3.39' }),
    await api.put('/orders/1001/address', address),
    await api.post('/orders/1001/place', {}),
    await api.post('/orders/1001/cancel', { reason: 'changed my mind' }),
  ];
  expect(done.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200]);
});
afterAll(async () => {
  await app?.child.kill();
  folder.remove();
});

it('tidemark trace tells who caused what, by any id, from the log or its index', async () => {
  const trace = async (id: string) =>
    JSON.parse((await run({ entry: OPS, args: ['trace', id, '--json'], env })).stdout);
  const [placing] = (await tidemark('explain', 'order', '1001', 'placedAt', '--json')).lines.map((line) =>
    JSON.parse(line),
  );
  const { correlationId, id } = placing.event;
  const found = await trace(id);
  expect(found).toMatchObject({
    correlationId,
    roots: [{ type: 'PlaceDraft', actor: 'anonymous', events: [{ type: 'OrderPlaced', id }] }],
  });
  const client = EventStoreDBClient.connectionString(
    readRunFile(env['TIDEMARK_DATA'] as string)!.eventStoreUrl,
  );
  await client.enableProjection('$by_correlation_id');
  await eventually('the index has caught up', async () =>
    expect((await client.getProjectionStatus('$by_correlation_id')).progress).toBe(100),
  );
  await client.dispose();
  expect(await trace(correlationId)).toEqual(found);
  const unknown = await run({ entry: OPS, args: ['trace', 'nothing'], env });
  expect(unknown).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('No event has nothing as its id'),
  });
});

describe('tidemark aggregate', () => {
  it('history shows who recorded what, and what it changed', async () => {
    const { code, lines, stdout } = await tidemark('history', 'order', '1001');
    expect(code).toBe(0);
    expect(lines.filter((line) => /^\d/.test(line)).map((line) => line.split('  ')[1])).toEqual([
      'OrderDrafted',
      'OrderLineAdded',
      'OrderAddressSet',
      'OrderPlaced',
      'OrderCancelled',
    ]);
    expect(stdout).toContain('     /status: "draft" → "placed"\n');
    expect(stdout).toContain('     /totals/units: 6 → 7\n');
    expect(stdout).not.toContain('Lovelace');
  });

  it('show gives the state at a revision, with personal data only where asked for', async () => {
    const at = async (...args: string[]) =>
      JSON.parse((await tidemark('show', 'order', '1001', '--json', ...args)).stdout);
    expect(await at()).toMatchObject({ events: 5, state: { status: 'cancelled' } });
    expect(await at('--at-revision', '0')).toMatchObject({
      events: 1,
      last: { revision: '0', type: 'OrderDrafted' },
      state: { status: 'draft', totals: { units: 6 } },
    });
    expect((await at()).state.content.address.name).toBe('[redacted]');
    expect((await at('--personal')).state.content.address.name).toBe('Ada Lovelace');
    expect(await at('--at-time', '2000-01-01')).toMatchObject({ events: 0, last: null });
  });

  it('diff tells field by field which event set it', async () => {
    const { lines } = await tidemark('diff', 'order', '1001', '0', '4');
    expect(lines).toContain('/status: "draft" → "cancelled"  set by OrderCancelled (revision 4)');
    expect(lines).toContain('/totals/units: 6 → 7  set by OrderLineAdded (revision 1)');
  });

  it('explain lists every event that touched a field', async () => {
    const { lines } = await tidemark('explain', 'order', '1001', 'status', '--json');
    const touches = lines.map((line) => JSON.parse(line));
    expect(touches.map(({ after, event }) => [event.type, after])).toEqual([
      ['OrderDrafted', 'draft'],
      ['OrderPlaced', 'placed'],
      ['OrderCancelled', 'cancelled'],
    ]);
  });

  it('bisect finds the first event after which a condition holds, in one order or in all', async () => {
    const one = await tidemark(
      'bisect',
      'order',
      '1001',
      '--where',
      'state.totals.totalThousandths > thousandths("15.30")',
    );
    expect(one.code).toBe(1);
    expect(one.stdout).toMatch(/^Since OrderLineAdded \(order-1001@1\) at .*, by anonymous:\n/);
    const all = await tidemark(
      'bisect',
      '--category',
      'order',
      '--where',
      'state.status == "cancelled"',
      '--json',
    );
    expect({ code: all.code, event: JSON.parse(all.stdout).event }).toMatchObject({
      code: 1,
      event: { stream: 'order-1001', revision: '4' },
    });
    const never = await tidemark('bisect', 'order', '1001', '--where', 'state.totals.units < 0');
    expect(never).toMatchObject({ code: 0, stdout: 'It never holds.\n' });
  });

  it('what-if decides the commands behind another history again, and writes nothing', async () => {
    const { code, stdout } = await tidemark('what-if', 'order', '1001', '--drop', '3', '--read-models');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'CancelOrder, which recorded OrderCancelled (revision 4): would record OrderDraftCancelled',
    );
    expect(stdout).toMatch(/^sales-by-day@\d 20\d\d.* would differ:$/m);
    const file = join(folder.path, 'command.json');
    writeFileSync(
      file,
      JSON.stringify({ type: 'ConfirmOrder', orderId: '1001', at: '2026-03-01T10:00:00.000Z' }),
    );
    const refused = await tidemark('what-if', 'order', '1001', '--command', file, '--json');
    expect(JSON.parse(refused.stdout)).toMatchObject({
      command: { refused: 'ORDER_CANCELLED' },
      changes: [],
    });
    const { lines } = await tidemark('history', 'order', '1001', '--json');
    expect(lines).toHaveLength(5);
  });

  it.each([
    [['show', 'basket', '1'], 'There is no aggregate "basket"; known: order, creditNote, product, customer.'],
    [['show', 'order', 'nobody'], 'There is no stream order-nobody.'],
    [['what-if', 'order', '1001', '--command', 'nowhere.json'], 'nowhere.json: ENOENT'],
    [['bisect', 'order', '1001', '--where', 'state.totls > 1'], '(column 7)'],
    [['explain', 'order', '1001', 'totls'], 'No state of this stream has /totls. The state has: status,'],
  ])('refuses %j with 2', async (args, message) => {
    const { code, stdout, stderr } = await tidemark(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
