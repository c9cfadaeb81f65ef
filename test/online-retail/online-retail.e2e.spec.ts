import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatAmount, parseAmount } from '#libs/platform/kernel';
import {
  Api,
  Child,
  run,
  type StartedApp,
  startApp,
  type TemporaryFolder,
  temporaryFolder,
  untilReady,
} from '../harness/index.js';
import { digestOf, type ShownSales } from './digest.js';
import { CREDITS, CUSTOMERS, DIGESTS, NET_THOUSANDTHS, OUTSIDE, ROWS, SALES } from './figures.js';
import { allItems, ofEach } from './pages.js';

const sampleData = process.env['TIDEMARK_SAMPLE_DATA'];
const TITLE = 'the whole Online Retail data';
const WHY_SKIPPED =
  'set TIDEMARK_SAMPLE_DATA to the folder with online-retail.csv.gz; docs/how-to/import-online-retail.md says where it comes from';
// Bounds for a busy machine; alone, the import takes well under a minute, and each reading some seconds.
const IMPORT_MS = 600_000;
const HTTP_MS = 240_000;
const ENTRY = 'dist/apps/ops/src/main.js';

interface Credited {
  readonly credits: { readonly creditNotes: number; readonly lines: number; readonly units: number };
}

const amount = (thousandths: number): string => formatAmount(thousandths, 3);
const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

if (sampleData) describe(TITLE, wholeImport);
else describe.skip(`${TITLE} (skipped: ${WHY_SKIPPED})`, wholeImport);

function wholeImport(): void {
  let folder: TemporaryFolder;
  let app: StartedApp;
  let api: Api;
  let outcome: Awaited<ReturnType<typeof run>>;

  // Killed on the way first: what is read afterwards is the outcome of two runs.
  beforeAll(async () => {
    folder = temporaryFolder('online-retail');
    app = await startApp('standalone', { TIDEMARK_DATA: join(folder.path, 'data') });
    await untilReady(app);
    api = new Api(app.url);
    const killed = new Child(importing());
    await killed.until('a part is imported', () => expect(killed.stderr).toMatch(/^[1-9]\d* %/m), 60_000);
    await killed.kill();
    outcome = await run(importing());
  }, IMPORT_MS);
  afterAll(async () => {
    await app?.child.stop();
    folder?.remove();
  });

  const importing = (...more: string[]) => ({
    entry: ENTRY,
    args: [
      'import',
      'online-retail',
      join(sampleData ?? '', 'online-retail.csv.gz'),
      '--rejects',
      join(folder.path, 'rejects.csv'),
      '--json',
      ...more,
    ],
    env: { TIDEMARK_DATA: join(folder.path, 'data') },
  });
  const summaryOf = ({ stdout }: { stdout: string }) => {
    const { seconds, rejects, position, dryRun, ...counts } = JSON.parse(stdout);
    return counts;
  };

  it('is told in figures', () => {
    expect(outcome).toMatchObject({ code: 0 });
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      complete: true,
      rows: ROWS,
      orders: SALES.orders,
      lines: SALES.lines,
      units: SALES.units,
      amount: '8911407.904',
      customers: CUSTOMERS,
      credits: {
        creditNotes: CREDITS.creditNotes,
        lines: CREDITS.lines,
        units: CREDITS.units,
        amount: '611342.09',
      },
      outside: OUTSIDE,
      malformedRows: 0,
      heldBackRows: 0,
    });
    const rejected = readFileSync(join(folder.path, 'rejects.csv'), 'utf8').trimEnd().split('\n');
    expect(rejected).toHaveLength(1 + sum(Object.values(OUTSIDE), (rows) => rows));
  });

  it(
    'is in every read model once they have followed',
    async () => {
      const { position } = JSON.parse(outcome.stdout) as { position: string };
      const headers = { 'tidemark-consistency': position, prefer: 'wait=60' };
      for (const path of ['/orders', '/credit-notes', '/customers', '/products', '/reports/sales-by-day'])
        expect(await api.get(`${path}?limit=1`, headers)).toMatchObject({ status: 200 });
    },
    HTTP_MS,
  );

  it(
    'comes to its figures by customer',
    async () => {
      const customers = await allItems(api, '/customers?limit=200');
      expect(customers).toHaveLength(CUSTOMERS);
      const answers = await ofEach(api, customers, ({ customerId }) => `/customers/${customerId}/totals`);
      const totals = answers.map(({ customerId, currencies }) => {
        expect(currencies).toMatchObject([{ currency: 'GBP', cancelled: { orders: 0 } }]);
        return { customerId, ...currencies[0] };
      });
      expect(digestOf(totals.map(({ customerId, sales }) => [customerId, sales]))).toEqual(DIGESTS.customer);
      expect(totals.filter(({ credits }) => credits.creditNotes > 0)).toHaveLength(CREDITS.customers);
    },
    HTTP_MS,
  );

  it(
    'comes to its figures by product',
    async () => {
      const products = await allItems(api, '/products?limit=200');
      const answers = await ofEach(
        api,
        products,
        ({ code }) => `/products/${encodeURIComponent(code)}/sales`,
      );
      const sales = answers.map(({ productCode, currencies }) => ({ productCode, ...currencies[0] }));
      expect(digestOf(sales.map(({ productCode, sales }) => [productCode, sales]))).toEqual(DIGESTS.product);
      expect(sales.filter(({ credits }) => credits.creditNotes > 0)).toHaveLength(CREDITS.products);
    },
    HTTP_MS,
  );

  it.each(['day', 'month', 'country'] as const)('comes to its figures by %s', async (by) => {
    const rows = await allItems(api, `/reports/sales-by-${by}?limit=100`);
    const sales: [string, ShownSales][] = rows.map((row) => [row[by], row.sales]);
    expect(digestOf(sales)).toEqual(DIGESTS[by]);
    expect(sum(sales, ([, { orders }]) => orders)).toBe(SALES.orders);
    expect(sum(sales, ([, { lines }]) => lines)).toBe(SALES.lines);
    expect(sum(sales, ([, { units }]) => units)).toBe(SALES.units);
    const sold = sum(rows, (row) => parseAmount(row.sales.total, 3));
    expect(amount(sold)).toBe(amount(SALES.thousandths));
    expect(sum(rows as Credited[], ({ credits }) => credits.creditNotes)).toBe(CREDITS.creditNotes);
    expect(sum(rows as Credited[], ({ credits }) => credits.lines)).toBe(CREDITS.lines);
    expect(sum(rows as Credited[], ({ credits }) => credits.units)).toBe(CREDITS.units);
    const credited = sum(rows, (row) => parseAmount(row.credits.total, 3));
    expect(amount(credited)).toBe(amount(CREDITS.thousandths));
    expect(amount(sold - credited)).toBe(amount(NET_THOUSANDTHS));
  });

  it(
    'is there order by order',
    async () => {
      const orders = await allItems(api, '/orders?status=placed&limit=200');
      expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(SALES.orders);
      expect(sum(orders, ({ lines }) => lines)).toBe(SALES.lines);
      expect(sum(orders, ({ units }) => units)).toBe(SALES.units);
      expect(amount(sum(orders, ({ total }) => parseAmount(total, 3)))).toBe(amount(SALES.thousandths));
      const { body: largest, headers } = await api.get('/orders/576339');
      expect(headers.get('etag')).toBe('"0"');
      expect(largest).toMatchObject({ origin: 'history', status: 'placed', totals: { lines: 542 } });
      const { body: between } = await api.get('/orders/542806');
      expect(between).toMatchObject({ placedAt: expect.stringMatching(/^2011-02-01T.*Z$/) });
    },
    HTTP_MS,
  );

  it(
    'is there credit note by credit note',
    async () => {
      const notes = await allItems(api, '/credit-notes?limit=200');
      expect(notes).toHaveLength(CREDITS.creditNotes);
      expect(amount(sum(notes, ({ totals }) => parseAmount(totals.total, 3)))).toBe(
        amount(CREDITS.thousandths),
      );
    },
    HTTP_MS,
  );

  it(
    'adds nothing when imported again, and a dry run counts the same',
    async () => {
      const before = await lastPosition();
      const again = await run(importing());
      expect(again.code).toBe(0);
      expect(summaryOf(again)).toEqual(summaryOf(outcome));
      expect(await lastPosition()).toBe(before);
      expect(summaryOf(await run(importing('--dry-run')))).toEqual(summaryOf(outcome));
    },
    IMPORT_MS,
  );

  async function lastPosition(): Promise<bigint> {
    const { eventStoreUrl } = JSON.parse(readFileSync(join(folder.path, 'data', 'run.json'), 'utf8'));
    const client = EventStoreDBClient.connectionString(eventStoreUrl);
    try {
      const last = client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 100 });
      for await (const { event } of last)
        if (event && !event.type.startsWith('$')) return event.position?.commit ?? -1n;
      throw new Error('The log holds no event of ours near its end.');
    } finally {
      await client.dispose();
    }
  }
}
