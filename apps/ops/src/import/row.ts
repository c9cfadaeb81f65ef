import { MoneyError, parseAmount } from '#libs/platform/kernel';
import { WrongFileError } from './import-errors.js';

export const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;
export type Column = (typeof COLUMNS)[number];

/** A row of the file, read and checked. */
export interface Row {
  readonly line: number;
  readonly invoice: string;
  readonly stockCode: string;
  /** Without the blanks around it; may be empty. */
  readonly description: string;
  readonly quantity: number;
  /** The file's time taken as UTC, ISO 8601 with milliseconds. */
  readonly at: string;
  readonly atMs: number;
  readonly unitPriceThousandths: number;
  readonly customerId: string | undefined;
  readonly country: string;
  /** As it stands in the file, for the rejects. */
  readonly fields: readonly string[];
}

/** A row that is no row of this data: why, and which invoice it would have belonged to, if that can be told. */
export interface MalformedRow {
  readonly line: number;
  readonly reason: string;
  readonly invoice: string | undefined;
  readonly fields: readonly string[];
}

const INVOICE = /^[AC]?\d{1,20}$/;
const STOCK_CODE = /^[!-~]+(?: [!-~]+)*$/;
const QUANTITY = /^-?\d{1,9}$/;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
const CUSTOMER = /^(\d{1,20})(?:\.0)?$/;

class RowFault extends Error {}

/** Reads rows by the names in the header, in whatever order the columns stand; other columns are left alone. */
export class RowReader {
  readonly #places: Readonly<Record<Column, number>>;
  readonly #width: number;
  #timeText = '';
  #atMs = 0;

  /** @throws WrongFileError naming the columns that are missing. */
  constructor(header: readonly string[]) {
    const names = header.map((name) => name.trim());
    const missing = COLUMNS.filter((column) => !names.includes(column));
    if (missing.length > 0)
      throw new WrongFileError(
        `The file has no column ${missing.join(', ')}: its first line must name ${COLUMNS.join(', ')}.`,
      );
    this.#places = Object.fromEntries(COLUMNS.map((column) => [column, names.indexOf(column)])) as Record<
      Column,
      number
    >;
    this.#width = names.length;
  }

  read(line: number, fields: readonly string[]): Row | MalformedRow {
    try {
      return this.#row(line, fields);
    } catch (error) {
      if (!(error instanceof RowFault || error instanceof MoneyError)) throw error;
      const invoice = fields[this.#places.InvoiceNo];
      const known = fields.length === this.#width && invoice !== undefined && INVOICE.test(invoice);
      return { line, reason: error.message, invoice: known ? invoice : undefined, fields };
    }
  }

  #row(line: number, fields: readonly string[]): Row {
    if (fields.length !== this.#width)
      throw new RowFault(`has ${fields.length} fields where the header has ${this.#width}`);
    const field = (column: Column): string => fields[this.#places[column]] as string;
    const matching = (column: Column, form: RegExp, meant: string): string => {
      const text = field(column);
      if (!form.test(text)) throw new RowFault(`${column} "${shortened(text)}" is not ${meant}`);
      return text;
    };
    const customer = field('CustomerID');
    const country = field('Country');
    const description = field('Description').trim();
    if (country.trim() === '') throw new RowFault('Country is empty');
    if (country.length > 200 || description.length > 200)
      throw new RowFault('Country or Description is longer than 200 characters');
    const stockCode = matching('StockCode', STOCK_CODE, 'a stock code');
    if (stockCode.length > 40) throw new RowFault('StockCode is longer than 40 characters');
    const invoice = matching('InvoiceNo', INVOICE, 'digits, or C or A and digits');
    const quantity = Number(matching('Quantity', QUANTITY, 'a whole number'));
    const atMs = this.#time(field('InvoiceDate'));
    return {
      line,
      invoice,
      stockCode,
      description,
      quantity,
      at: `${this.#timeText.replace(' ', 'T')}.000Z`,
      atMs,
      unitPriceThousandths: price(field('UnitPrice')),
      customerId:
        customer === '' ? undefined : matching('CustomerID', CUSTOMER, 'a number').replace('.0', ''),
      country,
      fields,
    };
  }

  /** Neighbouring rows share their time: it is parsed once for all of them. */
  #time(text: string): number {
    if (text === this.#timeText) return this.#atMs;
    const atMs = TIME.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN;
    // 30 February parses, as 2 March: a time is real when it says the same after parsing.
    if (Number.isNaN(atMs) || !new Date(atMs).toISOString().startsWith(text.replace(' ', 'T')))
      throw new RowFault(`InvoiceDate "${shortened(text)}" is not a time such as 2010-12-01 08:26:00`);
    this.#timeText = text;
    this.#atMs = atMs;
    return atMs;
  }
}

function price(text: string): number {
  try {
    return parseAmount(text, 3);
  } catch (error) {
    throw new RowFault(`UnitPrice "${shortened(text)}" is not a decimal number with up to 3 decimals`, {
      cause: error,
    });
  }
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
