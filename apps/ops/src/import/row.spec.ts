import { describe, expect, it } from '@jest/globals';
import { COLUMNS, type MalformedRow, type Row, RowReader } from './row.js';
import { classOf, outsideClassOf } from './row-class.js';

const sale = {
  InvoiceNo: '536365',
  StockCode: '85123A',
  Description: ' WHITE HANGING HEART  T-LIGHT HOLDER ',
  Quantity: '6',
  InvoiceDate: '2010-12-01 08:26:00',
  UnitPrice: '2.55',
  CustomerID: '17850.0',
  Country: 'United Kingdom',
};
const reader = new RowReader(COLUMNS);
const read = (other: Partial<typeof sale> = {}): Row | MalformedRow =>
  reader.read(
    2,
    COLUMNS.map((column) => ({ ...sale, ...other })[column]),
  );
const fits = (other: Partial<typeof sale> = {}): Row => {
  const row = read(other);
  if ('reason' in row) throw new Error(row.reason);
  return row;
};

describe('a row', () => {
  it('is read and checked', () =>
    expect(read()).toEqual({
      line: 2,
      invoice: '536365',
      stockCode: '85123A',
      description: 'WHITE HANGING HEART  T-LIGHT HOLDER',
      quantity: 6,
      at: '2010-12-01T08:26:00.000Z',
      atMs: Date.UTC(2010, 11, 1, 8, 26),
      unitPriceThousandths: 2550,
      customerId: '17850',
      country: 'United Kingdom',
      fields: Object.values(sale),
    }));

  it('is read by the names of the columns', () => {
    const columns = ['Extra', ...COLUMNS.toReversed()];
    const found = new RowReader(columns).read(2, ['x', ...Object.values(sale).toReversed()]);
    expect(found).toMatchObject({ invoice: '536365', country: 'United Kingdom' });
  });

  it.each<[string, Partial<typeof sale>, Partial<Row>]>([
    ['a tenth of a penny', { UnitPrice: '0.001' }, { unitPriceThousandths: 1 }],
    ['a huge price', { UnitPrice: '38970.0' }, { unitPriceThousandths: 38_970_000 }],
    ['a bad debt', { InvoiceNo: 'A563186', UnitPrice: '-11062.06' }, { unitPriceThousandths: -11_062_060 }],
    ['nobody’s', { CustomerID: '' }, { customerId: undefined }],
    ['a customer without .0', { CustomerID: '12346' }, { customerId: '12346' }],
    ['no description', { Description: '' }, { description: '' }],
    ['a code in words', { StockCode: 'BANK CHARGES' }, { stockCode: 'BANK CHARGES' }],
    ['a code in small letters', { StockCode: '15056bl' }, { stockCode: '15056bl' }],
    ['a leap day', { InvoiceDate: '2012-02-29 23:59:59' }, { at: '2012-02-29T23:59:59.000Z' }],
  ])('may be %s', (_what, other, expected) => expect(read(other)).toMatchObject(expected));

  it.each<[Partial<typeof sale>, string]>([
    [{ Quantity: '6.5' }, 'Quantity "6.5" is not a whole number'],
    [{ Quantity: '' }, 'Quantity "" is not a whole number'],
    [{ Quantity: '1e3' }, 'Quantity "1e3" is not a whole number'],
    [{ UnitPrice: '2,55' }, 'UnitPrice "2,55" is not a decimal number'],
    [{ UnitPrice: 'free' }, 'UnitPrice "free" is not a decimal number'],
    [{ UnitPrice: '0.0005' }, 'with up to 3 decimals'],
    [{ InvoiceDate: '01/12/2010 08:26' }, 'InvoiceDate "01/12/2010 08:26" is not a time'],
    [{ InvoiceDate: '2011-02-30 08:26:00' }, 'is not a time such as 2010-12-01 08:26:00'],
    [{ InvoiceDate: '2011-02-03 25:00:00' }, 'is not a time'],
    [{ CustomerID: '17850.5' }, 'CustomerID "17850.5" is not a number'],
    [{ CustomerID: 'Ada' }, 'CustomerID "Ada" is not a number'],
    [{ InvoiceNo: 'B1' }, 'InvoiceNo "B1" is not digits, or C or A and digits'],
    [{ StockCode: ' ' }, 'StockCode " " is not a stock code'],
    [{ StockCode: 'x'.repeat(41) }, 'longer than 40'],
    [{ Country: ' ' }, 'Country is empty'],
    [{ Description: 'x'.repeat(201) }, 'longer than 200'],
  ])('is malformed with %j', (other, reason) =>
    expect(read(other)).toMatchObject({ line: 2, reason: expect.stringContaining(reason) }),
  );

  it('names its invoice when that can be told', () => {
    expect(read({ Quantity: 'x' })).toMatchObject({ invoice: '536365' });
    expect(read({ InvoiceNo: '?' })).toMatchObject({ invoice: undefined });
    expect(reader.read(3, ['536365', '85123A'])).toMatchObject({
      invoice: undefined,
      reason: 'has 2 fields where the header has 8',
    });
  });

  it('does not take a time for another one after a fault', () => {
    expect(read({ InvoiceDate: 'x' })).toHaveProperty('reason');
    expect(read()).toMatchObject({ at: '2010-12-01T08:26:00.000Z' });
  });
});

describe('the header', () => {
  it('must name every column', () =>
    expect(() => new RowReader(['InvoiceNo', 'StockCode', 'Quantity'])).toThrow(
      'The file has no column Description, InvoiceDate, UnitPrice, CustomerID, Country',
    ));
});

describe('the class of a row', () => {
  it.each<[string, Partial<typeof sale>]>([
    ['sale', {}],
    ['cancel', { InvoiceNo: 'C536379', Quantity: '-1' }],
    ['free', { UnitPrice: '0.0' }],
    ['stock-adjust', { Quantity: '-10', UnitPrice: '0.0', CustomerID: '' }],
    ['adjust', { InvoiceNo: 'A563185', CustomerID: '' }],
  ])('is %s', (expected, other) => expect(classOf(fits(other))).toBe(expected));

  it.each<Partial<typeof sale>>([
    { Quantity: '0' },
    { UnitPrice: '-1' },
    { InvoiceNo: 'C1', Quantity: '1' },
    { InvoiceNo: 'C1', Quantity: '-1', UnitPrice: '-1' },
  ])('is none for %j', (other) => expect(classOf(fits(other))).toBeUndefined());

  it('leaves out those of nobody', () => {
    expect(outsideClassOf('sale', fits())).toBeUndefined();
    expect(outsideClassOf('sale', fits({ CustomerID: '' }))).toBe('sale-unknown-customer');
    expect(outsideClassOf('cancel', fits({ CustomerID: '' }))).toBe('cancel-unknown-customer');
    expect(outsideClassOf('free', fits())).toBe('free');
  });
});
