import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandAnswer, CommandContext } from '#libs/platform/event-store';
import { DomainError } from '#libs/platform/kernel';
import { StoreStayedAwayError, UnreadableFileError } from './import-errors.js';
import { type ImportOptions, importOnlineRetail } from './import-online-retail.js';
import type { ImportTarget } from './import-target.js';
import { HEADER, SampleFolder } from './sample-file.js';

const SALE = '536365,85123A,WHITE HEART ,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom';
const SALE_2 = '536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:27:00,3.39,17850.0,United Kingdom';
const OTHER = '536366,85123A,CREAM HEART,1,2010-12-01 08:27:00,0.001,12347.0,Iceland';
const CANCEL = 'C536379,85123A,Discount,-2,2010-12-01 09:41:00,27.5,17850.0,United Kingdom';
const OUTSIDE = [
  '536414,22139,,56,2010-12-01 11:52:00,0.0,,United Kingdom',
  '536544,21773,DECORATIVE ROSE,1,2010-12-01 14:32:00,2.51,,United Kingdom',
  '536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom',
  'C540000,21777,X,-1,2010-12-01 16:51:00,1.0,,United Kingdom',
  'A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,11062.06,,United Kingdom',
];

interface Sent {
  readonly content: object;
  readonly context: CommandContext;
}

/** Keeps what it is sent, each command once, as the command path does. */
class Recorder implements ImportTarget {
  readonly sent = new Map<string, Sent>();
  attempts = 0;
  refuse: (id: string, attempt: number) => Error | undefined = () => undefined;

  readonly registerCustomer = (content: object, context: CommandContext) => this.#take(content, context);
  readonly registerProduct = this.registerCustomer;
  readonly placeOrder = (orderId: string, order: object, context: CommandContext) =>
    this.#take({ orderId, ...order }, context);
  readonly issueCreditNote = (creditNoteId: string, note: object, context: CommandContext) =>
    this.#take({ creditNoteId, ...note }, context);

  contentOf(id: string): object | undefined {
    return this.sent.get(`import-online-retail:${id}`)?.content;
  }

  async #take(content: object, context: CommandContext): Promise<CommandAnswer> {
    const refusal = this.refuse(context.commandId, ++this.attempts);
    if (refusal) throw refusal;
    const before = this.sent.get(context.commandId);
    if (before) expect({ content, context }).toEqual(before);
    this.sent.set(context.commandId, { content, context });
    return { revision: 0n, position: BigInt(this.sent.size), recorded: 1 };
  }
}

let folder: SampleFolder;
let target: Recorder;
let notes: string[];
beforeEach(() => {
  folder = new SampleFolder();
  target = new Recorder();
  notes = [];
});
afterEach(() => folder.remove());

const run = (path: string, options: ImportOptions = {}, interrupted = new AbortController().signal) =>
  importOnlineRetail(path, options, {
    openTarget: async () => target,
    interrupted,
    onProgress: () => undefined,
    note: (line) => notes.push(line),
  });
const away = () =>
  new DomainError('EVENT_STORE_UNAVAILABLE', { kind: 'unavailable', message: 'It is away.' });

describe('importing Online Retail', () => {
  it('places one order per sale invoice of a known customer', async () => {
    const { summary } = await run(folder.rows(SALE, OTHER, SALE_2, CANCEL));
    expect(summary).toMatchObject({ rows: 4, orders: 2, lines: 3, units: 13, amountThousandths: 35_641 });
    expect(target.sent.get('import-online-retail:536365')).toEqual({
      content: {
        orderId: '536365',
        customerId: '17850',
        country: 'United Kingdom',
        currency: 'GBP',
        lines: [
          {
            lineId: '1',
            productCode: '85123A',
            description: 'WHITE HEART',
            quantity: 6,
            unitPriceThousandths: 2550,
          },
          {
            lineId: '2',
            productCode: '71053',
            description: 'WHITE METAL LANTERN',
            quantity: 6,
            unitPriceThousandths: 3390,
          },
        ],
      },
      context: {
        commandId: 'import-online-retail:536365',
        commandType: 'PlaceOrder',
        commandHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        actor: 'import-online-retail',
        correlationId: 'import-online-retail',
        causationId: 'import-online-retail:536365',
        at: '2010-12-01T08:26:00.000Z',
      },
    });
  });

  it('issues cancellations as credit notes with positive quantities', async () => {
    const { summary } = await run(folder.rows(CANCEL));
    expect(summary).toMatchObject({ creditNotes: 1, creditedUnits: 2, creditedThousandths: 55_000 });
    expect(target.contentOf('C536379')).toMatchObject({ creditNoteId: 'C536379', lines: [{ quantity: 2 }] });
    expect(target.contentOf('C536379')).not.toHaveProperty('orderId');
  });

  it('registers customers and products as they first appear', async () => {
    const { summary } = await run(folder.rows(SALE, OTHER, SALE_2));
    expect(summary).toMatchObject({ customers: 2, products: 2 });
    expect(target.contentOf('customer:12347')).toMatchObject({ address: { country: 'Iceland' } });
    expect(target.contentOf('product:85123A')).toEqual({
      code: '85123A',
      name: 'WHITE HEART',
      priceThousandths: 2550,
      currency: 'GBP',
    });
    expect(target.sent.get('import-online-retail:product:71053')?.context.at).toBe(
      '2010-12-01T08:27:00.000Z',
    );
  });

  it('names a product by its first description that is not empty, else by its code', async () => {
    await run(
      folder.rows(
        SALE.replace('WHITE HEART ', ''),
        OTHER,
        SALE.replace('536365,85123A,WHITE HEART ', '536367,DOT,'),
      ),
    );
    expect(target.contentOf('product:85123A')).toMatchObject({ name: 'CREAM HEART', priceThousandths: 2550 });
    expect(target.contentOf('product:DOT')).toMatchObject({ name: 'DOT' });
  });

  it('takes dirt as it is: duplicates, one product at two prices, letter case, quotes, pounds', async () => {
    const quoted = SALE.replace('WHITE HEART ', '"""HEART"", £5"').replace('85123A', '85123a');
    const { summary } = await run(folder.rows(SALE, SALE, SALE.replace('2.55', '2.1'), quoted));
    expect(summary).toMatchObject({ orders: 1, lines: 4, products: 2 });
    expect(target.contentOf('product:85123a')).toMatchObject({ name: '"HEART", £5' });
  });

  it('counts the rows outside per class and writes them down', async () => {
    const path = folder.rows(SALE, ...OUTSIDE);
    const rejectsPath = `${path}.rejects.csv`;
    const { summary } = await run(path, { rejectsPath });
    expect(summary.outside).toEqual({
      free: 1,
      'sale-unknown-customer': 1,
      'stock-adjust': 1,
      'cancel-unknown-customer': 1,
      adjust: 1,
    });
    expect(summary).toMatchObject({ orders: 1, customers: 1, products: 1, malformedRows: 0 });
    const [header, first] = readFileSync(rejectsPath, 'utf8').split('\n');
    expect(header).toBe(`Line,Class,Reason,${HEADER}`);
    expect(first).toBe(`3,free,"UnitPrice is 0: given away, not sold",${OUTSIDE[0]}`);
  });
});

describe('run again', () => {
  it('sends the very same commands, plain or gzip', async () => {
    const rows = [SALE, OTHER, SALE_2, CANCEL];
    const { summary } = await run(folder.rows(...rows));
    const count = target.sent.size;
    const again = await run(folder.write(gzipSync(`${[HEADER, ...rows].join('\n')}\n`), 'again.csv.gz'));
    expect(again.summary).toEqual(summary);
    expect(target.sent.size).toBe(count);
  });

  it('replaces the rejects of the run before, and only by those of a whole run', async () => {
    const path = folder.rows(...OUTSIDE);
    const rejectsPath = `${path}.rejects.csv`;
    await run(path, { rejectsPath });
    const whole = readFileSync(rejectsPath, 'utf8');
    await run(path, { rejectsPath }, AbortSignal.abort());
    expect(readFileSync(rejectsPath, 'utf8')).toBe(whole);
    await run(folder.rows(SALE), { rejectsPath });
    expect(readFileSync(rejectsPath, 'utf8')).toBe(`Line,Class,Reason,${HEADER}\n`);
    expect(readdirSync(folder.path).sort()).toEqual(['retail.csv', 'retail.csv.rejects.csv']);
  });

  it('leaves open invoices to the next run when interrupted', async () => {
    const controller = new AbortController();
    target.refuse = () => void controller.abort();
    const outcome = await run(folder.rows(SALE, OTHER, SALE_2), {}, controller.signal);
    expect(outcome.complete).toBe(false);
    expect(target.contentOf('536365')).toBeUndefined();
  });
});

describe('a malformed file', () => {
  it.each([
    ['is empty', '', 'The file is empty.'],
    ['lacks a column', 'InvoiceNo,StockCode\n1,2\n', 'The file has no column Description,'],
    ['is no CSV of this kind', 'day;orders\n1;2\n', 'The file has no column InvoiceNo,'],
  ])('is refused before anything is done when it %s', async (_what, content, message) => {
    const path = folder.write(content);
    await expect(run(path, { rejectsPath: `${path}.rejects.csv` })).rejects.toThrow(message);
    expect(target.attempts).toBe(0);
    expect(readdirSync(folder.path)).toEqual(['retail.csv']);
  });

  const opened = SALE_2.replace('WHITE METAL', '"WHITE METAL');
  const closed = SALE_2.replace('LANTERN', 'LANTERN"');
  it.each([
    ['a quote is not closed', [SALE, opened], 'line 3: broken quoting'],
    [
      'a quote is not closed for long',
      [SALE, opened, ...Array(900).fill(SALE)],
      'line 3: a record is longer',
    ],
    ['a later quote closes it', [SALE, opened, closed], 'several lines'],
    ['text follows a quoted field', [SALE_2.replace('WHITE', '"WHITE"')], 'line 2: broken quoting'],
    ['a quote stands inside a field', [SALE, SALE.replace('WHITE HEART', 'WHITE "HEART"')], 'line 3: broken'],
  ])('is refused at the line where %s', async (_what, rows, message) => {
    const path = folder.rows(...rows);
    const importing = run(path, { rejectsPath: `${path}.rejects.csv` });
    await expect(importing).rejects.toThrow(UnreadableFileError);
    await expect(importing).rejects.toThrow(message);
    expect(target.contentOf('536365')).toBeUndefined(); // it may go on after the fault
    expect(readdirSync(folder.path)).toEqual(['retail.csv']);
  });

  it('is refused at the line that is not UTF-8', async () =>
    expect(
      run(folder.write(Buffer.from(`${HEADER}\n${SALE}\n${OTHER.replace('CREAM', '£')}\n`, 'latin1'))),
    ).rejects.toThrow('line 3: is not UTF-8'));

  it('loses its malformed rows, with their whole invoices, and nothing else', async () => {
    const bad = SALE_2.replace('3.39', 'three');
    const path = folder.rows(SALE, bad, OTHER, 'only,three,fields');
    const rejectsPath = `${path}.rejects.csv`;
    const { summary } = await run(path, { rejectsPath });
    expect(summary).toMatchObject({ rows: 4, orders: 1, malformedRows: 2, heldBackRows: 1 });
    expect(target.contentOf('536365')).toBeUndefined();
    expect(readFileSync(rejectsPath, 'utf8').split('\n').slice(1)).toEqual([
      `3,malformed,"UnitPrice ""three"" is not a decimal number with up to 3 decimals",${bad}`,
      '5,malformed,has 3 fields where the header has 8,only,three,fields',
      `2,held-back,line 3 of the same invoice is malformed,${SALE}`,
      '',
    ]);
  });

  it('holds back an invoice of two customers', async () => {
    const { summary } = await run(folder.rows(SALE, SALE_2.replace('17850', '17851')));
    expect(summary).toMatchObject({ orders: 0, heldBackRows: 2 });
  });
});

describe('a refusal', () => {
  it('of an order rejects its rows and goes on', async () => {
    target.refuse = (id) =>
      id.endsWith(':536365')
        ? new DomainError('ORDER_ALREADY_EXISTS', { kind: 'conflict', message: 'Taken.' })
        : undefined;
    const path = folder.rows(SALE, OTHER);
    const { summary } = await run(path, { rejectsPath: `${path}.rejects.csv` });
    expect(summary).toMatchObject({ orders: 1, refusedDocuments: 1, heldBackRows: 1 });
    expect(readFileSync(`${path}.rejects.csv`, 'utf8')).toContain('2,refused,ORDER_ALREADY_EXISTS: Taken.,');
  });

  it('of a customer or product that is there already is none', async () => {
    target.refuse = (id) =>
      /:(customer|product):/.test(id)
        ? new DomainError('PRODUCT_ALREADY_EXISTS', { kind: 'conflict', message: 'Taken.' })
        : undefined;
    expect((await run(folder.rows(SALE))).summary).toMatchObject({ orders: 1, customers: 1, products: 1 });
  });

  it('that nobody foresaw ends the import', async () => {
    target.refuse = () => new TypeError('oops');
    await expect(run(folder.rows(SALE))).rejects.toThrow('oops');
  });
});

describe('a store that is away', () => {
  it('briefly is waited for, and told once', async () => {
    target.refuse = (_id, attempt) => (attempt <= 4 ? away() : undefined);
    const { summary } = await run(folder.rows(SALE));
    expect(summary).toMatchObject({ orders: 1, customers: 1, products: 1 });
    expect(notes).toEqual(['It is away. Trying again.']);
  });

  it('for long ends the import', async () => {
    target.refuse = away;
    await expect(run(folder.rows(SALE), { patienceMs: 0 })).rejects.toThrow(StoreStayedAwayError);
  });

  it('does not hold up an interruption', async () => {
    const controller = new AbortController();
    target.refuse = () => {
      setImmediate(() => controller.abort());
      return away();
    };
    expect(await run(folder.rows(SALE), {}, controller.signal)).toMatchObject({ complete: false });
  });
});
