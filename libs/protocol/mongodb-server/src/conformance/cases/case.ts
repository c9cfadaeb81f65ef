import { Binary, Decimal128, type Document, Double, Long, Timestamp } from 'mongodb';

/** Where the expected values of a table are written. */
export const MANUAL = 'https://www.mongodb.com/docs/manual/';

/** The code of a refusal: such rows are asked of the embedded server only. */
export const REFUSED = 238;

/** Documents by name, and for each filter the names that it finds (apart by blanks) or the code of its error. */
export interface QueryTable {
  readonly operator: string;
  /** Page of the manual. */
  readonly source: string;
  /** What each document holds besides its `_id`, which is its name. */
  readonly documents: Readonly<Record<string, Document>>;
  readonly rows: readonly (readonly [filter: Document, found: string | number])[];
}

export interface UpdateOptions {
  readonly filter?: Document;
  readonly arrayFilters?: readonly Document[];
}

/** The document before an update and after it, type by type and field by field, or the code of its error. */
export interface UpdateTable {
  readonly operator: string;
  readonly source: string;
  readonly rows: readonly (readonly [
    before: Document,
    update: Document | readonly Document[],
    after: Document | number,
    options?: UpdateOptions,
  ])[];
}

/** The filter and the update of an upsert that finds nothing, and the document that it makes. */
export interface UpsertTable {
  readonly operator: string;
  readonly source: string;
  readonly rows: readonly (readonly [
    filter: Document,
    update: Document | readonly Document[],
    made: Document | number,
  ])[];
}

/** A document as a projection shows it. */
export interface ProjectionTable {
  readonly operator: string;
  readonly source: string;
  readonly rows: readonly (readonly [
    document: Document,
    projection: Document,
    shown: Document | number,
    filter?: Document,
  ])[];
}

/** The names of documents in the order of a sort. */
export interface SortTable {
  readonly operator: string;
  readonly source: string;
  readonly documents: Readonly<Record<string, Document>>;
  readonly rows: readonly (readonly [sort: Document, order: string | number])[];
}

/** Stands for an expression without a result. */
export const NOTHING = Symbol('nothing');

/** An expression and its result, computed beside the fields of a document. */
export interface ExpressionTable {
  readonly operator: string;
  readonly source: string;
  readonly rows: readonly (readonly [expression: unknown, result: unknown, document?: Document])[];
}

/** Documents that go into a pipeline, and what comes out of it or the code of its error. */
export interface PipelineTable {
  readonly operator: string;
  readonly source: string;
  /** The order of the results says nothing. */
  readonly unordered?: boolean;
  readonly rows: readonly (readonly [
    documents: readonly Document[],
    pipeline: readonly Document[],
    results: readonly Document[] | number,
  ])[];
}

export const double = (number: number): Double => new Double(number);
export const long = (number: number | bigint): Long => Long.fromBigInt(BigInt(number));
export const decimal = (text: string): Decimal128 => Decimal128.fromString(text);
export const binary = (hex: string, subtype = 0): Binary => new Binary(Buffer.from(hex, 'hex'), subtype);
export const timestamp = (t: number, i: number): Timestamp => new Timestamp({ t, i });
export const day = (text: string): Date => new Date(text);
